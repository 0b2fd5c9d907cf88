import { openKafkaJsLog, type Log } from '@slipstream/streams';
import pg from 'pg';
import type { Installation } from '../installation.ts';

/** What a rebuild works with. */
export interface Workshop {
  /** Makes the shadow tables and takes them over. */
  readonly admin: pg.Client;
  readonly log: Log;
  /** Writes into the shadow tables: their schema comes first. */
  readonly pool: pg.Pool;
}

/**
 * Opens connections for tables that are made beside those in use.
 * @param clear removes what is left of the shadow tables, whatever has happened
 */
export async function inShadow<T>(
  { brokers, databaseUrl }: Installation,
  schema: string,
  clear: (admin: pg.Client) => Promise<unknown>,
  work: (workshop: Workshop) => Promise<T>,
): Promise<T> {
  const admin = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // A connection that breaks fails the statement under way.
  admin.on('error', () => undefined);
  await admin.connect();
  const log = openKafkaJsLog({ brokers: brokers.split(','), clientId: 'slipstream-rebuild', logger: console });
  // What is lost in a crash of the database is made again by the next rebuild.
  const options = `-c search_path=${schema} -c synchronous_commit=off`;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2, options });
  pool.on('error', () => undefined);
  try {
    return await work({ admin, log, pool });
  } finally {
    await clear(admin).catch(() => undefined);
    await Promise.allSettled([pool.end(), log.close(), admin.end()]);
  }
}
