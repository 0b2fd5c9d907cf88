import { partitionOf, streams } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import { header, headerText } from '../src/headers.js';
import { topicName } from '../src/index.js';
import { fillsOf, input, providerIds } from './toy/input.js';
import {
  Child,
  closeWorlds,
  codec,
  copyTopic,
  expectUndisturbed,
  hops,
  journalOf,
  killChildren,
  newWorld,
  outgoingOf,
} from './world.js';
import { readAll, send, settled, type ChildOptions, type Hop, type World } from './world.js';

let world: World;
let line = 0;

beforeAll(async () => {
  world = await newWorld();
}, 120_000);
afterEach(killChildren);
afterAll(async () => {
  await closeWorlds();
  await stopStack();
}, 60_000);

/** The market goes on: followers at first, then marks and orders. */
async function goOn(rounds: number): Promise<void> {
  const commands = input({ followers: 30, rounds, from: line });
  line += 1000;
  await send(world, commands);
}

async function cleanRun(hop: Hop): Promise<void> {
  const child = new Child(world, { hop });
  await child.says('ready');
  await settled(world, hop);
  expect(await child.stop()).toBe(0);
}

type Fault = Pick<ChildOptions, 'fault' | 'halfSend'>;
const killedAt = (point: string, nth: number): Fault => ({ fault: { point, nth, action: 'kill' } });

describe('first hop, killed with SIGKILL', () => {
  const cases: [string, Fault][] = [
    ['before its first answer', killedAt('beforeAppend', 1)],
    ['between the ack of an append and what comes of it', killedAt('afterAppend', 3)],
    ['between append and send', killedAt('beforeSend', 2)],
    ['when half of the partitions of a send are written', { halfSend: 1 }],
    ['between send and save', killedAt('beforeSave', 1)],
    ['between save and commit', killedAt('afterSave', 2)],
  ];
  test.each(cases)(
    '%s',
    async (_name, fault) => {
      await goOn(4);
      const child = new Child(world, { hop: 'providers', ...fault });
      expect(await child.exited).toBe('SIGKILL');
      await cleanRun('providers');
      await expectUndisturbed(world, 'providers');
    },
    60_000,
  );

  test('a half-sent last record goes out at takeover, with no traffic after it', async () => {
    const providerId = providerIds[0];
    const partition = partitionOf(providerId, streams.providersCommands.partitions);
    const last = { to: streams.providersCommands, record: fillsOf(providerId, ++line), key: providerId, partition };
    await send(world, [{ ...last, correlationId: 'last', source: `file:toy/0/${line}/0/1` }]);
    const child = new Child(world, { hop: 'providers', halfSend: 1 });
    expect(await child.exited).toBe('SIGKILL');
    await cleanRun('providers');
    await expectUndisturbed(world, 'providers');
  }, 60_000);
});

describe('second hop, with effects', () => {
  const cases: [string, Fault][] = [
    ['between the ack of an append and what comes of it', killedAt('afterAppend', 5)],
    ['between append and send', killedAt('beforeSend', 1)],
    ['between send and save', killedAt('beforeSave', 2)],
  ];
  test.each(cases)(
    'killed %s',
    async (_name, fault) => {
      await goOn(2);
      await cleanRun('providers');
      const child = new Child(world, { hop: 'accounts', ...fault });
      expect(await child.exited).toBe('SIGKILL');
      await cleanRun('accounts');
      await expectUndisturbed(world, 'accounts');
      await expectEachOrderOnce();
    },
    60_000,
  );

  test('duplicate delivery: the whole inbox comes again', async () => {
    const before = await journalOf(world, 'accounts');
    const outgoing = await outgoingOf(world, 'accounts');
    await copyTopic(world, world, streams.accountsCommands);
    await cleanRun('accounts');
    await expectUndisturbed(world, 'accounts');
    expect(await journalOf(world, 'accounts')).toEqual(before);
    expect(await outgoingOf(world, 'accounts')).toEqual(outgoing);
  }, 60_000);

  test('poison records go to the dead letters, and the next record is answered', async () => {
    const topic = topicName(streams.accountsCommands, world.topicPrefix);
    const appender = await world.log.openAppender();
    const wrongTopic = codec.encode(fillsOf('prov-a', 1));
    const cut = codec.encode(fillsOf('prov-a', 1)).subarray(0, 12);
    const poison = [Buffer.from('not a record'), cut, wrongTopic, Buffer.alloc(0)];
    const messages = poison.map((value) => ({ key: null, value, headers: { [header.correlationId]: 'poison' } }));
    const [offset] = await appender.append([{ topic, partition: 3, messages }]);
    await appender.close();
    await goOn(2);
    await cleanRun('providers');
    await cleanRun('accounts');
    await expectUndisturbed(world, 'accounts');
    const letters = (await readAll(world, streams.deadLetters)).flat().map((record) => codec.decode(record.value));
    expect(letters).toHaveLength(poison.length);
    letters.forEach((letter, i) =>
      expect(letter).toMatchObject({
        service: 'position-sizer',
        topic: streams.accountsCommands.topic,
        partition: 3,
        offset: (offset ?? 0) + i,
      }),
    );
    expect(letters.map((letter) => (letter.type === 'DeadLetter' ? letter.value : null))).toEqual(poison);
  }, 60_000);

  test('a decide that throws is answered by `failed`, and the next record is answered', async () => {
    const partition = partitionOf('prov-a', streams.providersCommands.partitions);
    const record = fillsOf('prov-a', ++line, 'THROW');
    await send(world, [{ to: streams.providersCommands, record, key: 'prov-a', partition, correlationId: 'throw' }]);
    await goOn(1);
    await cleanRun('providers');
    await expectUndisturbed(world, 'providers');
    const refused = (await readAll(world, streams.providersEvents))
      .flat()
      .filter((entry) => codec.decode(entry.value).type === 'ProviderFillsRefused');
    expect(refused.map((entry) => headerText(entry.headers, header.correlationId))).toEqual(['throw']);
  }, 60_000);
});

/** Every copy of every order has exactly one decision, and one end if placed. */
async function expectEachOrderOnce(): Promise<void> {
  const decisions = new Map<string, number>();
  const ends = new Map<string, number>();
  const placed = new Set<string>();
  const add = (to: Map<string, number>, name: string): void => void to.set(name, (to.get(name) ?? 0) + 1);
  for (const value of (await journalOf(world, 'accounts')).flat()) {
    const event = codec.decode(Buffer.from(value, 'base64'));
    if (event.type === 'CopiesDecided') {
      for (const { orderId } of event.placed) placed.add(orderId);
      for (const { copyId } of [...event.placed, ...event.skipped]) add(decisions, `${copyId}#${event.order.orderNo}`);
    }
    if (event.type === 'CopyOrdersEnded') for (const { orderId } of event.ends) add(ends, orderId);
  }
  const taken = (await journalOf(world, 'providers'))
    .flat()
    .filter((value) => codec.decode(Buffer.from(value, 'base64')).type === 'ProviderOrderTaken');
  expect(decisions.size).toBe(taken.length * 10);
  expect(new Set(decisions.values())).toEqual(new Set([1]));
  expect([...ends.keys()].sort()).toEqual([...placed].sort());
  expect(new Set(ends.values())).toEqual(new Set([1]));
  expect(hops.accounts.journal.partitions).toBe(12);
}
