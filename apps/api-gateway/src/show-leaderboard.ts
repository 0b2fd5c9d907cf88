import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { periods } from '@slipstream/domain';
import {
  leaderboardSorts,
  listings,
  readCohorts,
  readLeaderboard,
  riskLevels,
  statuses,
  strategies,
  type Cohort,
  type LeaderboardPage,
} from '@slipstream/read-model';
import type { Pool } from 'pg';
import { problemAnswer } from './answers.js';
import { cohortsAnswer, leaderboardAnswer } from './provider-answers.js';
import { notice, readPool, type Notice } from './notice.js';
import { leaderboardQuery } from './parameters.js';

const text = { type: 'string' as const };

/** Providers ranked by any published figure. */
@ApiTags('providers')
@Controller('v1')
export class ShowLeaderboard {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  @Get('leaderboard')
  @ApiOperation({ operationId: 'getLeaderboard', summary: 'Providers, filtered and sorted, page by page' })
  @ApiQuery({ name: 'period', required: false, enum: [...periods], description: 'Window, default 30d' })
  @ApiQuery({ name: 'sort', required: false, enum: Object.keys(leaderboardSorts), description: 'Default overview' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'], description: 'Default desc' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 } })
  @ApiQuery({ name: 'cursor', required: false, schema: text, description: '`next` of the page before' })
  @ApiQuery({ name: 'minAum', required: false, schema: text })
  @ApiQuery({ name: 'minFollowers', required: false, schema: { type: 'integer', minimum: 0 } })
  @ApiQuery({ name: 'maxDrawdown', required: false, schema: text, description: 'Absolute value: 0.2 = at most 20 %' })
  @ApiQuery({ name: 'riskLevel', required: false, enum: [...riskLevels] })
  @ApiQuery({ name: 'strategy', required: false, enum: [...strategies] })
  @ApiQuery({ name: 'status', required: false, enum: [...statuses], description: 'Without it all, failed ones too' })
  @ApiQuery({ name: 'listed', required: false, enum: [...listings], description: 'ranked: from 7 days and 5 trades' })
  @ApiQuery({ name: 'text', required: false, schema: text, description: 'Part of the name or id' })
  @ApiOkResponse(leaderboardAnswer)
  @ApiBadRequestResponse(problemAnswer('A parameter is wrong'))
  async show(@Query() query: unknown): Promise<LeaderboardPage & Notice> {
    return { ...notice, ...(await readLeaderboard(this.pool, leaderboardQuery(query))) };
  }

  @Get('cohorts')
  @ApiOperation({ operationId: 'getCohorts', summary: 'All who began to lead in a month, failed and retired ones too' })
  @ApiOkResponse(cohortsAnswer)
  async cohorts(): Promise<{ items: readonly Cohort[] } & Notice> {
    return { ...notice, items: await readCohorts(this.pool) };
  }
}
