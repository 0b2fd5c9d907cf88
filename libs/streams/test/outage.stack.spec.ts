import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../tools/embedded/common.ts';
import { startKafka, type EmbeddedKafka } from '../../../tools/embedded/kafka.ts';
import { prepareDatabase, startPostgres, type EmbeddedPostgres } from '../../../tools/embedded/postgres.ts';
import { ensureTopics, openEdge, runFold, runProjection, type Edge, type Running } from '../src/index.js';
import { accounts } from './toy/accounts.js';
import { input } from './toy/input.js';
import { providers } from './toy/providers.js';
import { migrateCounts, readModel } from './toy/read-model.js';
import { closeWorlds, expectUndisturbed, newWorld, pause, settled, type World } from './world.js';

let folder: string;
let ports: number[];
let kafka: EmbeddedKafka;
let postgres: EmbeddedPostgres;
let world: World;
let edge: Edge;
let running: Running[] = [];
let line = 0;

/** Servers of its own, to be killed; the same ports at each start. */
const startBroker = (data = 'kafka'): Promise<EmbeddedKafka> =>
  startKafka({ dataDir: join(folder, data), port: ports[0] as number, heapMb: 256 });
const startDatabase = (): Promise<EmbeddedPostgres> =>
  startPostgres({ dataDir: join(folder, 'postgres'), port: ports[1] as number });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipstream-outage-'));
  ports = await freePorts(2);
  [kafka, postgres] = await Promise.all([startBroker(), startDatabase()]);
  const database = await prepareDatabase({ adminUrl: postgres.url, database: 'outage' });
  world = await newWorld({ brokers: [kafka.brokers], database });
  await migrateCounts(database.urls['stats-projector']);
  edge = await openEdge(world);
}, 120_000);
afterEach(stopAll, 60_000);
afterAll(async () => {
  await edge.close();
  await closeWorlds();
  await Promise.all([kafka.stop(), postgres.stop()]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const options = (service: 'copy-engine' | 'position-sizer' | 'stats-projector') => ({
  brokers: world.brokers,
  topicPrefix: world.topicPrefix,
  databaseUrl: world.database.urls[service],
  saveIntervalMs: 150,
  sessionTimeoutMs: 6000,
});

/** Three services at once, on a cluster that has just begun or just come back. */
async function startAll(): Promise<void> {
  running = await Promise.all([
    runFold(providers(), options('copy-engine')),
    runFold(accounts(), options('position-sizer')),
    runProjection(readModel(), options('stats-projector')),
  ]);
  await Promise.all(running.map((one) => one.ready()));
}

async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((one) => one.stop().catch(() => undefined)));
}

async function goOn(rounds: number): Promise<void> {
  const commands = input({ followers: 30, rounds, from: line });
  line += 1000;
  await edge.send(commands);
}

/** Traffic goes on while `outage` runs, as far as it can. */
async function trafficDuring(outage: () => Promise<void>): Promise<void> {
  let over = false;
  const traffic = (async () => {
    for (let i = 0; i < 3 || !over; i++) {
      await goOn(2);
      await pause(100);
    }
  })();
  await pause(400);
  await outage().finally(() => (over = true));
  await traffic;
}

async function expectAllSound(): Promise<void> {
  await settled(world, 'providers', 'accounts');
  await expectUndisturbed(world, 'providers');
  await expectUndisturbed(world, 'accounts');
  for (const one of running) expect(one.status()).toMatchObject({ failure: null, live: true });
}

test('the broker is killed in the middle of traffic and comes back', async () => {
  await startAll();
  await trafficDuring(async () => {
    kafka.kill();
    await kafka.wait;
    kafka = await startBroker();
  });
  await expectAllSound();
}, 90_000);

test('the database is killed in the middle of traffic and comes back', async () => {
  await startAll();
  await trafficDuring(async () => {
    postgres.kill();
    await postgres.wait;
    await pause(500);
    postgres = await startDatabase();
  });
  await expectAllSound();
}, 90_000);

test('a broker formatted anew under a kept database stops each service; with its data restored they go on', async () => {
  await kafka.stop();
  kafka = await startBroker('another');
  await ensureTopics(world.brokers, world.topicPrefix);
  const sentence = /^The saved state belongs to Kafka cluster \S+, but KAFKA_BROKERS leads to cluster \S+: connect to/;
  const fold = await runFold(providers(), options('copy-engine'));
  await expect(fold.done()).rejects.toThrow(sentence);
  const projected = await runProjection(readModel(), options('stats-projector'));
  await expect(projected.done()).rejects.toThrow(sentence);
  kafka.kill();
  await kafka.wait;
  kafka = await startBroker();
  await startAll();
  await goOn(2);
  await expectAllSound();
}, 90_000);
