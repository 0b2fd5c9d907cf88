import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { readProvider, type ProviderView } from '@slipstream/read-model';
import type { Pool } from 'pg';
import { problemAnswer, providerAnswer } from './answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { Problem } from './problem.js';

/** The router takes no longer ones either. */
const idCharactersMax = 100;

/** A provider's page. */
@ApiTags('providers')
@Controller('v1/providers')
export class ShowProvider {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getProvider', summary: 'Statistics, positions, daily curve and copies of a provider' })
  @ApiParam({ name: 'id', schema: { type: 'string', maxLength: idCharactersMax } })
  @ApiOkResponse(providerAnswer)
  @ApiNotFoundResponse(problemAnswer('Nobody of that id is a provider'))
  async show(@Param('id') id: string): Promise<ProviderView & Notice> {
    if (id.length > idCharactersMax || id.includes('\0'))
      throw new Problem(400, 'bad_parameter', `A provider id has at most ${idCharactersMax} printable characters.`);
    const provider = await readProvider(this.pool, id);
    if (provider === undefined) throw new Problem(404, 'not_found', `There is no provider ${id}.`);
    return { ...notice, ...provider };
  }
}
