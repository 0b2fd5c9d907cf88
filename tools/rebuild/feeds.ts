import { inTransaction, type Projection } from '@slipstream/streams';
import type pg from 'pg';
import type { Installation } from '../installation.ts';
import { comeNear, positionsOf } from './positions.ts';
import type { RebuildOptions, Rebuilt } from './rebuild.ts';
import { Replay } from './replay.ts';
import { inShadow } from './shadow.ts';
import { digestOf, dropSchema, oneAtATime } from './schemas.ts';

const live = 'notifications';
const shadow = 'notifications_shadow';
/** What journals make. What was read, webhooks and their deliveries aren't of them and stay; so does what was told. */
const made = ['feed', 'recipients', 'carried'] as const;

interface Notifier {
  readonly projection: Projection;
  readonly rowsMax: number;
  readonly writeFeed: (client: pg.PoolClient, rows: readonly object[], rowsMax: number) => Promise<unknown>;
}

/** The notifier's own code and configuration. Webhooks are told nothing. */
async function notifier(): Promise<Notifier> {
  const load = async <T>(path: string): Promise<T> =>
    (await import(new URL(`../../apps/notifier/dist/${path}`, import.meta.url).href)) as T;
  const { feedProjection } = await load<{ feedProjection: (options: object) => Projection }>('project.js');
  const { loadNotifierConfig } = await load<{
    loadNotifierConfig: (env: NodeJS.ProcessEnv) => { feed: { rowsMax: number } };
  }>('config.js');
  const { writeFeed } = await load<Pick<Notifier, 'writeFeed'>>('write-feed.js');
  const { feed } = loadNotifierConfig(process.env);
  return { projection: feedProjection({ feed, webhooks: null }), rowsMax: feed.rowsMax, writeFeed };
}

/**
 * Replays the journals into shadow tables up to where the feeds in use are, then puts their rows in the place of those, in one
 * transaction. Readers never wait; who writes waits for it, and the notifier finds its epoch raised and opens anew.
 * @returns null when the notifier has never run on the database
 * @throws StartError when another rebuild is at work
 */
export async function rebuildFeeds(
  installation: Installation,
  { check, tell }: RebuildOptions,
): Promise<Rebuilt | null> {
  return inShadow(
    installation,
    shadow,
    (admin) => dropSchema(admin, shadow),
    async ({ admin, log, pool }) => {
      await oneAtATime(admin);
      if (!(await hasRun(admin))) return null;
      await makeShadow(admin);
      const own = await notifier();
      const replay = await Replay.open({ log, pool, projection: own.projection, prefix: installation.prefix, tell });
      try {
        await comeNear(admin, replay, live);
        tell('taking over the feeds');
        const heldAtMs = performance.now();
        const found = await takeOver(admin, check, async () => {
          await replay.to(await positionsOf(admin, live));
          await keepOthers(admin, pool, own);
        });
        const heldMs = performance.now() - heldAtMs;
        return { swapped: found.length === 0, records: replay.records, differences: found, heldMs };
      } finally {
        await replay.close();
      }
    },
  );
}

async function hasRun(admin: pg.Client): Promise<boolean> {
  const { rows } = await admin.query<{ positions: boolean }>(
    `SELECT to_regclass('${live}.projection_positions') IS NOT NULL AS positions`,
  );
  if (rows[0]?.positions !== true) return false;
  return ((await admin.query(`SELECT 1 FROM ${live}.projection_positions LIMIT 1`)).rowCount ?? 0) > 0;
}

async function makeShadow(admin: pg.Client): Promise<void> {
  await dropSchema(admin, shadow);
  await admin.query(`CREATE SCHEMA ${shadow}`);
  for (const table of [...made, 'reads', 'told'])
    await admin.query(`CREATE TABLE ${shadow}.${table} (LIKE ${live}.${table} INCLUDING ALL)`);
}

/** Notices that come from no journal: a webhook was switched off. */
async function keepOthers(admin: pg.Client, pool: pg.Pool, { writeFeed, rowsMax }: Notifier): Promise<void> {
  const { rows } = await admin.query<Record<string, unknown> & { type: string; data: object }>(
    `SELECT id, recipient, type, occurred_at::float8 AS "occurredAt", topic, partition, "offset"::float8 AS "offset",
            ordinal, data, title, body FROM ${live}.feed WHERE topic LIKE 'webhooks/%'`,
  );
  const notices = rows.map(({ type, data, ...row }) => ({ ...row, facts: { type, ...data } }));
  await inTransaction(pool, (client) => writeFeed(client, notices, rowsMax));
}

const lockTimeoutMs = 30_000;

/** @returns what speaks against it: nothing is changed then */
async function takeOver(admin: pg.Client, check: boolean, lastWork: () => Promise<void>): Promise<string[]> {
  await admin.query('BEGIN');
  try {
    await admin.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    // The projection, then who else writes into feeds.
    await admin.query(`LOCK TABLE ${live}.projection_positions IN EXCLUSIVE MODE`);
    await admin.query(`LOCK TABLE ${live}.recipients IN EXCLUSIVE MODE`);
    await lastWork();
    const found = check ? await differences(admin) : [];
    if (found.length === 0) {
      await admin.query(`UPDATE ${live}.projection_positions SET epoch = epoch + 1`);
      for (const table of made) {
        await admin.query(`DELETE FROM ${live}.${table}`);
        await admin.query(`INSERT INTO ${live}.${table} SELECT * FROM ${shadow}.${table}`);
      }
    }
    await admin.query(found.length === 0 ? 'COMMIT' : 'ROLLBACK');
    return found;
  } catch (error) {
    await admin.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function differences(admin: pg.Client): Promise<string[]> {
  const found: string[] = [];
  for (const table of made) {
    const [is, was] = [await digestOf(admin, shadow, table), await digestOf(admin, live, table)];
    if (is !== was) found.push(`notifications.${table}: ${is} rebuilt, ${was} in use`);
  }
  return found;
}
