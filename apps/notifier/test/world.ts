import type { AnyRecord } from '@slipstream/contracts';
import { inTransaction, migrate, type JournalRecord, type Projection } from '@slipstream/streams';
import { testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { loadNotifierConfig, type NotifierConfig } from '../src/config.js';
import { migrations } from '../src/migrations/index.js';
import { feedProjection } from '../src/project.js';

/** A schema of its own with the notifier's tables. */
export interface Notices {
  readonly databaseUrl: string;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export async function openNotices(): Promise<Notices> {
  const { urls } = await testDatabase();
  const databaseUrl = urls.notifier;
  await migrate(databaseUrl, 'notifications', migrations, 'notification_migrations');
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 12, options: '-c search_path=notifications' });
  return { databaseUrl, pool, close: () => pool.end() };
}

/** Quick enough for a test; `environment` has the same names as the service's. */
export const quick = (environment: Readonly<Record<string, string>> = {}): NotifierConfig =>
  loadNotifierConfig({
    WEBHOOKS_TO_LOOPBACK: 'true',
    WEBHOOK_RETRY_DELAYS_MS: '30,30,30,30',
    WEBHOOK_TIMEOUT_MS: '500',
    WEBHOOK_LEASE_MS: '3000',
    WEBHOOK_POLL_MS: '20',
    ...environment,
  });

/** A journal partition of the given events, one record each. */
export function journal(topic: string, partition: number, events: readonly AnyRecord[], from = 0): JournalRecord[] {
  return events.map((event, index) => ({
    topic,
    partition,
    offset: from + index,
    event,
    correlationId: 'c',
    receivedAtMs: null,
    appendedAtMs: 0,
    cause: index,
    rules: '1',
  }));
}

/**
 * Projects the records of one journal partition as the shell does: transaction by transaction.
 * @param cuts number of records of each batch, the rest in one
 * @param reload forget memory and open again after each batch
 */
export async function project(
  pool: pg.Pool,
  projection: Projection,
  records: readonly JournalRecord[],
  cuts: readonly number[] = [],
  reload = false,
): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  let from = 0;
  for (const size of [...cuts, records.length]) {
    const batch = records.slice(from, (from += size));
    if (batch.length === 0) break;
    const opens = batch[0] === first || reload;
    await inTransaction(pool, async (client) => {
      if (opens) await projection.open(first.topic, first.partition, client);
      await projection.finish?.([await projection.apply(batch, client)], client);
    });
    await projection.committed?.(batch);
  }
}

/** A feed of all the given events, told to whom it concerns. */
export const tell = (pool: pg.Pool, config: NotifierConfig, records: readonly JournalRecord[]): Promise<void> =>
  project(pool, feedProjection(config), records);

/** Waits for something to become true. */
export async function until(what: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await what());) {
    if (Date.now() > end) throw new Error(`not within ${patienceMs} ms: ${what.toString()}`);
    await new Promise((done) => setTimeout(done, 15));
  }
}
