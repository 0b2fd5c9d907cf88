import type { ServiceName } from '@slipstream/contracts';
import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { messageOf } from './errors.js';
import { CreateStreamTables1764000000000, streamEntities } from './tables.js';

export type Migration = new () => MigrationInterface;

/** Migrations of the tables that belong to this library. */
export const streamMigrations: readonly Migration[] = [CreateStreamTables1764000000000];

/** Schema of a service: its name with underscores. */
export const schemaOf = (service: ServiceName): string => service.replaceAll('-', '_');

/** A pool whose statements find the schema's tables by their plain names. */
export function openPool(databaseUrl: string, schema: string, connections = 4): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: 10_000,
    options: `-c search_path=${schema}`,
  });
  // A connection that breaks while idle is replaced at the next use.
  pool.on('error', () => undefined);
  return pool;
}

/**
 * Brings a schema up to date: one process at a time (advisory lock), each migration once.
 * @param table where the executed migrations are noted; one per owner of migrations in a schema
 * @throws Error when the database can't be reached or a migration fails
 */
export async function migrate(
  databaseUrl: string,
  schema: string,
  migrations: readonly Migration[],
  table = 'migrations',
): Promise<void> {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new Error(`"${schema}" can't be the name of a schema.`);
  const lock = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  lock.on('error', () => undefined);
  try {
    await lock.connect();
  } catch (error) {
    throw new Error(`The database can't be reached (${messageOf(error)}); check DATABASE_URL.`, { cause: error });
  }
  try {
    await lock.query('SELECT pg_advisory_lock(hashtext($1))', [`slipstream/${schema}`]);
    // Asked first: the statement needs a right on the database even where the schema exists.
    const found = await lock.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
    if (found.rowCount === 0) await lock.query(`CREATE SCHEMA ${schema}`);
    await run(databaseUrl, schema, migrations, table);
  } finally {
    await lock.end();
  }
}

async function run(url: string, schema: string, migrations: readonly Migration[], table: string): Promise<void> {
  const source = new DataSource({
    type: 'postgres',
    url,
    schema,
    synchronize: false,
    entities: [...streamEntities],
    migrations: [...migrations],
    migrationsTableName: table,
    installExtensions: false,
    extra: { options: `-c search_path=${schema}`, max: 1 },
  });
  await source.initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

/** Runs `work` in one transaction on a connection of its own. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks fails the statement under way; without a listener it would end the process, too.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((second: Error) => (broken = second));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
