import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { configToken, openPool, ServiceModule, type ServiceConfig } from '@slipstream/streams';
import type { Pool } from 'pg';
import { loadPolicy } from './config.js';
import { readPool } from './notice.js';
import { AnswerProblem } from './problem.js';
import { ShowCopy } from './show-copy.js';
import { ShowLeaderboard } from './show-leaderboard.js';
import { ShowProvider } from './show-provider.js';
import { policy, ShowSettlements } from './show-settlements.js';

@Module({
  imports: [ServiceModule.forHttp('api-gateway', 'SELECT 1 FROM read_model.provider_stats LIMIT 1')],
  controllers: [ShowLeaderboard, ShowProvider, ShowCopy, ShowSettlements],
  providers: [
    { provide: APP_FILTER, useClass: AnswerProblem },
    { provide: policy, useFactory: () => loadPolicy(process.env) },
    {
      provide: readPool,
      useFactory: ({ databaseUrl }: ServiceConfig) => openPool(databaseUrl, 'read_model', 8),
      inject: [configToken],
    },
  ],
})
export class AppModule implements OnApplicationShutdown {
  constructor(@Inject(readPool) private readonly pool: Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
