import { Codec, listEntriesMax, lockIds, partitionOf, record, type AnyRecord } from '@slipstream/contracts';
import fc from 'fast-check';
import { encodePieces, entriesOf, recordBytesMax, sliceOf } from '../src/cut.js';
import { counts } from '../src/headers.js';
import { loadServiceConfig } from '../src/index.js';
import { Marks, parseSource, sourceText } from '../src/marks.js';
import { MemoryStore } from '../src/store.js';

const codec = new Codec(lockIds());

describe('partitionOf', () => {
  // org.apache.kafka.common.utils.Utils.murmur2, as in Kafka's own UtilsTest, made positive and taken modulo.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('%s as in the Java client', (key, hash) => {
    for (const partitions of [1, 7, 12, 1000])
      expect(partitionOf(key, partitions)).toBe((hash & 0x7fffffff) % partitions);
  });
});

describe('marks', () => {
  test('a source is read back, whatever the log is called', () => {
    expect(parseSource(sourceText('accounts.events/3', 17, 2, 1000))).toEqual({
      log: 'accounts.events/3',
      offset: 17,
      first: 2,
      count: 1000,
    });
    expect(parseSource('file:a/b.csv/0/12/0/1')).toMatchObject({ log: 'file:a/b.csv/0', offset: 12 });
    for (const no of ['', 'x', 'x/1/2/3', 'x/0/1/2/0', 'x/0/1/2/-1', 'x/y/1/2/3', 'x/0/1/2/3/']) {
      expect(parseSource(no)).toBeNull();
    }
  });

  test('what is not above the mark is dropped, what is partly above is cut', () => {
    const marks = new Marks();
    const pass = (text: string): number => marks.pass(parseSource(text) as NonNullable<ReturnType<typeof parseSource>>);
    expect(pass('a/0/5/0/10')).toBe(0);
    expect(pass('a/0/5/0/10')).toBe(10);
    expect(pass('a/0/5/4/10')).toBe(6);
    expect(pass('a/0/4/0/99')).toBe(99);
    expect(pass('a/0/6/3/1')).toBe(0);
    expect(pass('a/0/6/0/3')).toBe(3);
    expect(pass('a/1/1/0/1')).toBe(0);
    expect(JSON.parse(JSON.stringify(marks))).toEqual({ 'a/0': [6, 3], 'a/1': [1, 0] });
    expect(new Marks({ 'a/0': [6, 3] }).pass({ log: 'a/0', offset: 6, first: 3, count: 2 })).toBe(1);
  });

  test('whatever is sent again from an earlier point, in whatever cuts, each entry is taken once and in order', () => {
    const cuts = fc.array(
      fc.record({ from: fc.nat(30), sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(cuts, (resends) => {
        const marks = new Marks();
        const taken: number[] = [];
        let sent = 0;
        const entries = 40;
        for (const { from, sizes } of [...resends, { from: 0, sizes: [entries] }]) {
          // A sender goes on from a point it has reached before, never beyond.
          let at = Math.min(from, sent);
          for (const size of sizes) {
            const count = Math.min(size, entries - at);
            if (count <= 0) break;
            const seen = marks.pass({ log: 'l/0', offset: 1, first: at, count });
            for (let i = seen; i < count; i++) taken.push(at + i);
            at += count;
            sent = Math.max(sent, at);
          }
        }
        expect(taken).toEqual(Array.from({ length: entries }, (_, i) => i));
      }),
    );
  });
});

describe('cutting', () => {
  const fills = (count: number, padding = 1): AnyRecord =>
    record('RecordFills', {
      ends: Array.from({ length: count }, (_, i) => ({
        accountId: `a${i}`,
        copyId: 'c'.repeat(padding),
        orderId: String(i),
        status: 'filled' as const,
        reason: null,
        quantity: '1',
        price: null,
        fee: '0',
        feeAsset: 'USDT',
        occurredAt: 0,
      })),
    });

  test.each([
    [1, 1, 1],
    [listEntriesMax, 1, 1],
    [listEntriesMax + 1, 1, 2],
    [2500, 1, 3],
    [4, 200_000, 2],
    [1, 700_000, 1],
  ])('%i entries of about %i bytes are %i records', (count, bytes, pieces) => {
    const cut = encodePieces(codec, fills(count, bytes));
    expect(cut).toHaveLength(pieces);
    expect(cut.reduce((sum, piece) => sum + piece.count, 0)).toBe(count);
    const ends = cut.flatMap(({ value, first, count: size }) => {
      const decoded = codec.decode(value);
      expect(decoded).toEqual(sliceOf(fills(count, bytes), first, first + size));
      return decoded.type === 'RecordFills' ? decoded.ends : [];
    });
    expect(ends).toHaveLength(count);
    if (pieces > 1) for (const { value } of cut) expect(value.length).toBeLessThanOrEqual(recordBytesMax);
  });

  test('an empty list is no record; a record without a list is one', () => {
    expect(encodePieces(codec, fills(0))).toEqual([]);
    expect(encodePieces(codec, record('Answered', {}))).toHaveLength(1);
    expect(entriesOf(record('Answered', {}))).toBe(1);
  });
});

test('a journal record counts only at its `at`', () => {
  expect(counts(7, { at: Buffer.from('7') })).toBe(true);
  for (const headers of [{}, { at: '8' }, { at: '7x' }, { at: '' }]) expect(counts(7, headers)).toBe(false);
});

test('the store lists by id, and hands over what changed', () => {
  const store = new MemoryStore(new Map([['b', { n: 1 }]]));
  store.set('c', { n: 2 });
  store.set('a', { n: 3 });
  store.delete('b');
  expect([...store.entries()].map(([id]) => id)).toEqual(['a', 'c']);
  const changes = store.takeChanges();
  expect([...changes]).toEqual([
    ['c', { n: 2 }],
    ['a', { n: 3 }],
    ['b', null],
  ]);
  store.set('c', { n: 9 });
  store.giveBack(changes);
  expect(new Map(store.takeChanges())).toEqual(
    new Map<string, object | null>([
      ['c', { n: 9 }],
      ['a', { n: 3 }],
      ['b', null],
    ]),
  );
});

describe('configuration', () => {
  const good = { KAFKA_BROKERS: 'a:1,b:2', DATABASE_URL: 'postgresql://u:secret@h/d' };

  test('defaults', () => {
    expect(loadServiceConfig(good)).toMatchObject({
      brokers: ['a:1', 'b:2'],
      port: 0,
      host: '127.0.0.1',
      topicPrefix: '',
      saveIntervalMs: 2000,
    });
  });

  test('a wrong value is named with what to do; a password is never shown', () => {
    expect(() => loadServiceConfig({ ...good, KAFKA_BROKERS: 'nonsense', PORT: '99999' }, 'copy-engine')).toThrow(
      'copy-engine can\'t start: KAFKA_BROKERS is "nonsense": give host:port, several separated by commas, for example 127.0.0.1:9092; PORT is "99999": give a number from 0 (any free port) to 65535.',
    );
    expect(() => loadServiceConfig({ ...good, DATABASE_URL: 'x://u:secret@h' })).toThrow('x://u:***@h');
  });
});
