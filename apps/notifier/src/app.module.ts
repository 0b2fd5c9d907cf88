import { Inject, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  configToken,
  loggerToken,
  migrate,
  openPool,
  ServiceModule,
  StreamMetrics,
  type Logger,
  type ServiceConfig,
} from '@slipstream/streams';
import type { Pool } from 'pg';
import { ChangeWebhooks } from './change-webhooks.js';
import { loadNotifierConfig, type NotifierConfig } from './config.js';
import { DeliveryLoop } from './deliver.js';
import { WebhookMetrics } from './metrics.js';
import { migrations } from './migrations/index.js';
import { feedProjection } from './project.js';
import { ShowFeed } from './show-feed.js';
import { notifierConfig, notifierPool } from './tokens.js';

/** Set when the loop is there; the projection runs without it just as well. */
const written = { ring: (): void => undefined };

@Module({
  imports: [
    ServiceModule.forProjection(() =>
      feedProjection({ ...loadNotifierConfig(process.env), onWritten: () => written.ring() }),
    ),
  ],
  controllers: [ShowFeed, ChangeWebhooks],
  providers: [
    { provide: notifierConfig, useFactory: () => loadNotifierConfig(process.env) },
    {
      // The tables are there before the first record is projected.
      provide: notifierPool,
      useFactory: async ({ databaseUrl }: ServiceConfig) => {
        await migrate(databaseUrl, 'notifications', migrations, 'notification_migrations');
        return openPool(databaseUrl, 'notifications', 6);
      },
      inject: [configToken],
    },
    {
      provide: DeliveryLoop,
      useFactory: (pool: Pool, config: NotifierConfig, logger: Logger, { registry }: StreamMetrics) => {
        const metrics = new WebhookMetrics(registry, pool);
        return new DeliveryLoop(pool, config, logger, (outcome) => metrics.attempted(outcome));
      },
      inject: [notifierPool, notifierConfig, loggerToken, StreamMetrics],
    },
  ],
})
export class AppModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(notifierPool) private readonly pool: Pool,
    @Inject(DeliveryLoop) private readonly loop: DeliveryLoop,
  ) {}

  onApplicationBootstrap(): void {
    written.ring = () => this.loop.ring();
    this.loop.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.pool.end();
  }
}
