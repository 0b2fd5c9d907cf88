import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Codec, ServiceName, Stream } from '@slipstream/contracts';
import type pg from 'pg';
import { migrate, openPool, streamMigrations } from './database.js';
import { openKafkaJsLog } from './kafkajs-log.js';
import type { ConsumeOptions, Log, Subscription } from './log.js';
import { silent } from './logger.js';
import { openCodec } from './open-codec.js';
import type { Logger, RunOptions } from './options.js';
import { newCounters, type Counters } from './shell.js';
import { checkPartitions } from './topics.js';

/** What a fold and a projection run on: opened, checked, migrated. */
export interface Connections {
  readonly logger: Logger;
  readonly prefix: string;
  readonly codec: Codec;
  readonly log: Log;
  readonly pool: pg.Pool;
  /** Unique for each run. */
  readonly owner: string;
  readonly counters: Counters;
  close(): Promise<void>;
}

export type AnyRunOptions = RunOptions & { readonly counters?: Counters };

/** @throws Error when a start check fails: schema registry, topics, database */
export async function connect(
  service: ServiceName,
  schema: string,
  of: readonly Stream[],
  options: AnyRunOptions,
): Promise<Connections> {
  const logger = options.logger ?? silent;
  const prefix = options.topicPrefix ?? '';
  const codec = await openCodec(options.schemaRegistryUrl);
  const clientId = `${prefix}${service}`;
  const log = (options.openLog ?? openKafkaJsLog)({ brokers: options.brokers, clientId, logger });
  try {
    await checkPartitions(log, of, prefix);
    await migrate(options.databaseUrl, schema, streamMigrations, 'stream_migrations');
  } catch (error) {
    await log.close();
    throw error;
  }
  const pool = openPool(options.databaseUrl, schema);
  return {
    logger,
    prefix,
    codec,
    log,
    pool,
    owner: `${options.instance ?? `${hostname()}-${process.pid}`}/${randomUUID()}`,
    counters: options.counters ?? newCounters(),
    close: async () => {
      await log.close();
      await pool.end();
    },
  };
}

/** Joins the service's group. */
export function consume(
  { log, prefix }: Connections,
  service: ServiceName,
  options: RunOptions,
  what: Pick<ConsumeOptions, 'topics' | 'concurrency' | 'onAssigned' | 'onBatch' | 'onCrash'>,
): Promise<Subscription> {
  const { groupId, sessionTimeoutMs } = options;
  return log.consume({
    ...what,
    groupId: groupId ?? `${prefix}${service}`,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  });
}
