import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import {
  readProvider,
  readSimilar,
  readTrades,
  tradesLimitMax,
  type ProviderCard,
  type ProviderView,
  type ShownTrade,
} from '@slipstream/read-model';
import type { Pool } from 'pg';
import { avatarOf } from './avatar.js';
import { problemAnswer } from './answers.js';
import { providerAnswer, similarAnswer, tradesAnswer } from './provider-answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { tradesCursor, tradesQuery } from './parameters.js';
import { Problem } from './problem.js';

/** Importers' ids have up to 64. */
const idCharactersMax = 100;
const idParameter = { name: 'id', schema: { type: 'string' as const, maxLength: idCharactersMax } };
const unknown = problemAnswer('Nobody of that id is a provider');

/** A provider's page. */
@ApiTags('providers')
@Controller('v1')
export class ShowProvider {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  @Get('providers/:id')
  @ApiOperation({
    operationId: 'getProvider',
    summary:
      'All windows, copier statistics, calendar, months, instruments and open positions of a provider, with proof',
  })
  @ApiParam(idParameter)
  @ApiOkResponse(providerAnswer)
  @ApiNotFoundResponse(unknown)
  async show(@Param('id') id: string): Promise<ProviderView & Notice> {
    return { ...notice, ...found(id, await readProvider(this.pool, checkedId(id))) };
  }

  @Get('providers/:id/trades')
  @ApiOperation({ operationId: 'getTrades', summary: 'Closed lead positions with their orders, newest first' })
  @ApiParam(idParameter)
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' }, description: '`next` of the page before' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: tradesLimitMax } })
  @ApiOkResponse(tradesAnswer)
  async trades(
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<{ items: readonly ShownTrade[]; next: string | null } & Notice> {
    const { items, next } = await readTrades(this.pool, checkedId(id), tradesQuery(query));
    return { ...notice, items, next: tradesCursor(next) };
  }

  @Get('providers/:id/similar')
  @ApiOperation({ operationId: 'getSimilar', summary: 'Providers of the same strategy, nearest in risk and result' })
  @ApiParam(idParameter)
  @ApiOkResponse(similarAnswer)
  @ApiNotFoundResponse(unknown)
  async similar(@Param('id') id: string): Promise<{ items: readonly ProviderCard[] } & Notice> {
    return { ...notice, items: found(id, await readSimilar(this.pool, checkedId(id))) };
  }

  @Get('avatars/:name')
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'public, max-age=86400, immutable')
  @ApiOperation({ operationId: 'getAvatar', summary: 'A picture made from an id' })
  @ApiParam({ name: 'name', schema: { type: 'string' }, description: 'Id and .svg' })
  @ApiOkResponse({ content: { 'image/svg+xml': { schema: { type: 'string' } } } })
  avatar(@Param('name') name: string): string {
    return avatarOf(checkedId(name.replace(/\.svg$/, '')));
  }
}

function checkedId(id: string): string {
  if (id.length > idCharactersMax || id.includes('\0'))
    throw new Problem(400, 'bad_parameter', `A provider id has at most ${idCharactersMax} printable characters.`);
  return id;
}

function found<T>(id: string, value: T | undefined): T {
  if (value === undefined) throw new Problem(404, 'not_found', `There is no provider ${id}.`);
  return value;
}
