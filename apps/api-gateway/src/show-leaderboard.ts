import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { leaderboardSorts, readLeaderboard, type LeaderboardPage } from '@slipstream/read-model';
import type { Pool } from 'pg';
import { leaderboardAnswer, problemAnswer } from './answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { leaderboardQuery } from './parameters.js';

/** Providers ranked by any published figure. */
@ApiTags('providers')
@Controller('v1/leaderboard')
export class ShowLeaderboard {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  @Get()
  @ApiOperation({ operationId: 'getLeaderboard', summary: 'Providers, sorted, page by page' })
  @ApiQuery({ name: 'sort', required: false, enum: Object.keys(leaderboardSorts), description: 'Default roiAll' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'], description: 'Default desc' })
  @ApiQuery({
    name: 'limit',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  })
  @ApiQuery({ name: 'cursor', required: false, schema: { type: 'string' }, description: '`next` of the page before' })
  @ApiOkResponse(leaderboardAnswer)
  @ApiBadRequestResponse(problemAnswer('A parameter is wrong'))
  async show(@Query() query: unknown): Promise<LeaderboardPage & Notice> {
    return { ...notice, ...(await readLeaderboard(this.pool, leaderboardQuery(query))) };
  }
}
