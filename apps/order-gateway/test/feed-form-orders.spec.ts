import fc from 'fast-check';
import { formOrders, lookAheadFillsMax, OrderForming, orderFillsMax, orderSpanMsMax } from '../src/feed/form-orders.js';
import type { FileFill } from '../src/feed/parse-fill.js';

interface Short {
  provider: string;
  instrument: string;
  side: 'buy' | 'sell';
  positionSide: 'long' | 'short' | 'net';
  gapMs: number;
}

function fillsOf(list: readonly Short[]): FileFill[] {
  const sequences = new Map<string, number>();
  let at = 1_700_000_000_000;
  return list.map((each, index) => {
    const sequence = (sequences.get(each.provider) ?? -1) + 1;
    sequences.set(each.provider, sequence);
    at += each.gapMs;
    return {
      line: index + 2,
      providerId: each.provider,
      instrument: each.instrument,
      side: each.side,
      positionSide: each.positionSide,
      fill: {
        sequence,
        tradeId: null,
        price: '1',
        quantity: '1',
        fee: '0',
        feeAsset: 'USDT',
        realisedPnl: null,
        occurredAt: at,
      },
    };
  });
}

const anyFills = fc
  .array(
    fc.record({
      provider: fc.constantFrom('a', 'b', 'c'),
      instrument: fc.constantFrom('BTCUSDT', 'ETHUSDT'),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      positionSide: fc.constantFrom('long' as const, 'net' as const),
      gapMs: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 500 }) }, fc.integer({ min: -900, max: 3000 })),
    }),
    { maxLength: 200 },
  )
  .map(fillsOf);

/** The rule read plainly: each provider by itself, then all by the line of the last fill. */
function naiveOrders(fills: readonly FileFill[]): string[] {
  const orders: FileFill[][] = [];
  for (const provider of new Set(fills.map((each) => each.providerId))) {
    let order: FileFill[] = [];
    for (const fill of fills.filter((each) => each.providerId === provider)) {
      const first = order[0];
      const same =
        first !== undefined &&
        [first.instrument, first.side, first.positionSide].join() ===
          [fill.instrument, fill.side, fill.positionSide].join() &&
        Math.abs(fill.fill.occurredAt - first.fill.occurredAt) <= 1_000 &&
        order.length < 500;
      if (!same) orders.push((order = []));
      order.push(fill);
    }
  }
  const lastLine = (order: FileFill[]): number => order[order.length - 1]?.line ?? 0;
  return orders.sort((a, b) => lastLine(a) - lastLine(b)).map((order) => order.map((each) => each.line).join());
}

const linesOf = (fills: readonly FileFill[]): string[] => {
  const lineOf = new Map(fills.map((each) => [each.fill, each.line]));
  return formOrders(fills).map((order) => order.record.fills.map((fill) => lineOf.get(fill)).join());
};

const one = (gapMs: number, change: Partial<Short> = {}): Short => ({
  provider: 'a',
  instrument: 'BTCUSDT',
  side: 'buy',
  positionSide: 'long',
  gapMs,
  ...change,
});

describe('orders of a file', () => {
  test('are what the plain rule gives', () => {
    fc.assert(
      fc.property(anyFills, (fills) => expect(linesOf(fills)).toEqual(naiveOrders(fills))),
      { numRuns: 500 },
    );
  });

  test('lose no fill, keep the order per provider and span at most a second', () => {
    fc.assert(
      fc.property(anyFills, (fills) => {
        const orders = formOrders(fills);
        for (const provider of ['a', 'b', 'c']) {
          const out = orders.filter((each) => each.record.providerId === provider).flatMap((each) => each.record.fills);
          expect(out).toEqual(fills.filter((each) => each.providerId === provider).map((each) => each.fill));
        }
        for (const { record } of orders) {
          const first = record.fills[0]?.occurredAt ?? 0;
          expect(record.fills.every((fill) => Math.abs(fill.occurredAt - first) <= orderSpanMsMax)).toBe(true);
        }
        const lastLines = orders.map((each) => each.lastLine);
        expect(lastLines).toEqual([...lastLines].sort((a, b) => a - b));
      }),
    );
  });

  test.each([
    ['exactly a second after the first', [one(0), one(600), one(400)], ['2,3,4']],
    ['more than a second after the first', [one(0), one(600), one(401)], ['2,3', '4']],
    ['another side', [one(0), one(0, { side: 'sell' })], ['2', '3']],
    ['another position side', [one(0), one(0, { positionSide: 'short' })], ['2', '3']],
    ['another instrument between', [one(0), one(0, { instrument: 'ETHUSDT' }), one(0)], ['2', '3', '4']],
    ['another provider between', [one(0), one(0, { provider: 'b' }), one(0)], ['3', '2,4']],
    ['one-way mode', [one(0, { positionSide: 'net' }), one(5, { positionSide: 'net' })], ['2,3']],
  ])('%s', (_, list, expected) => expect(linesOf(fillsOf(list))).toEqual(expected));

  test('are cut at 500 fills', () => {
    const orders = formOrders(fillsOf(Array.from({ length: 1_201 }, () => one(0))));
    expect(orders.map((each) => each.record.fills.length)).toEqual([orderFillsMax, orderFillsMax, 201]);
  });

  test('wait for a silent provider no longer than the look-ahead', () => {
    const forming = new OrderForming();
    const list = [one(0), ...Array.from({ length: lookAheadFillsMax + 5 }, () => one(2_000, { provider: 'b' }))];
    let held = 0;
    let out = 0;
    for (const fill of fillsOf(list)) {
      held += 1;
      const orders = forming.take(fill);
      for (const order of orders) held -= order.record.fills.length;
      if (orders.length > 0 && out === 0) expect(orders[0]?.record.providerId).toBe('a');
      out += orders.length;
      expect(held).toBeLessThanOrEqual(lookAheadFillsMax + 1);
    }
    expect(out + forming.end().length).toBe(list.length);
  });
});
