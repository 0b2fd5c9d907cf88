import { avroType, partitionOf, schemaIdOf, schemas, streams } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import { freePorts } from '../../../tools/embedded/common.ts';
import { header } from '../src/headers.js';
import { readJournal, runFold, runProjection, topicName, type JournalRecord, type Running } from '../src/index.js';
import { Registry } from './registry.js';
import { accounts } from './toy/accounts.js';
import { input } from './toy/input.js';
import { providers } from './toy/providers.js';
import { countsOf, migrateCounts, readModel } from './toy/read-model.js';
import { closeWorlds, expectUndisturbed, newWorld, pause, readAll, send, settled, type World } from './world.js';

const registry = new Registry();
let world: World;
let running: Running[] = [];

beforeAll(async () => {
  world = await newWorld({ schemaRegistryUrl: await registry.start() });
}, 120_000);
afterEach(async () => {
  registry.away = false;
  await Promise.all(running.splice(0).map((one) => one.stop().catch(() => undefined)));
}, 30_000);
afterAll(async () => {
  await registry.stop();
  await closeWorlds();
  await stopStack();
}, 60_000);

const options = (service: 'copy-engine' | 'position-sizer' | 'stats-projector') => ({
  ...world,
  databaseUrl: world.database.urls[service],
  saveIntervalMs: 200,
  sessionTimeoutMs: 6000,
});

async function start(): Promise<Running[]> {
  running = [await runFold(providers(), options('copy-engine')), await runFold(accounts(), options('position-sizer'))];
  await Promise.all(running.map((one) => one.ready()));
  return running;
}

test('two hops, a read model and the edge run with ids from a registry', async () => {
  await migrateCounts(world.database.urls['stats-projector']);
  const projected = await runProjection(readModel(), options('stats-projector'));
  await start();
  running.push(projected);
  await send(world, input({ followers: 30, rounds: 4 }));
  await settled(world, 'providers', 'accounts');
  await expectUndisturbed(world, 'providers');
  await expectUndisturbed(world, 'accounts');

  const records: JournalRecord[] = [];
  for (const stream of [streams.providersEvents, streams.accountsEvents]) {
    await readJournal({ ...world, stream, onRecords: (some) => void records.push(...some) });
  }
  const said = countsOf(records);
  expect(said.length).toBeGreaterThan(20);
  for (const until = Date.now() + 15_000; projected.status().processedRecords < records.length; await pause(50))
    expect(Date.now()).toBeLessThan(until);
  const { schemaRegistryUrl: _registry, ...asItLies } = world;
  const ids = (await readAll(asItLies, streams.accountsEvents)).flat().map((record) => schemaIdOf(record.value));
  expect(Math.min(...ids)).toBeGreaterThanOrEqual(7000);
}, 60_000);

describe('a record of a newer writer', () => {
  const newerId = 9999;
  const old = schemas.AddFollower as { fields: object[] };
  const newer = { ...old, fields: [...old.fields, { name: 'note', type: 'string', default: '' }] };
  const follower = { providerId: 'prov-a', accountId: 'acc-new', copyId: 'acc-new~prov-a~1' };
  const partition = partitionOf('prov-a', streams.providersCommands.partitions);

  test('stops the process with one sentence as long as nobody knows its schema', async () => {
    const fields = { ...follower, copyOpenPositions: false, occurredAt: 0, note: 'new' };
    const head = Buffer.alloc(5);
    head.writeUInt32BE(newerId, 1);
    const value = Buffer.concat([head, avroType(newer).toBuffer(fields)]);
    const topic = topicName(streams.providersCommands, world.topicPrefix);
    const appender = await world.log.openAppender();
    await appender.append([
      { topic, partition, messages: [{ key: 'prov-a', value, headers: { [header.correlationId]: 'newer' } }] },
    ]);
    await appender.close();
    const one = await runFold(providers(), options('copy-engine'));
    await expect(one.done()).rejects.toThrow(
      /^providers\.commands\/\d+\/\d+ has schema id 9999, which is unknown here: .*Update this service, or set SCHEMA_REGISTRY_URL/,
    );
    expect((await readAll(world, streams.deadLetters)).flat()).toHaveLength(0);
  }, 60_000);

  test('is read once the registry knows it, though the registry is away for a moment', async () => {
    registry.register(JSON.stringify(newer), newerId);
    await runFoldWhileAway();
    await settled(world, 'providers', 'accounts');
    await expectUndisturbed(world, 'providers');
    const values = (await readAll(world, streams.providersEvents)).flat().map((record) => record.value?.toString());
    expect(values.filter((text) => text?.includes('acc-new'))).toHaveLength(1);
  }, 60_000);

  async function runFoldWhileAway(): Promise<void> {
    // Registered first: without its own ids a process can't start.
    const one = await runFold(providers(), options('copy-engine'));
    registry.away = true;
    running = [one];
    for (const until = Date.now() + 15_000; registry.refused === 0 && Date.now() < until;) await pause(20);
    registry.away = false;
    running.push(await runFold(accounts(), options('position-sizer')));
    expect(registry.refused).toBeGreaterThan(0);
  }
});

test('the projection stops too, and rubbish goes to the dead letters', async () => {
  const topic = topicName(streams.accountsEvents, world.topicPrefix);
  const end = (await world.log.ends(topic)).get(0)?.high ?? 0;
  const at = (offset: number) => ({ [header.at]: String(offset), [header.cause]: '0', [header.rules]: '1' });
  const messages = [
    { key: null, value: Buffer.from('rubbish'), headers: at(end) },
    { key: null, value: Buffer.from([0, 0, 0, 255, 255, 1]), headers: at(end + 1) },
  ];
  const appender = await world.log.openAppender();
  await appender.append([{ topic, partition: 0, messages: messages.slice(0, 1) }]);
  const one = await runProjection(readModel(), options('stats-projector'));
  for (const until = Date.now() + 15_000; Date.now() < until; await pause(50))
    if ((await readAll(world, streams.deadLetters)).flat().length === 1) break;
  await appender.append([{ topic, partition: 0, messages: messages.slice(1) }]);
  await appender.close();
  await expect(one.done()).rejects.toThrow(/accounts\.events\/0\/\d+ has schema id 65535, which is unknown here/);
  expect((await readAll(world, streams.deadLetters)).flat()).toHaveLength(1);
}, 60_000);

test('without a registry that answers, a service does not start', async () => {
  const [port] = await freePorts(1);
  await expect(
    runFold(providers(), { ...options('copy-engine'), schemaRegistryUrl: `http://127.0.0.1:${port}` }),
  ).rejects.toThrow(/schema registry.*ECONNREFUSED.*check SCHEMA_REGISTRY_URL/);
}, 30_000);
