import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import pg from 'pg';

/** Schema of each service that writes one; `api-gateway` reads `read_model` only. */
export const serviceSchemas = {
  'order-gateway': 'order_gateway',
  'copy-engine': 'copy_engine',
  'position-sizer': 'position_sizer',
  settlement: 'settlement',
  notifier: 'notifications',
  'stats-projector': 'read_model',
} as const;

const services = [...Object.keys(serviceSchemas), 'api-gateway'] as (keyof typeof serviceSchemas | 'api-gateway')[];

export interface PreparedDatabase {
  /** The administrator's URL on the database itself. */
  readonly adminUrl: string;
  /** DATABASE_URL of each service: a login role of its own. */
  readonly urls: Readonly<Record<(typeof services)[number], string>>;
}

export interface DatabaseOptions {
  /** Superuser (or a role that may create databases and roles) on any database of the server. */
  readonly adminUrl: string;
  readonly database: string;
  /** File that keeps the roles' passwords between starts; without it they are new each time. */
  readonly passwordFile?: string;
}

/**
 * Makes the database when it is missing, a schema per service, and one login role per service with rights on its own
 * schema only (`api-gateway`: reading `read_model`). Run again it changes nothing but the passwords.
 */
export async function prepareDatabase(options: DatabaseOptions): Promise<PreparedDatabase> {
  const { adminUrl, database } = options;
  const passwords = await loadPasswords(options.passwordFile);
  await withClient(adminUrl, async (client) => {
    // Roles are server-wide; two preparations at once would trip over each other.
    await client.query('SELECT pg_advisory_lock($1)', [prepareLock]);
    await ensureDatabase(client, database);
    for (const service of services) await ensureRole(client, roleName(database, service), passwords[service] ?? '');
    await client.query(`REVOKE ALL ON DATABASE ${quote(database)} FROM PUBLIC`);
    for (const service of services)
      await client.query(`GRANT CONNECT ON DATABASE ${quote(database)} TO ${quote(roleName(database, service))}`);
  });
  const ownUrl = withDatabase(adminUrl, database);
  await withClient(ownUrl, (client) => prepareSchemas(client, database));
  const urls = Object.fromEntries(
    services.map((service) => [
      service,
      withDatabase(adminUrl, database, roleName(database, service), passwords[service]),
    ]),
  ) as PreparedDatabase['urls'];
  return { adminUrl: ownUrl, urls };
}

/** Removes the database and its roles, connections and all. */
export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [prepareLock]);
    await client.query(`DROP DATABASE IF EXISTS ${quote(database)} WITH (FORCE)`);
    for (const service of services) await client.query(`DROP ROLE IF EXISTS ${quote(roleName(database, service))}`);
  });
}

const prepareLock = 5_318_008;

/** Role names carry the database's name, since roles belong to the whole server. */
export const roleName = (database: string, service: string): string =>
  `${database}_${service.replaceAll('-', '_')}`.slice(0, 63);

async function ensureDatabase(client: pg.Client, database: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
  if (found.rowCount === 0) await client.query(`CREATE DATABASE ${quote(database)} TEMPLATE template0`);
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = found.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${quote(role)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
}

async function prepareSchemas(client: pg.Client, database: string): Promise<void> {
  const reader = quote(roleName(database, 'api-gateway'));
  await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  for (const [service, schema] of Object.entries(serviceSchemas)) {
    const owner = quote(roleName(database, service));
    await client.query(`GRANT ${owner} TO CURRENT_USER`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${owner}`);
    await client.query(`ALTER ROLE ${owner} IN DATABASE ${quote(database)} SET search_path = ${schema}`);
  }
  const projector = quote(roleName(database, 'stats-projector'));
  await client.query(`GRANT USAGE ON SCHEMA read_model TO ${reader}`);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA read_model TO ${reader}`);
  await client.query(
    `ALTER DEFAULT PRIVILEGES FOR ROLE ${projector} IN SCHEMA read_model GRANT SELECT ON TABLES TO ${reader}`,
  );
  await client.query(`ALTER ROLE ${reader} IN DATABASE ${quote(database)} SET search_path = read_model`);
}

async function loadPasswords(file: string | undefined): Promise<Record<string, string>> {
  const text = file === undefined ? undefined : await readFile(file, 'utf8').catch(() => undefined);
  const known = (text === undefined ? {} : JSON.parse(text)) as Record<string, string>;
  const passwords = Object.fromEntries(
    services.map((service) => [service, known[service] ?? randomBytes(18).toString('hex')]),
  );
  if (file !== undefined) await writeFile(file, JSON.stringify(passwords, null, 2) + '\n', { mode: 0o600 });
  return passwords;
}

function withDatabase(url: string, database: string, user?: string, password?: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  if (user !== undefined) changed.username = encodeURIComponent(user);
  if (password !== undefined) changed.password = password;
  return changed.href;
}

const quote = (name: string): string => pg.escapeIdentifier(name);

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
