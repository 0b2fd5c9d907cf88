import { streams } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { ensureTopics, runFold, topicName, type RunOptions, type Running } from '../src/index.js';
import { counts, header, headerText } from '../src/headers.js';
import { CuttingProxy } from './cutting-proxy.js';
import { accounts } from './toy/accounts.js';
import { input } from './toy/input.js';
import { providers } from './toy/providers.js';
import { Child, closeWorlds, codec, copyTopic, expectUndisturbed, journalOf, killChildren, newWorld } from './world.js';
import { outgoingOf, pause, readAll, send, settled, type World } from './world.js';

let world: World;
let line = 0;
const running: Running[] = [];

beforeAll(async () => {
  world = await newWorld();
}, 120_000);
afterEach(async () => {
  await killChildren();
  await Promise.all(running.splice(0).map((one) => one.stop().catch(() => undefined)));
}, 30_000);
afterAll(async () => {
  await closeWorlds();
  await stopStack();
}, 60_000);

async function goOn(rounds: number, to = world): Promise<void> {
  const commands = input({ followers: 30, rounds, from: line });
  line += 1000;
  await send(to, commands);
}

async function run(changes: Partial<RunOptions> = {}, skew = 0): Promise<Running> {
  const { brokers, topicPrefix, database } = world;
  const databaseUrl = database.urls['copy-engine'];
  const options = { brokers, topicPrefix, databaseUrl, saveIntervalMs: 300, sessionTimeoutMs: 6000, ...changes };
  const one = await runFold(providers({ skew }), options);
  running.push(one);
  return one;
}

/** Holds an owner up at its next append until it is released. */
function parking(): { faults: NonNullable<RunOptions['faults']>; parked: Promise<void>; release: () => void } {
  const parked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const beforeAppend = async (): Promise<void> => {
    parked.resolve();
    await gate.promise;
  };
  return { faults: { beforeAppend }, parked: parked.promise, release: gate.resolve };
}

test('two owners at once: whoever comes second goes on, the first learns it and says nothing more', async () => {
  await goOn(4);
  const one = await run({ groupId: `${world.topicPrefix}one` });
  await goOn(4);
  const two = await run({ groupId: `${world.topicPrefix}two` });
  for (let i = 0; i < 5; i++) await goOn(2);
  await settled(world, 'providers');
  await expectUndisturbed(world, 'providers');
  await two.ready();
  expect(two.status().partitions.filter(({ phase }) => phase === 'owned')).toHaveLength(12);
  expect(one.status().failure).toBeNull();
}, 60_000);

test('an append that lands late, before the new owner says anything: the new owner adopts it', async () => {
  const late = parking();
  const early = parking();
  await run({ groupId: `${world.topicPrefix}late`, faults: late.faults });
  await goOn(3);
  await late.parked;
  await run({ groupId: `${world.topicPrefix}early`, faults: early.faults });
  await early.parked;
  await pause(300);
  late.release();
  await pause(500);
  early.release();
  await settled(world, 'providers');
  await expectUndisturbed(world, 'providers');
}, 60_000);

test('an append that lands late, after the new owner has answered: it counts for nobody', async () => {
  const late = parking();
  const one = await run({ groupId: `${world.topicPrefix}late2`, faults: late.faults });
  await goOn(3);
  await late.parked;
  await run({ groupId: `${world.topicPrefix}after` });
  await settled(world, 'providers');
  const before = await journalOf(world, 'providers');
  late.release();
  await pause(1000);
  expect(await journalOf(world, 'providers')).toEqual(before);
  await goOn(1);
  await settled(world, 'providers');
  await expectUndisturbed(world, 'providers');
  expect(one.status().partitions.some(({ phase }) => phase === 'lost')).toBe(true);
  const lying = (await readAll(world, streams.providersEvents)).flat();
  expect(lying.some((record) => !counts(record.offset, record.headers))).toBe(true);
}, 60_000);

test.each(['journal', 'commands'])(
  'an ambiguous send: the answer to a write of %s is lost',
  async (which) => {
    const [host, port] = (world.brokers[0] as string).split(':');
    const proxy = new CuttingProxy({ host: host as string, port: Number(port) });
    const brokers = [await proxy.listen()];
    try {
      const one = await run({ brokers, groupId: `${world.topicPrefix}proxy-${which}` });
      await one.ready();
      const topic = which === 'journal' ? streams.providersEvents : streams.accountsCommands;
      for (let i = 1; i <= 3; i++) {
        proxy.cutNext(topicName(topic, world.topicPrefix));
        await goOn(1);
        await settled(world, 'providers');
        expect(proxy.cuts).toBe(i);
      }
      await expectUndisturbed(world, 'providers');
      await one.stop();
    } finally {
      await proxy.close();
    }
  },
  60_000,
);

test('a rebalance in the middle of a batch', async () => {
  const groupId = `${world.topicPrefix}shared`;
  const held = parking();
  const one = await run({ groupId, faults: held.faults, sliceEntriesMax: 2 });
  await goOn(6);
  await held.parked;
  const joining = run({ groupId, sliceEntriesMax: 3 });
  await pause(500);
  held.release();
  const two = await joining;
  await goOn(4);
  await settled(world, 'providers');
  const owned = [one, two].map((of) => of.status().partitions.length);
  expect(owned).toEqual([6, 6]);
  await two.stop();
  await goOn(2);
  await settled(world, 'providers');
  expect(one.status().partitions).toHaveLength(12);
  await expectUndisturbed(world, 'providers');
}, 60_000);

test('two owners with other rules and other cuts: what the journal says is said, once', async () => {
  world = await newWorld();
  line = 0;
  await goOn(4);
  const options = { hop: 'providers', saveIntervalMs: 100 } as const;
  const one = new Child(world, { ...options, rules: 'old', sliceEntriesMax: 3 });
  await one.says('ready');
  const two = new Child(world, { ...options, rules: 'new', skew: 7, sliceEntriesMax: 8 });
  let joined = false;
  void two.says('ready').then(() => (joined = true));
  for (let after = 0; after < 4; after += joined ? 1 : 0) {
    await goOn(3);
    await pause(100);
  }
  await settled(world, 'providers');
  expect(await two.stop()).toBe(0);
  expect(await one.stop()).toBe(0);

  const said = (await readAll(world, streams.providersEvents)).map((records) =>
    records.filter((record) => counts(record.offset, record.headers)),
  );
  const rules = new Set(said.flat().map((record) => headerText(record.headers, header.rules)));
  expect([...rules].sort()).toEqual(['new', 'old']);
  expectNumbersWithoutHoles(said.flat().map((record) => codec.decode(record.value)));

  // A third owner that only reads what was said sends exactly what the two have sent together.
  const readers = await newWorld();
  await copyTopic(world, readers, streams.providersCommands);
  await copyTopic(world, readers, streams.providersEvents);
  const { brokers, topicPrefix, database } = readers;
  const third = await runFold(providers({ skew: 99 }), {
    brokers,
    topicPrefix,
    databaseUrl: database.urls['copy-engine'],
  });
  await settled(readers, 'providers');
  await third.stop();
  expect(await outgoingOf(world, 'providers')).toEqual(await outgoingOf(readers, 'providers'));
  expect(await journalOf(world, 'providers')).toEqual(await journalOf(readers, 'providers'));
}, 90_000);

function expectNumbersWithoutHoles(events: readonly ReturnType<typeof codec.decode>[]): void {
  const numbers = new Map<string, number[]>();
  for (const event of events) {
    if (event.type !== 'ProviderOrderTaken') continue;
    numbers.set(event.order.providerId, [...(numbers.get(event.order.providerId) ?? []), event.order.orderNo]);
  }
  for (const list of numbers.values()) expect(list).toEqual(list.map((_, i) => i + 1));
  expect(numbers.size).toBe(3);
}

describe('a wiped broker under a kept database', () => {
  test('the topics were emptied: it stops with one sentence', async () => {
    await run({ groupId: `${world.topicPrefix}w` }).then((one) => one.ready());
    await running.pop()?.stop();
    const admin = new kafkajs.Kafka({ brokers: [...world.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = topicName(streams.providersCommands, world.topicPrefix);
    await admin.deleteTopics({ topics: [topic] });
    await pause(500);
    await admin.disconnect();
    await ensureTopics(world.brokers, world.topicPrefix);
    const child = new Child(world, { hop: 'providers' });
    expect(await child.exited).toBe(1);
    expect(child.output.join('')).toMatch(
      /The saved position of .*providers\.commands\/\d+ is \d+, but the log holds only 0 to 0: .*Restore it, or empty/,
    );
  }, 60_000);

  test('another cluster: it stops with one sentence', async () => {
    const client = new pg.Client({ connectionString: world.database.adminUrl });
    await client.connect();
    await client.query("UPDATE position_sizer.partitions SET cluster_id = 'another'").catch(() => undefined);
    const one = await runFold(accounts(), optionsOf('position-sizer'));
    await one.ready();
    await one.stop();
    await client.query("UPDATE position_sizer.partitions SET cluster_id = 'another'");
    await client.end();
    const failed = await runFold(accounts(), optionsOf('position-sizer'));
    await expect(failed.done()).rejects.toThrow(/belongs to Kafka cluster another, but KAFKA_BROKERS leads to cluster/);
    expect(failed.status()).toMatchObject({ live: false, ready: false });
  }, 60_000);
});

function optionsOf(service: 'position-sizer'): RunOptions {
  const { brokers, topicPrefix, database } = world;
  return { brokers, topicPrefix, databaseUrl: database.urls[service], sessionTimeoutMs: 6000 };
}
