import { createRequire } from 'node:module';

interface Encoded {
  readonly buffer: Buffer;
}
type Request = (options: object) => { apiKey: number; apiVersion: number; encode: () => Promise<Encoded> };
interface Wrapped {
  (header: { correlationId: number; clientId: string; request: ReturnType<Request> }): Promise<Encoded>;
}

const require = createRequire(import.meta.url);
const path = require.resolve('kafkajs/src/protocol/requests/produce/v3/request.js');
const wrap = require('kafkajs/src/protocol/request.js') as Wrapped;
const theirs = require(path) as Request;
let ours: Request;
const realNow = Date.now;

beforeAll(async () => {
  await import('../src/kafkajs-produce.js');
  ours = require.cache[path]?.exports as Request;
  Date.now = () => 1_764_000_000_123;
});
afterAll(() => {
  Date.now = realNow;
});

async function bytes(of: Request, options: object): Promise<string> {
  const { buffer } = await wrap({ correlationId: 7, clientId: 'test', request: of(options) });
  return buffer.toString('hex');
}

const keys = [null, '', 'prov-a', 'Schlüssel-鍵-🔑', Buffer.from([0, 255, 1])];
const values = [null, Buffer.alloc(0), Buffer.from('value'), 'text-ü', Buffer.alloc(80_000, 7)];
const headers = [
  undefined,
  {},
  { corr: 'toy-1', source: 'file:toy/0/1/0/1' },
  { bytes: Buffer.from([1, 2, 3]), ключ: 'значение', several: ['a', Buffer.from('b')], none: [] },
];
const pick = <T>(from: readonly T[], i: number): T => from[i % from.length] as T;

function request(partitions: number, messages: number, more: object = {}): object {
  const partition = (p: number) => ({
    partition: p,
    messages: Array.from({ length: messages }, (_, i) => ({
      key: pick(keys, p + i),
      value: pick(values, messages > 20 ? i % 4 : p + i),
      headers: pick(headers, i),
    })),
  });
  const topic = (name: string) => ({
    topic: name,
    partitions: Array.from({ length: partitions }, (_, p) => partition(p)),
  });
  return { acks: -1, timeout: 15_000, topicData: [topic('providers.commands'), topic('тема')], ...more };
}

test('the request is replaced', () => {
  expect(ours).not.toBe(theirs);
});

test.each([
  ['one message', request(1, 1)],
  ['every kind of key, value and header', request(1, 60)],
  ['12 partitions of 2 topics', request(12, 5)],
  ['12 partitions of 300 messages', request(12, 300)],
  ['an offset and lengths at the edges of a varint', request(1, 129)],
  ['no topic', { acks: 1, timeout: 0, topicData: [] }],
  ['acks of the leader', request(2, 2, { acks: 1, timeout: 1 })],
  ['a producer with an id', request(2, 3, { producerId: '4711', producerEpoch: 3 })],
  ['what goes the old way: timestamps', { ...request(1, 1), topicData: [stamped()] }],
])('the same bytes as kafkajs: %s', async (_name, options) => {
  const expected = await bytes(theirs, options);
  expect(expected.length).toBeGreaterThan(40);
  expect((await bytes(ours, options)) === expected).toBe(true);
});

test('the same bytes as kafkajs: values whose lengths lie at the edges of a varint', async () => {
  for (const length of [62, 63, 64, 65, 8190, 8191, 8192, 8193, 1_048_575, 1_048_576]) {
    const messages = [{ key: null, value: Buffer.alloc(length, 1), headers: { h: 'x'.repeat(length % 100) } }];
    const options = {
      acks: -1,
      timeout: 1,
      topicData: [{ topic: 't', partitions: [{ partition: 3, firstSequence: 9, messages }] }],
    };
    expect((await bytes(ours, options)) === (await bytes(theirs, options))).toBe(true);
  }
});

function stamped(): object {
  const messages = [{ key: 'k', value: Buffer.from('v'), timestamp: '1764000000000' }];
  return { topic: 't', partitions: [{ partition: 0, messages }] };
}
