import { Controller, Get, Header, Inject } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { StreamMetrics } from './metrics.js';
import type { StreamStrategy } from './strategy.js';

/** What a service depends on, asked for by the readiness check. */
export interface Dependencies {
  /** Null for a service that runs no stream. */
  readonly strategy: StreamStrategy | null;
  broker(): Promise<unknown>;
  database(): Promise<unknown>;
  close(): Promise<void>;
}

export const dependenciesToken = 'SLIPSTREAM_DEPENDENCIES';

const patienceMs = 3000;

@Controller('health')
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(dependenciesToken) private readonly dependencies: Dependencies,
  ) {}

  /** Not live: start the process anew. */
  @Get('live')
  @HealthCheck({ noCache: true })
  live(): Promise<HealthCheckResult> {
    return this.health.check([() => this.stream('live')]);
  }

  /** Ready: all assigned partitions are taken over, broker and database answer. */
  @Get('ready')
  @HealthCheck({ noCache: true })
  ready(): Promise<HealthCheckResult> {
    return this.health.check([
      () => this.stream('ready'),
      () =>
        this.indicators
          .check('broker')
          .attempt(once(() => this.dependencies.broker()))
          .withTimeout(patienceMs),
      () =>
        this.indicators
          .check('database')
          .attempt(once(() => this.dependencies.database()))
          .withTimeout(patienceMs),
    ]);
  }

  private stream(kind: 'live' | 'ready'): HealthIndicatorResult {
    const indicator = this.indicators.check('stream');
    if (this.dependencies.strategy === null) return indicator.up();
    const status = this.dependencies.strategy.runs()?.status();
    if (!status) return kind === 'live' ? indicator.up() : indicator.down('not started yet');
    if (status[kind]) return indicator.up({ partitions: status.partitions.length });
    return indicator.down(status.failure ?? (kind === 'live' ? 'records wait and nothing moves' : 'taking over'));
  }
}

const once = (ask: () => Promise<unknown>) => async (): Promise<void> => {
  await ask();
};

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(StreamMetrics) private readonly metrics: StreamMetrics) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
