import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { ServiceName } from '@slipstream/contracts';
import { LoggerModule } from 'nestjs-pino';
import type { Logger as Pino } from 'pino';
import { loadServiceConfig, type ServiceConfig } from './config.js';
import { openPool, schemaOf } from './database.js';
import type { Fold } from './fold.js';
import { dependenciesToken, HealthController, MetricsController, type Dependencies } from './health.js';
import { openKafkaJsLog } from './kafkajs-log.js';
import { StreamMetrics } from './metrics.js';
import type { RunOptions, Running } from './options.js';
import type { Counters } from './shell.js';
import { loggerOf, servedService } from './process.js';
import type { Projection } from './projection.js';
import { runFold } from './run-fold.js';
import { runProjection } from './run-projection.js';
import { runTogether } from './run-together.js';
import { StreamStrategy } from './strategy.js';

/** Token of the service's `ServiceConfig`. */
export const configToken = 'SLIPSTREAM_CONFIG';
/** Token of the service's pino logger. */
export const loggerToken = 'SLIPSTREAM_LOGGER';

type Run = (
  options: RunOptions & { counters: Counters; /** Of a further stream of the process. */ moreCounters: () => Counters },
  config: ServiceConfig,
) => Promise<Running>;
/** A fold, or what makes one from the configuration. */
export type FoldOrFactory<S> = Fold<S> | ((config: ServiceConfig) => Fold<S>);
export type ProjectionFactory = (config: ServiceConfig) => Projection;

/** What every service has: configuration, logs, health, metrics, and the stream it runs. Import it once. */
@Module({})
export class ServiceModule implements OnApplicationShutdown {
  constructor(@Inject(dependenciesToken) private readonly dependencies: Dependencies) {}

  /** A service that is a fold over its inbox. */
  static forFold<S>(fold: FoldOrFactory<S>, service?: ServiceName): DynamicModule {
    const name = service ?? (typeof fold === 'function' ? undefined : fold.service);
    return moduleOf(name, (options, config) => runFold(typeof fold === 'function' ? fold(config) : fold, options));
  }

  /** A service that is a projection of journals. */
  static forProjection(make: ProjectionFactory, service?: ServiceName): DynamicModule {
    return moduleOf(service, (options, config) => runProjection(make(config), options));
  }

  /**
   * A service that is a fold, and a projection of the same or other journals beside it. The fold's group has `-fold` behind
   * the service's name, since both may read one journal. What is counted is the sum of both.
   */
  static forFoldAndProjection<S>(
    fold: (config: ServiceConfig) => Fold<S>,
    project: ProjectionFactory,
    service?: ServiceName,
  ): DynamicModule {
    return moduleOf(service, (options, config) => {
      const made = fold(config);
      const groupId = `${options.topicPrefix ?? ''}${made.service}-fold`;
      return runTogether([
        () => runFold(made, { ...options, groupId, counters: options.moreCounters() }),
        () => runProjection(project(config), options),
      ]);
    });
  }

  /**
   * A service without a stream: HTTP only.
   * @param databaseCheck SQL that succeeds when the database has what the service needs; asked by the readiness check
   */
  static forHttp(service?: ServiceName, databaseCheck?: string): DynamicModule {
    return moduleOf(service, null, databaseCheck);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dependencies.close();
  }
}

function moduleOf(given: ServiceName | undefined, run: Run | null, databaseCheck = 'SELECT 1'): DynamicModule {
  // Asked for when Nest builds the module: by then `serve` has said which service this is.
  const name = (): ServiceName => given ?? servedService();
  const config = (): ServiceConfig => loadServiceConfig(process.env, name());
  return {
    module: ServiceModule,
    global: true,
    imports: [
      TerminusModule.forRoot({ logger: false }),
      LoggerModule.forRootAsync({
        useFactory: () => ({ pinoHttp: { logger: loggerOf(name(), config().logLevel), autoLogging: false } }),
      }),
    ],
    controllers: [HealthController, MetricsController],
    providers: [
      { provide: configToken, useFactory: config },
      { provide: loggerToken, useFactory: (of: ServiceConfig) => loggerOf(name(), of.logLevel), inject: [configToken] },
      {
        provide: StreamMetrics,
        useFactory: (strategy: { current: StreamStrategy | null }) =>
          new StreamMetrics(name(), () => strategy.current?.runs()?.status() ?? null),
        inject: [strategyHolder],
      },
      { provide: strategyHolder, useValue: { current: null } },
      {
        provide: StreamStrategy,
        useFactory: makeStrategy(run),
        inject: [configToken, loggerToken, StreamMetrics, strategyHolder],
      },
      {
        provide: dependenciesToken,
        useFactory: (of: ServiceConfig, strategy: StreamStrategy | null) =>
          dependenciesOf(name(), of, strategy, databaseCheck),
        inject: [configToken, StreamStrategy],
      },
    ],
    exports: [configToken, loggerToken, StreamMetrics, StreamStrategy],
  };
}

const strategyHolder = 'SLIPSTREAM_STRATEGY_HOLDER';

const makeStrategy =
  (run: Run | null) =>
  (
    config: ServiceConfig,
    logger: Pino,
    metrics: StreamMetrics,
    holder: { current: StreamStrategy | null },
  ): StreamStrategy | null => {
    if (run === null) return null;
    // All but where to listen and how much to log is for the stream.
    const { host: _host, port: _port, logLevel: _level, ...stream } = config;
    const options = { ...stream, logger, counters: metrics.counters, moreCounters: () => metrics.moreCounters() };
    holder.current = new StreamStrategy(() => run(options, config));
    return holder.current;
  };

function dependenciesOf(
  service: ServiceName,
  config: ServiceConfig,
  strategy: StreamStrategy | null,
  databaseCheck: string,
): Dependencies {
  const logger = loggerOf(service, config.logLevel);
  const log = openKafkaJsLog({ brokers: config.brokers, clientId: `${service}-health`, logger });
  const pool = openPool(config.databaseUrl, schemaOf(service), 1);
  return {
    strategy,
    broker: () => log.clusterId(),
    database: () => pool.query(databaseCheck),
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
}
