import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '@slipstream/testing';
import pg from 'pg';
import { root } from './platform.js';

/** Tables that say how far a process is, not what it has found; and with which key of its own it has signed that. */
const positions = ['partitions', 'aggregates', 'projection_positions', 'signing_keys', 'signatures'];

/** A digest of the rows of each table of the read model, the ledger and the feeds. */
export async function fingerprints(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT schemaname || '.' || tablename AS name FROM pg_tables
       WHERE schemaname IN ('read_model', 'settlement', 'notifications') AND tablename <> ALL ($1) AND tablename NOT LIKE '%migrations'
       ORDER BY 1`,
      [positions],
    );
    const found: Record<string, string> = {};
    for (const { name } of rows) {
      const digest = await client.query<{ count: string; digest: string }>(
        `SELECT count(*), md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS digest FROM ${name} t`,
      );
      found[name] = `${digest.rows[0]?.count} rows ${digest.rows[0]?.digest}`;
    }
    return found;
  } finally {
    await client.end();
  }
}

/** Runs the projections over the journals of an installation into an empty database, until nothing is left. */
export async function rebuild(
  database: TestDatabase,
  env: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  const children = (['stats-projector', 'settlement', 'notifier'] as const).map((service) =>
    spawn(process.execPath, [join(root, `apps/${service}/dist/main.js`)], {
      env: { ...process.env, NODE_OPTIONS: '', ...env, DATABASE_URL: database.urls[service], PORT: '0' },
      stdio: 'ignore',
    }),
  );
  const ends = children.map((child) => once(child, 'exit'));
  try {
    // What differs after a minute differs for good; the caller shows what it is.
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(500)) {
      if (JSON.stringify(await fingerprintsSoFar(database.adminUrl)) === JSON.stringify(wanted)) return;
    }
  } finally {
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(ends);
  }
}

const undefinedTable = '42P01';

/** Null while a migration takes away a table that was there when they were listed. */
async function fingerprintsSoFar(url: string): Promise<Record<string, string> | null> {
  try {
    return await fingerprints(url);
  } catch (error) {
    if ((error as { code?: unknown }).code === undefinedTable) return null;
    throw error;
  }
}
