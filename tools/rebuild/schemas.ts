import { migrations, readModelLock } from '@slipstream/read-model';
import { migrate, streamMigrations } from '@slipstream/streams';
import pg from 'pg';
import { sleep, StartError } from '../embedded/common.ts';

/** The schema in use, the one that is being made, and the one that was in use. */
export const live = 'read_model';
export const shadow = 'read_model_shadow';
const past = 'read_model_past';

const quote = (name: string): string => pg.escapeIdentifier(name);

/**
 * Only one rebuild at a time, until the connection ends.
 * @throws StartError when another one is at work
 */
export async function oneAtATime(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ taken: boolean }>(
    "SELECT pg_try_advisory_lock(hashtext('slipstream/rebuild')) AS taken",
  );
  if (rows[0]?.taken !== true) throw new StartError('Another rebuild is at work on this database: wait for its end.');
}

/** Owner of the schema in use. @throws StartError when there is none */
export async function ownerOf(admin: pg.Client): Promise<string> {
  const { rows } = await admin.query<{ owner: string }>(
    'SELECT pg_get_userbyid(nspowner) AS owner FROM pg_namespace WHERE nspname = $1',
    [live],
  );
  if (!rows[0]) throw new StartError('The database has no schema read_model: start stats-projector first.');
  return rows[0].owner;
}

/** Empty tables as this version of the code has them, with the owner and the rights of those in use. */
export async function makeShadow(admin: pg.Client, databaseUrl: string, owner: string): Promise<void> {
  await dropSchema(admin, shadow);
  await dropSchema(admin, past);
  try {
    await admin.query(`CREATE SCHEMA ${shadow}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new StartError('The role of DATABASE_URL may not create schemas: use the one that npm start was given.');
  }
  await migrate(databaseUrl, shadow, migrations, 'read_model_migrations');
  await migrate(databaseUrl, shadow, streamMigrations, 'stream_migrations');
  const made = await admin.query<{ name: string; kind: string }>(
    `SELECT c.relname AS name, CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v')
     UNION ALL
     SELECT p.proname, 'FUNCTION' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1`,
    [shadow],
  );
  for (const { name, kind } of made.rows)
    await admin.query(`ALTER ${kind} ${shadow}.${quote(name)} OWNER TO ${quote(owner)}`);
  for (const reader of await readers(admin, owner)) {
    await admin.query(`GRANT USAGE ON SCHEMA ${shadow} TO ${quote(reader)}`);
    await admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${shadow} TO ${quote(reader)}`);
    await admin.query(
      `ALTER DEFAULT PRIVILEGES FOR ROLE ${quote(owner)} IN SCHEMA ${shadow} GRANT SELECT ON TABLES TO ${quote(reader)}`,
    );
  }
  await admin.query(`ALTER SCHEMA ${shadow} OWNER TO ${quote(owner)}`);
}

/** Roles that may read the tables in use. */
async function readers(admin: pg.Client, owner: string): Promise<string[]> {
  const { rows } = await admin.query<{ reader: string }>(
    `SELECT DISTINCT pg_get_userbyid(a.grantee) AS reader
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
      WHERE n.nspname = $1 AND a.privilege_type = 'SELECT' AND a.grantee <> 0`,
    [live],
  );
  return rows.map(({ reader }) => reader).filter((reader) => reader !== owner);
}

const attemptsMax = 10;
const lockTimeoutMs = 5000;

/** Drops a schema; readers that are still at its tables are waited for. */
export async function dropSchema(admin: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.query(`SET lock_timeout = ${lockTimeoutMs}`);
      await admin.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
      return;
    } catch (error) {
      // 55P03: somebody still reads; 40P01: he asked for the next table meanwhile.
      if (attempt === attemptsMax || !['55P03', '40P01'].includes((error as { code?: string }).code ?? '')) throw error;
      await sleep(200 * attempt);
    }
  }
}

/**
 * In one transaction: holds the projector, does the last work, and gives the shadow tables the names of those in use, under an
 * epoch that makes the projector load them. Positions go on where they were.
 * @param lastWork says what speaks against it; nothing is swapped then
 * @returns what it said
 */
export async function swap(admin: pg.Client, lastWork: () => Promise<readonly string[]>): Promise<readonly string[]> {
  await admin.query('BEGIN');
  try {
    await admin.query(`SET LOCAL lock_timeout = ${lockTimeoutMs * 6}`);
    // A writer that has its first row has this lock too and is waited for; one that comes now waits.
    await admin.query(`LOCK TABLE ${live}.projection_positions IN EXCLUSIVE MODE`);
    const objections = await lastWork();
    if (objections.length > 0) {
      await admin.query('ROLLBACK');
      return objections;
    }
    // Reports read several statements at one moment: none may begin in one schema and end in the other.
    await admin.query('SELECT pg_advisory_xact_lock(hashtext($1))', [readModelLock]);
    // Whoever waits to write into the old rows must not find what it looks for.
    await admin.query(`UPDATE ${live}.projection_positions SET epoch = epoch + 1`);
    await admin.query(`INSERT INTO ${shadow}.projection_positions SELECT * FROM ${live}.projection_positions`);
    await admin.query(`ALTER SCHEMA ${live} RENAME TO ${past}`);
    await admin.query(`ALTER SCHEMA ${shadow} RENAME TO ${live}`);
    await admin.query('COMMIT');
  } catch (error) {
    await admin.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await dropSchema(admin, past);
  return [];
}

/** Tables whose rows are not the same, byte for byte; what says only how far a process is doesn't count. */
export async function differences(admin: pg.Client): Promise<string[]> {
  const tables = async (schema: string): Promise<string[]> => {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'projection_positions'
          AND c.relname NOT LIKE '%migrations' ORDER BY 1`,
      [schema],
    );
    return rows.map(({ name }) => name);
  };
  const names = new Set([...(await tables(live)), ...(await tables(shadow))]);
  const found: string[] = [];
  for (const name of names) {
    const [is, was] = [await digestOf(admin, shadow, name), await digestOf(admin, live, name)];
    if (is !== was) found.push(`${name}: ${is} rebuilt, ${was} in use`);
  }
  return found;
}

/** Number of rows and a digest over all of them that doesn't depend on where they lie. */
export async function digestOf(admin: pg.Client, schema: string, name: string): Promise<string> {
  try {
    await admin.query('SAVEPOINT digest');
    const { rows } = await admin.query<{ n: string; digest: string }>(
      `SELECT count(*) AS n, md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS digest
         FROM ${schema}.${quote(name)} t`,
    );
    return `${rows[0]?.n} rows ${rows[0]?.digest}`;
  } catch (error) {
    if ((error as { code?: string }).code !== '42P01') throw error;
    await admin.query('ROLLBACK TO SAVEPOINT digest');
    return 'no such table';
  }
}
