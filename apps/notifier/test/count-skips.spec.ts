import { record, type AnyRecord, type CopySkipped } from '@slipstream/contracts';
import fc from 'fast-check';
import { controls } from './examples.js';
import { Carried } from '../src/carried.js';
import type { SkippedFacts } from '../src/notification.js';
import { notify } from '../src/notify.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const noon = Date.UTC(2026, 0, 5, 12);

const tick = (at: number, line: number | null = 0): AnyRecord =>
  record('MarketTicked', { at, boundary: false, line, marks: [] });

/** A decision on one order, with the copies that skip it. */
function decided(at: number, skips: readonly (readonly [string, CopySkipped['reason']])[], line = 0): AnyRecord {
  const order = { ...controls.CopiesDecided.order, providerId: `p${line}`, occurredAt: at };
  const skipped = skips.map(([accountId, reason]) => ({
    accountId,
    copyId: `${accountId}~p${line}~1`,
    reason,
    target: null,
  }));
  return record('CopiesDecided', { line, order, placed: [], skipped, missed: [] });
}

const told = (carried: Carried, events: readonly AnyRecord[], windowMs = dayMs) =>
  events.flatMap((event) => notify(carried, event, windowMs)).map(({ facts }) => facts as SkippedFacts);

test('a day of skips is one notification per copy, when the market clock is past midnight', () => {
  const carried = new Carried();
  const before = told(carried, [
    tick(noon),
    decided(noon + 1, [
      ['f2', 'below_lot'],
      ['f1', 'copy_paused'],
    ]),
    decided(noon + 2, [['f1', 'below_lot']]),
    decided(noon + 3, [['f1', 'below_lot']]),
    tick(noon + hourMs),
  ]);
  expect(before).toEqual([]);
  const midnight = Date.UTC(2026, 0, 6);
  const window = { from: midnight - dayMs, until: midnight };
  expect(told(carried, [tick(midnight)])).toEqual([
    {
      type: 'orders_skipped',
      copyId: 'f1~p0~1',
      providerId: 'p0',
      ...window,
      skipped: 3,
      reasons: { below_lot: 2, copy_paused: 1 },
    },
    { type: 'orders_skipped', copyId: 'f2~p0~1', providerId: 'p0', ...window, skipped: 1, reasons: { below_lot: 1 } },
  ]);
  expect(told(carried, [tick(midnight + 1), tick(midnight + dayMs)])).toEqual([]);
});

test('numbers that never came are skips too', () => {
  const carried = new Carried();
  const missed = [1, 2].map((orderNo) => ({ accountId: 'f1', copyId: 'f1~p0~1', orderNo }));
  told(carried, [tick(noon), { ...(decided(noon, []) as AnyRecord & { type: 'CopiesDecided' }), missed }]);
  expect(told(carried, [tick(noon + dayMs)])).toMatchObject([{ skipped: 2, reasons: { record_unreadable: 2 } }]);
});

test('hours, where that is configured; a clock that jumps closes the window it was in', () => {
  const carried = new Carried();
  told(carried, [tick(noon), decided(noon + 1, [['f1', 'below_lot']])], hourMs);
  expect(told(carried, [tick(noon + 7 * hourMs)], hourMs)).toMatchObject([{ from: noon, until: noon + hourMs }]);
});

test('each line has its own clock', () => {
  const carried = new Carried();
  told(carried, [tick(noon, 0), tick(noon, 3), decided(noon, [['f1', 'below_lot']], 3)]);
  expect(told(carried, [tick(noon + dayMs, 0)])).toEqual([]);
  expect(told(carried, [tick(noon + dayMs, 3)])).toMatchObject([{ providerId: 'p3', skipped: 1 }]);
});

test('a late order opens no closed window again, and one of next year keeps none open', () => {
  const carried = new Carried();
  const midnight = Date.UTC(2026, 0, 6);
  told(carried, [
    tick(midnight),
    decided(noon, [['f1', 'below_lot']]),
    decided(noon + 365 * dayMs, [['f1', 'below_lot']]),
  ]);
  expect(told(carried, [tick(midnight + dayMs)])).toMatchObject([{ from: midnight, skipped: 2 }]);

  const early = new Carried();
  told(early, [decided(noon + 365 * dayMs, [['f1', 'below_lot']]), tick(noon)]);
  expect(told(early, [tick(midnight)])).toMatchObject([{ from: midnight - dayMs, skipped: 1 }]);
});

test('all skips are told of once, whenever the clock ticks; nothing is left behind closed windows', () => {
  const step = fc.record({
    aheadMs: fc.integer({ min: 0, max: 9 * hourMs }),
    line: fc.integer({ min: 0, max: 1 }),
    copies: fc.subarray(['f1', 'f2', 'f3']),
    ticks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const carried = new Carried();
      let at = noon;
      let skips = 0;
      const events = steps.flatMap(({ aheadMs, line, copies, ticks }) => {
        at += aheadMs;
        skips += copies.length;
        const one = decided(
          at,
          copies.map((id) => [id, 'below_lot'] as const),
          line,
        );
        return ticks ? [one, tick(at, line)] : [one];
      });
      const end = [0, 1].map((line) => tick(at + 2 * dayMs, line));
      const digests = told(carried, [...events, ...end], 4 * hourMs);
      expect(digests.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(skips);
      const windows = digests.map(({ copyId, from }) => `${copyId} ${from}`);
      expect(new Set(windows).size).toBe(windows.length);
      expect(carried.entries('skips/0')).toEqual([]);
    }),
  );
});
