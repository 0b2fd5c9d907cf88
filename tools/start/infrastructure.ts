import { join } from 'node:path';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import pg from 'pg';
import { sleep, StartError } from '../embedded/common.ts';
import { answersApiVersions, startKafka } from '../embedded/kafka.ts';
import { prepareDatabase, serviceSchemas, startPostgres, type PreparedDatabase } from '../embedded/postgres.ts';

/** A server to use, and how to end it when it is ours. */
export interface Server {
  readonly address: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
  /** Resolves when an embedded server ended by itself; never for an existing one. */
  readonly ended: Promise<string>;
}

const never = new Promise<string>(() => undefined);
const existing = (address: string): Server => ({
  address,
  embedded: false,
  stop: () => Promise.resolve(),
  ended: never,
});

/** The broker of KAFKA_BROKERS, else an embedded one over `dataDir/kafka`. */
export async function openBroker(dataDir: string, brokers: string | undefined): Promise<Server> {
  if (brokers !== undefined && brokers !== '') {
    await requireBrokers(brokers);
    return existing(brokers);
  }
  const kafka = await startKafka({ dataDir: join(dataDir, 'kafka') });
  return { address: kafka.brokers, embedded: true, stop: () => kafka.stop(), ended: kafka.wait };
}

/** @throws StartError when none of the brokers answers */
export async function requireBrokers(brokers: string, patienceMs = 5000): Promise<void> {
  const addresses = brokers.split(',').map((address) => /^([^:,\s]+):(\d{1,5})$/.exec(address.trim()));
  if (addresses.some((address) => address === null || Number(address[2]) > 65_535)) {
    throw new StartError(
      `KAFKA_BROKERS=${brokers} is not host:port[,host:port…]: correct it, or unset it to use the embedded broker.`,
    );
  }
  const deadline = Date.now() + patienceMs;
  do {
    const answers = addresses.map((address) => answersApiVersions(Number(address?.[2]), address?.[1], 1500));
    if ((await Promise.all(answers)).includes(true)) return;
    await sleep(250);
  } while (Date.now() < deadline);
  throw new StartError(
    `No Kafka answers at KAFKA_BROKERS=${brokers}: start it or correct the address, or unset KAFKA_BROKERS to use the embedded broker.`,
  );
}

/** The server of DATABASE_URL, else an embedded one over `dataDir/postgres`. `address` is the administrator's URL. */
export async function openDatabaseServer(dataDir: string, databaseUrl: string | undefined): Promise<Server> {
  if (databaseUrl !== undefined && databaseUrl !== '') return existing(await requireDatabase(databaseUrl));
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  return { address: postgres.url, embedded: true, stop: () => postgres.stop(), ended: postgres.wait };
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';

/** @returns the URL to administrate by: the given one, or that of the database `postgres` when the named one is missing */
async function requireDatabase(databaseUrl: string): Promise<string> {
  const shown = databaseUrl.replace(/:[^:@/]*@/, ':***@');
  if (!/^postgres(ql)?:\/\/[^/]+/.test(databaseUrl) || !URL.canParse(databaseUrl)) {
    throw new StartError(
      `DATABASE_URL=${shown} is not postgres://user:password@host:port/database: correct it, or unset it to use the embedded server.`,
    );
  }
  const maintenance = new URL(databaseUrl);
  maintenance.pathname = '/postgres';
  for (const url of [databaseUrl, maintenance.href]) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return url;
    } catch (error) {
      // 3D000: the server is there, the database isn't yet.
      if (codeOf(error) === '3D000') continue;
      throw new StartError(
        `The database server at DATABASE_URL=${shown} can't be used (${messageOf(error)}): start it or correct the URL, ` +
          'or unset DATABASE_URL to use the embedded server.',
      );
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new StartError(
    `The server at DATABASE_URL=${shown} has no database "postgres" to create ours from: create it.`,
  );
}

const messageOf = (error: unknown): string => {
  const { message, code } = error as { message?: string; code?: string };
  return message !== undefined && message !== '' ? message : (code ?? String(error));
};

/** Name of our database: that of DATABASE_URL, else `slipstream`. */
export function databaseName(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined || databaseUrl === '') return 'slipstream';
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  return name === '' || name === 'postgres' ? 'slipstream' : name;
}

/** Database, schemas and roles; after `fresh` on an existing server without anything in our schemas. */
export async function openDatabase(
  server: Server,
  dataDir: string,
  database: string,
  fresh: boolean,
): Promise<PreparedDatabase> {
  const passwordFile = join(dataDir, 'database-passwords.json');
  try {
    const prepared = await prepareDatabase({ adminUrl: server.address, database, passwordFile });
    if (!fresh || server.embedded) return prepared;
    await dropSchemas(prepared.adminUrl);
    return await prepareDatabase({ adminUrl: server.address, database, passwordFile });
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new StartError(
      `The user of DATABASE_URL may not create databases, schemas and roles (${messageOf(error)}): use one that may.`,
    );
  }
}

async function dropSchemas(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP SCHEMA IF EXISTS ${Object.values(serviceSchemas).join(', ')} CASCADE`);
  } finally {
    await client.end();
  }
}

/** Deletes our topics and groups on an existing broker, and waits until they are gone. */
export async function deleteTopics(brokers: string, prefix: string, groups: readonly string[]): Promise<void> {
  const { streams } = await import('@slipstream/contracts');
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const ours = new Set(Object.values(streams).map((stream) => prefix + stream.topic));
    const found = (await admin.listTopics()).filter((topic) => ours.has(topic));
    const known = new Set((await admin.listGroups()).groups.map((group) => group.groupId));
    const wanted = groups.filter((group) => known.has(group));
    if (wanted.length > 0) await deleteGroups(admin, wanted);
    if (found.length > 0) await admin.deleteTopics({ topics: found });
    const deadline = Date.now() + 30_000;
    while ((await admin.listTopics()).some((topic) => ours.has(topic))) {
      if (Date.now() > deadline)
        throw new StartError('The broker did not delete the topics: delete them, or use another TOPIC_PREFIX.');
      await sleep(200);
    }
  } finally {
    await admin.disconnect();
  }
}

async function deleteGroups(admin: Admin, groups: string[]): Promise<void> {
  try {
    await admin.deleteGroups(groups);
  } catch (error) {
    throw new StartError(
      `The consumer groups ${groups.join(', ')} can't be deleted (${messageOf(error)}): stop the services that use this broker first.`,
    );
  }
}
