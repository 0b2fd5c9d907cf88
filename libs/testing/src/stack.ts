import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka, type EmbeddedKafka } from '../../../tools/embedded/kafka.ts';
import {
  dropDatabase,
  prepareDatabase,
  startPostgres,
  type EmbeddedPostgres,
  type PreparedDatabase,
} from '../../../tools/embedded/postgres.ts';

/**
 * Real servers for tests. `npm test` starts one Kafka and one PostgreSQL for all and names them in TEST_KAFKA_BROKERS
 * and TEST_DATABASE_URL; without these (a single Jest run) a test file's first call starts its own, and `stopStack`
 * (call it in `afterAll`) ends them.
 */
export interface TestDatabase extends PreparedDatabase {
  readonly name: string;
  /** Drops the database and its roles. */
  drop(): Promise<void>;
}

let ownKafka: Promise<EmbeddedKafka> | undefined;
let ownPostgres: Promise<EmbeddedPostgres> | undefined;
let ownFolder: Promise<string> | undefined;
const databases: TestDatabase[] = [];

/** `host:port` of a broker. Isolate by `uniquePrefix()` as TOPIC_PREFIX. */
export async function testKafka(): Promise<string> {
  const given = process.env['TEST_KAFKA_BROKERS'];
  if (given !== undefined && given !== '') return given;
  ownKafka ??= folder().then((dataDir) => startKafka({ dataDir: join(dataDir, 'kafka') }));
  return (await ownKafka).brokers;
}

/** A fresh database with a schema and a role per service; dropped by `stopStack`. */
export async function testDatabase(): Promise<TestDatabase> {
  const adminUrl = await testPostgres();
  const name = `test_${randomBytes(6).toString('hex')}`;
  const prepared = await prepareDatabase({ adminUrl, database: name });
  const database = { ...prepared, name, drop: () => dropDatabase(adminUrl, name) };
  databases.push(database);
  return database;
}

/** URL of a PostgreSQL superuser. */
export async function testPostgres(): Promise<string> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  ownPostgres ??= folder().then((dataDir) => startPostgres({ dataDir: join(dataDir, 'postgres') }));
  return (await ownPostgres).url;
}

/** A topic prefix nobody else has. */
export const uniquePrefix = (): string => `t${randomBytes(5).toString('hex')}.`;

/** Drops the databases of this test file and ends the servers that it had to start itself. */
export async function stopStack(): Promise<void> {
  const drops = await Promise.allSettled(databases.splice(0).map((database) => database.drop()));
  // Whatever failed before: what was started must end, or Jest would wait for it for ever.
  await Promise.allSettled([ownKafka?.then((kafka) => kafka.stop()), ownPostgres?.then((server) => server.stop())]);
  const dataDir = await ownFolder;
  ownKafka = ownPostgres = ownFolder = undefined;
  if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  for (const drop of drops) if (drop.status === 'rejected') throw drop.reason;
}

function folder(): Promise<string> {
  ownFolder ??= mkdtemp(join(tmpdir(), 'slipstream-test-'));
  return ownFolder;
}
