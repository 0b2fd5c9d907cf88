import { decimal } from '@slipstream/domain';
import fc from 'fast-check';
import { boundOf, partContaining, partFrom, partWith, type SampledColumn } from '../src/sampled.js';

const bucketsMax = 20;

/** A column as ANALYZE describes it that has seen all rows: what is often there by itself, the rest in equal parts. */
function sampled(values: readonly (number | null)[]): SampledColumn {
  const there = values.filter((value) => value !== null).sort((a, b) => a - b);
  const counts = new Map<number, number>();
  for (const value of there) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => count > 1 && count * bucketsMax > values.length);
  const rest = there.filter((value) => common.every(([often]) => often !== value));
  const buckets = Math.min(bucketsMax, rest.length - 1);
  const bounds = Array.from({ length: buckets + 1 }, (_, at) =>
    String(rest[Math.floor((at * (rest.length - 1)) / Math.max(1, buckets))]),
  );
  return {
    nulls: (values.length - there.length) / values.length,
    common: new Map(common.map(([value, count]) => [String(value), count / values.length])),
    bounds: rest.length < 2 ? [] : bounds,
  };
}

const columns = fc.array(fc.oneof(fc.constant(null), fc.constant(0), fc.integer({ min: -500, max: 500 })), {
  minLength: 100,
  maxLength: 400,
});
/** Estimates are out by the part of two buckets, and of values that are there several times but aren't common. */
const tolerance = 3.1 / bucketsMax;

test('the part of the rows from a value on is told to within some buckets', () => {
  fc.assert(
    fc.property(columns, fc.integer({ min: -600, max: 600 }), (values, from) => {
      const is = values.filter((value) => value !== null && value >= from).length / values.length;
      expect(Math.abs(partFrom(sampled(values), decimal(String(from))) - is)).toBeLessThan(tolerance);
    }),
  );
});

test.each(['asc', 'desc'] as const)(
  'up to a bound (%s) lie about as many rows as are wanted, or it is none',
  (order) => {
    fc.assert(
      fc.property(
        columns,
        fc.option(fc.integer({ min: -600, max: 600 }), { nil: undefined }),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        (values, from, part) => {
          const isBehind = (value: number): boolean =>
            from === undefined || (order === 'asc' ? value >= from : value <= from);
          const behind = values.filter((value) => value !== null && isBehind(value)) as number[];
          const bound = boundOf(sampled(values), order, part, from === undefined ? undefined : decimal(String(from)));
          if (bound === undefined) {
            expect(behind.length / values.length).toBeLessThan(part + tolerance);
            return;
          }
          const upTo = behind.filter((value) =>
            order === 'asc' ? bound.gte(String(value)) : bound.lte(String(value)),
          );
          expect(upTo.length / values.length).toBeGreaterThan(part - tolerance);
        },
      ),
    );
  },
);

test('a bound leaves most of many different rows out', () => {
  const column = sampled(Array.from({ length: 1000 }, (_, i) => i));
  expect(boundOf(column, 'desc', 0.1, undefined)?.gte('800')).toBe(true);
  expect(boundOf(column, 'asc', 0.1, undefined)?.lte('199')).toBe(true);
  expect(boundOf(column, 'desc', 0.1, decimal('500'))?.gte('300')).toBe(true);
  expect(boundOf(column, 'desc', 0.1, decimal('50'))).toBeUndefined();
  expect(boundOf(column, 'asc', 0.1, decimal('950'))).toBeUndefined();
});

test('texts: common ones count as often as they are there, the rest by how many of the bounds fit', () => {
  const column = { nulls: 0.1, common: new Map([['spot', 0.5]]), bounds: ['a cat', 'a dog', 'the cat', 'the end'] };
  expect([partWith(column, 'spot'), partWith(column, 'mixed')]).toEqual([0.5, 0]);
  expect(partContaining(column, 'o')).toBeCloseTo(0.5 + 0.1);
  expect(partContaining(column, 'cat')).toBeCloseTo(0.2);
  expect(partContaining(column, 'bird')).toBe(0);
});
