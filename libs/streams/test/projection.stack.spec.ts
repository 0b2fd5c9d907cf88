import { streams } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import pg from 'pg';
import { readJournal, runFold, runProjection, topicName, type JournalRecord, type Running } from '../src/index.js';
import { CommitProxy } from './commit-proxy.js';
import { accounts } from './toy/accounts.js';
import { input } from './toy/input.js';
import { providers } from './toy/providers.js';
import { countsOf, migrateCounts, readModel } from './toy/read-model.js';
import { Child, closeWorlds, killChildren, newWorld, pause, send, settled, type World } from './world.js';

let world: World;
let line = 0;
const services: Running[] = [];

beforeAll(async () => {
  world = await newWorld();
  const { brokers, topicPrefix, database } = world;
  const options = { brokers, topicPrefix, saveIntervalMs: 300 };
  services.push(await runFold(providers(), { ...options, databaseUrl: database.urls['copy-engine'] }));
  services.push(await runFold(accounts(), { ...options, databaseUrl: database.urls['position-sizer'] }));
}, 120_000);
afterEach(killChildren);
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await closeWorlds();
  await stopStack();
}, 60_000);

async function goOn(rounds: number): Promise<void> {
  await send(world, input({ followers: 30, rounds, from: line }));
  line += 1000;
}

/** The rows are what a plain count over the journals gives. */
async function expectExact(): Promise<void> {
  await settled(world, 'providers', 'accounts');
  const records: JournalRecord[] = [];
  for (const stream of [streams.providersEvents, streams.accountsEvents]) {
    await readJournal({ ...world, stream, onRecords: (some) => void records.push(...some) });
  }
  const expected = countsOf(records);
  const client = new pg.Client({ connectionString: world.database.urls['stats-projector'] });
  await client.connect();
  let rows: unknown[] = [];
  for (const until = Date.now() + 20_000; Date.now() < until; await pause(100)) {
    const found = await client.query<{ name: string; n: number }>(
      'SELECT name, n FROM counts ORDER BY name COLLATE "C"',
    );
    rows = found.rows.map(({ name, n }) => [name, n]);
    if (JSON.stringify(rows) === JSON.stringify(expected)) break;
  }
  await client.end();
  expect(rows).toEqual(expected);
  expect(expected.length).toBeGreaterThan(20);
}

test.each([
  ['before the commit', { point: 'beforeSave', nth: 4, action: 'kill' }],
  ['after the commit', { point: 'afterSave', nth: 2, action: 'kill' }],
] as const)(
  'killed %s: every record counts once',
  async (_name, fault) => {
    await goOn(3);
    const child = new Child(world, { hop: 'accounts', projection: true, fault });
    expect(await child.exited).toBe('SIGKILL');
    const clean = new Child(world, { hop: 'accounts', projection: true });
    await clean.says('ready');
    await expectExact();
    expect(await clean.stop()).toBe(0);
  },
  60_000,
);

test('two owners at once: every record counts once, and the offset of the group tells how far it is', async () => {
  const { brokers, topicPrefix, database } = world;
  const databaseUrl = database.urls['stats-projector'];
  await migrateCounts(databaseUrl);
  const options = { brokers, topicPrefix, databaseUrl };
  const one = await runProjection(readModel(), { ...options, groupId: `${topicPrefix}one` });
  await goOn(2);
  const two = await runProjection(readModel(), options);
  await goOn(4);
  await expectExact();
  await two.ready();
  await one.stop();
  await goOn(1);
  await expectExact();
  await two.stop();
  const topic = topicName(streams.accountsEvents, topicPrefix);
  const committed = await world.log.committed(`${topicPrefix}stats-projector`, topic);
  const ends = await world.log.ends(topic);
  expect([...committed].sort()).toEqual([...ends].map(([partition, { high }]) => [partition, high]).sort());
}, 60_000);

test('the rows are replaced under it (a rebuild): it loads them again, and every record counts once', async () => {
  const { brokers, topicPrefix, database } = world;
  const databaseUrl = database.urls['stats-projector'];
  await migrateCounts(databaseUrl);
  const opened: string[] = [];
  const model = readModel();
  const projection = {
    ...model,
    open: (topic: string, partition: number, client: pg.PoolClient) => {
      opened.push(`${topic}/${partition}`);
      return model.open(topic, partition, client);
    },
  };
  const one = await runProjection(projection, { brokers, topicPrefix, databaseUrl });
  await one.ready();
  const before = opened.length;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (let i = 0; i < 3; i++) {
    await goOn(1);
    await client.query('UPDATE projection_positions SET epoch = epoch + 1');
    await goOn(2);
    await expectExact();
  }
  await client.end();
  expect(opened.length).toBeGreaterThan(before);
  expect(one.status()).toMatchObject({ live: true, failure: null });
  await one.stop();
}, 60_000);

test('the answer to a COMMIT is lost, and telling of it fails: every record counts once, and is told of', async () => {
  const { brokers, topicPrefix, database } = world;
  await migrateCounts(database.urls['stats-projector']);
  const proxy = await CommitProxy.open(database.urls['stats-projector']);
  const told = new Map<string, number>();
  let failures = 0;
  const projection = {
    ...readModel(),
    committed: async (records: readonly JournalRecord[]) => {
      if (failures++ % 3 === 0) throw Object.assign(new Error('the broker is away'), { code: 'ECONNRESET' });
      for (const { topic, partition, offset } of records) told.set(`${topic}/${partition}`, offset);
    },
  };
  const groupId = `${topicPrefix}cut`;
  const one = await runProjection(projection, { brokers, topicPrefix, databaseUrl: proxy.databaseUrl, groupId });
  try {
    await one.ready();
    for (let i = 1; i <= 3; i++) {
      proxy.cutNext('INSERT INTO counts');
      await goOn(2);
      await expectExact();
      expect(proxy.cuts).toBe(i);
    }
    expect(failures).toBeGreaterThan(told.size);
    expect(one.status()).toMatchObject({ live: true, failure: null });
    await one.stop();
  } finally {
    await proxy.close();
  }
}, 60_000);
