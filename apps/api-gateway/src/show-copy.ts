import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { outcomesLimitMax, readCopy, readOutcomes, type CopyView, type ShownOutcome } from '@slipstream/read-model';
import type { Pool } from 'pg';
import { copyAnswer, outcomesAnswer, problemAnswer } from './answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { outcomesQuery } from './parameters.js';
import { Problem } from './problem.js';

/** Account, provider and number. */
const idCharactersMax = 250;
const idParameter = { name: 'id', schema: { type: 'string' as const, maxLength: idCharactersMax } };

/** A copy, and what became of each order it was owed. */
@ApiTags('copies')
@Controller('v1/copies')
export class ShowCopy {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  @Get(':id')
  @ApiOperation({ operationId: 'getCopy', summary: 'Money, drift, positions and outcomes by reason of a copy' })
  @ApiParam(idParameter)
  @ApiOkResponse(copyAnswer)
  @ApiNotFoundResponse(problemAnswer('There is no copy of that id'))
  async show(@Param('id') id: string): Promise<CopyView & Notice> {
    return { ...notice, ...(await this.known(id)) };
  }

  @Get(':id/outcomes')
  @ApiOperation({ operationId: 'getOutcomes', summary: 'One explained outcome for each order the copy was owed' })
  @ApiParam(idParameter)
  @ApiQuery({ name: 'after', required: false, schema: { type: 'integer', minimum: 0, default: 0 } })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: outcomesLimitMax } })
  @ApiOkResponse(outcomesAnswer)
  @ApiNotFoundResponse(problemAnswer('There is no copy of that id'))
  async outcomes(
    @Param('id') id: string,
    @Query() query: unknown,
  ): Promise<{ items: readonly ShownOutcome[]; next: number | null } & Notice> {
    const page = outcomesQuery(query);
    await this.known(id);
    return { ...notice, ...(await readOutcomes(this.pool, id, page)) };
  }

  private async known(id: string): Promise<CopyView> {
    if (id.length > idCharactersMax || id.includes('\0'))
      throw new Problem(400, 'bad_parameter', `A copy id has at most ${idCharactersMax} printable characters.`);
    const copy = await readCopy(this.pool, id);
    if (copy === undefined) throw new Problem(404, 'not_found', `There is no copy ${id}.`);
    return copy;
  }
}
