import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codec, lockIds, partitionOf, record, streams, type AnyRecord } from '@slipstream/contracts';
import { ensureTopics } from '@slipstream/streams';
import { stopStack, testKafka, uniquePrefix } from '@slipstream/testing';
import kafkajs from 'kafkajs';
import type { FeedArguments } from '../src/feed/arguments.js';
import type { FeedMessage } from '../src/feed/messages.js';
import { runFeed } from '../src/feed/run-feed.js';
import { fileOf, header, lineWith } from './feed-examples.js';

const codec = new Codec(lockIds());
let brokers: string;
let client: kafkajs.Kafka;

beforeAll(async () => {
  brokers = await testKafka();
  client = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
}, 120_000);
afterAll(() => stopStack(), 60_000);

interface Sent {
  readonly partition: number;
  readonly key: string | null;
  readonly source: string | null;
  readonly value: string;
  readonly record: AnyRecord;
}

/** Records in a topic. */
async function lengthOf(topic: string): Promise<number> {
  const admin = client.admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic)).reduce((sum, each) => sum + Number(each.high), 0);
  } finally {
    await admin.disconnect();
  }
}

/** All of a topic, as it lies there; what lies there twice because a send was in doubt once. */
async function readTopic(topic: string): Promise<Sent[]> {
  let missing = await lengthOf(topic);
  const sent: Sent[] = [];
  if (missing === 0) return sent;
  const consumer = client.consumer({ groupId: `read-${topic}-${Math.random()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    const eachMessage = async ({ partition, message }: kafkajs.EachMessagePayload): Promise<void> => {
      sent.push({
        partition,
        key: message.key?.toString() ?? null,
        source: message.headers?.['source']?.toString() ?? null,
        value: (message.value as Buffer).toString('base64'),
        record: codec.decode(message.value),
      });
      missing -= 1;
      if (missing === 0) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  const seen = new Set<string>();
  return sent.filter((each, i) => {
    const identity =
      'requestId' in each.record ? String(each.record.requestId) : `${each.partition} ${each.source ?? i}`;
    const fresh = !seen.has(identity);
    seen.add(identity);
    return fresh;
  });
}

/** What a reader takes: with a source once, and only ever rising; per partition in order. */
function taken(sent: readonly Sent[]): string[] {
  const marks = new Map<number, [number, number]>();
  const out: string[] = [];
  for (const each of [...sent].sort((a, b) => a.partition - b.partition)) {
    if (each.source === null) continue;
    const [, , n = 0, ordinal = 0] = each.source.split('/').map(Number);
    const [lastN, lastOrdinal] = marks.get(each.partition) ?? [0, 0];
    if (n < lastN || (n === lastN && ordinal <= lastOrdinal && marks.has(each.partition))) continue;
    marks.set(each.partition, [n, ordinal]);
    out.push(`${each.partition} ${each.key} ${each.source} ${each.value}`);
  }
  return out;
}

/** Some hundred orders of five providers over two days. */
function manyLines(): string[] {
  return Array.from({ length: 900 }, (_, i) =>
    lineWith({
      portfolio_id: `p${i % 5}`,
      seq: String(i),
      time_ms: String(Date.UTC(2024, 3, 22, 8) + i * 180_000),
      price: String(60_000 + ((i * 37) % 500)),
    }),
  );
}

interface Run {
  readonly prefix: string;
  readonly stateFile: string;
  readonly messages: FeedMessage[];
  go(options?: Partial<FeedArguments>, onMessage?: (message: FeedMessage, stop: () => void) => void): Promise<number>;
  topic(): Promise<Sent[]>;
}

async function newRun(fills: string | null): Promise<Run> {
  const prefix = uniquePrefix();
  await ensureTopics([brokers], prefix);
  for (const { topic } of [streams.providersCommands, streams.accountsCommands, streams.accountsEvents]) {
    await until(() => lengthOf(prefix + topic).catch(() => null));
  }
  const stateFile = join(await mkdtemp(join(tmpdir(), 'slipstream-feed-')), 'feed.json');
  const messages: FeedMessage[] = [];
  const usual: FeedArguments = {
    fills,
    strict: false,
    startingCapital: '10000',
    followers: 0,
    copyMode: null,
    speed: 'max',
    once: true,
    seed: '1',
    stateFile,
  };
  return {
    prefix,
    stateFile,
    messages,
    go: (options = {}, onMessage = () => undefined) => {
      const stop = new AbortController();
      const tell = (message: FeedMessage): void => {
        messages.push(message);
        onMessage(message, () => stop.abort());
      };
      return runFeed({ ...usual, ...options }, { brokers: [brokers], topicPrefix: prefix }, tell, stop.signal);
    },
    topic: () => readTopic(`${prefix}providers.commands`),
  };
}

const ordersOf = (sent: readonly Sent[]): AnyRecord[] =>
  sent.map((each) => each.record).filter((each) => each.type === 'RecordProviderFills');

test('a file goes in: providers first, then each order behind its price; a second run sends nothing', async () => {
  const run = await newRun(await fileOf([header, ...manyLines()].join('\n')));
  expect(await run.go()).toBe(0);
  const sent = await run.topic();
  expect(ordersOf(sent)).toHaveLength(900);
  expect(sent.filter((each) => each.record.type === 'RegisterProvider')).toHaveLength(5);
  for (const providerId of ['p0', 'p1', 'p2', 'p3', 'p4']) {
    const own = sent.filter((each) => each.key === providerId);
    expect(own[0]?.record).toMatchObject({ type: 'RegisterProvider', startingCapital: '10000' });
    expect(own.every((each) => each.partition === partitionOf(providerId, 12))).toBe(true);
  }
  const midnights = sent.filter((each) => each.record.type === 'MarkPrices' && each.record.boundary);
  expect(midnights).toHaveLength(12 * 2);
  expect(run.messages.at(-1)).toMatchObject({ event: 'finished', orders: 900, fills: 900, malformed: 0 });

  const length = await lengthOf(`${run.prefix}providers.commands`);
  expect(await run.go()).toBe(0);
  expect(await lengthOf(`${run.prefix}providers.commands`)).toBe(length);
  expect(run.messages.at(-1)).toMatchObject({ event: 'finished', orders: 900, fills: 900 });
}, 60_000);

test('stopped, resumed and sent again without its state, or at another speed, a file comes out as in one go', async () => {
  const path = await fileOf([header, ...manyLines()].join('\n'));
  const whole = await newRun(path);
  await whole.go();
  const expected = taken(await whole.topic());

  const stopped = await newRun(path);
  expect(await stopped.go({}, (message, stop) => message.event === 'progress' && stop())).toBe(0);
  const part = taken(await stopped.topic());
  expect(part.length).toBeGreaterThan(0);
  expect(part.length).toBeLessThan(expected.length);
  expect(stopped.messages.some((message) => message.event === 'finished')).toBe(false);
  expect(await stopped.go()).toBe(0);
  expect(taken(await stopped.topic())).toEqual(expected);

  expect(await stopped.go({ stateFile: `${stopped.stateFile}.lost` })).toBe(0);
  expect(taken(await stopped.topic())).toEqual(expected);

  const slow = await newRun(path);
  // Two market days in about two seconds, with ticks by wall time between.
  expect(await slow.go({ speed: 80_000 })).toBe(0);
  const sent = await slow.topic();
  expect(taken(sent)).toEqual(expected);
  expect(sent.some((each) => each.source === null && each.record.type === 'MarkPrices')).toBe(true);
}, 120_000);

test('another file of the same providers goes on, and time never goes back', async () => {
  const run = await newRun(await fileOf([header, ...manyLines()].join('\n')));
  await run.go();
  const later = await fileOf([header, lineWith({ portfolio_id: 'p1', seq: '5000' })].join('\n'));
  const before = JSON.parse(await readFile(run.stateFile, 'utf8')) as { marketTime: number };
  expect(await run.go({ fills: later })).toBe(0);
  const sent = await run.topic();
  expect(ordersOf(sent)).toHaveLength(901);
  const last = sent
    .filter((each) => each.partition === partitionOf('p1', 12) && each.record.type === 'MarkPrices')
    .at(-2);
  expect(last?.record).toMatchObject({ at: before.marketTime });
}, 60_000);

test('malformed lines are told and counted, the rest goes on; strict sends nothing at all', async () => {
  const lines = [
    lineWith({ seq: '1' }),
    lineWith({ seq: '2', qty: '-1' }),
    lineWith({ seq: '3', time_ms: '1713825279999' }),
  ];
  const path = await fileOf([header, ...lines].join('\n'));
  const run = await newRun(path);
  expect(await run.go()).toBe(2);
  expect(ordersOf(await run.topic())).toHaveLength(2);
  const malformed = { event: 'malformed', file: path, line: 3, reason: 'qty is negative', text: lines[1] };
  expect(run.messages).toContainEqual(malformed);
  expect(run.messages.at(-1)).toMatchObject({ event: 'finished', orders: 2, malformed: 1 });

  const strict = await newRun(path);
  expect(await strict.go({ strict: true })).toBe(3);
  expect(strict.messages).toEqual([malformed]);
  expect(await strict.topic()).toEqual([]);
}, 60_000);

test('followers are confirmed before the first fill', async () => {
  const path = await fileOf(
    [header, lineWith({ portfolio_id: 'p1', seq: '1' }), lineWith({ portfolio_id: 'p2' })].join('\n'),
  );
  const run = await newRun(path);
  const running = run.go({ followers: 3, copyMode: 'proportional' });
  const asked = await until(async () => {
    const commands = await readTopic(`${run.prefix}accounts.commands`);
    return commands.length === 6 ? commands : null;
  });
  expect(asked.filter((each) => each.record.type === 'StartCopying').map((each) => each.record)).toContainEqual(
    expect.objectContaining({ accountId: 'follower-0002', providerId: 'p2', requestId: 'copy-follower-0002-p2' }),
  );
  expect(ordersOf(await run.topic())).toEqual([]);
  await confirm(run.prefix, asked);
  expect(await running).toBe(0);
  expect(run.messages).toContainEqual({ event: 'seeding', done: 3, total: 3 });
  expect(run.messages).toContainEqual({ event: 'seeded', providers: 2, followers: 3 });
  expect(ordersOf(await run.topic())).toHaveLength(2);
}, 60_000);

/** What the position-sizer's journal says when all goes well. */
async function confirm(prefix: string, asked: readonly Sent[]): Promise<void> {
  const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const offsets = new Map<number, number>();
  for (const { record: each, partition } of asked) {
    if (each.type !== 'StartCopying') continue;
    const { accountId, providerId, copyTotalAmt, occurredAt } = each;
    const copyId = `${accountId}~${providerId}~1`;
    const value = codec.encode(
      record('CopyConfirmed', {
        accountId,
        copyId,
        providerId,
        copyTotalAmt,
        fromOrder: 1,
        occurredAt,
        fees: null,
        announced: null,
      }),
    );
    const at = offsets.get(partition) ?? 0;
    offsets.set(partition, at + 1);
    const headers = { at: String(at), cause: '0', rules: 'test', corr: accountId };
    const topic = `${prefix}${streams.accountsEvents.topic}`;
    await producer.send({ topic, messages: [{ key: accountId, value, partition, headers }] });
  }
  await producer.disconnect();
}

async function until<T>(probe: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = await probe();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('waited in vain');
}
