import { Logger, Module } from '@nestjs/common';
import { migrations } from '@slipstream/read-model';
import { configToken, migrate, ServiceModule, type ServiceConfig } from '@slipstream/streams';
import { loadInstruments } from './config.js';
import { statsProjection } from './project.js';
import { StatsPublisher } from './publish-stats.js';

const publisher = new StatsPublisher();
const logger = new Logger('stats-projector');

@Module({
  imports: [
    ServiceModule.forProjection((config) =>
      statsProjection({
        publish: (stats, correlationId) => publisher.publish(config, stats, correlationId),
        instruments: loadInstruments(process.env),
        onUnpublished: (error) => logger.warn({ err: error }, 'statistics are published with the next ones'),
      }),
    ),
  ],
  providers: [
    { provide: StatsPublisher, useValue: publisher },
    {
      // The tables are there before the first record is projected.
      provide: 'READ_MODEL',
      useFactory: ({ databaseUrl }: ServiceConfig) =>
        migrate(databaseUrl, 'read_model', migrations, 'read_model_migrations').then(() => true),
      inject: [configToken],
    },
  ],
})
export class AppModule {}
