import { cpuSeconds, used } from './cpu.ts';
import { median, quantile } from './measure.ts';
import type { Placed } from './observe.ts';
import { crowded, lonely } from './plan.ts';
import { together, verify } from './verify.ts';

const placed = (providerId: string, orderNo: number, ...copyIds: string[]): Placed =>
  ({
    partition: 0,
    record: { type: 'PlaceOrders', terms: { providerId, orderNo }, orders: copyIds.map((copyId) => ({ copyId })) },
  }) as unknown as Placed;

describe('verify', () => {
  const whole = [placed(crowded, 1, 'a', 'b'), placed(crowded, 1, 'c'), placed(lonely, 1, 'x')];

  it('finds nothing where each copy has each order once, however the records are cut', () => {
    expect(verify(whole, { crowd: 1, one: 1 }, 3)).toEqual({ missing: 0, duplicated: 0 });
  });

  it.each([
    ['an entry is missing', whole.slice(1), { missing: 2, duplicated: 0 }],
    ['an order is missing', whole.slice(0, 2), { missing: 1, duplicated: 0 }],
    ['a record is there twice', [...whole, placed(crowded, 1, 'a', 'b')], { missing: 0, duplicated: 2 }],
    ['a copy is there that is owed nothing', [...whole, placed(crowded, 1, 'd')], { missing: 0, duplicated: 1 }],
    [
      'one is missing and one doubled',
      [placed(crowded, 1, 'a', 'a', 'b'), placed(lonely, 1, 'x')],
      { missing: 1, duplicated: 1 },
    ],
  ])('sees when %s', (_what, seen, expected) => {
    expect(verify(seen, { crowd: 1, one: 1 }, 3)).toEqual(expected);
  });

  it('adds up', () => {
    expect(together({ missing: 1, duplicated: 2 }, { missing: 3, duplicated: 4 })).toEqual({
      missing: 4,
      duplicated: 6,
    });
  });
});

it('quantiles are nearest ranks, the median of an even number is between', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('CPU seconds of a process rise while it works', () => {
  const watched = [
    { name: 'me', pid: process.pid, children: true },
    { name: 'nobody', pid: 2 ** 30 },
  ];
  const before = cpuSeconds(watched);
  for (const start = performance.now(); performance.now() - start < 150;) Math.sqrt(2);
  const after = cpuSeconds(watched);
  if (process.platform !== 'linux') return expect(after).toEqual({});
  expect(Object.keys(after)).toEqual(['me']);
  return expect(used(before, after)['me']).toBeGreaterThan(0.02);
});
