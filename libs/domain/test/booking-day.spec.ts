import fc from 'fast-check';
import {
  afterTick,
  bookedAt,
  dayNumber,
  dayStart,
  entryLine,
  openDay,
  openingDay,
  unstartedClock,
  type BookingClock,
} from '../src/index.js';

const midnight = Date.UTC(2024, 2, 2);
const minute = 60_000;
const at = (tickedAt: number | null, bookedAt: number | null = null): BookingClock => ({ tickedAt, bookedAt });

describe('the time at which a posting is booked', () => {
  test.each<[string, BookingClock, number, number]>([
    ['is its own before the first tick', unstartedClock, 7, 7],
    ['is its own after the last tick', at(midnight), midnight + 5, midnight + 5],
    ['is the last tick when it comes late: a closed day stays closed', at(midnight), midnight - 5, midnight],
    ['never goes back', at(midnight, midnight + 9), midnight + 5, midnight + 9],
    ['stays in the day that is open', at(midnight - minute), midnight + 5, midnight - 1],
    [
      'stays in it also when it was ahead before the first tick',
      at(midnight, midnight * 2),
      midnight,
      midnight + 86_399_999,
    ],
  ])('%s', (_, clock, occurredAt, expected) => {
    expect(bookedAt(clock, occurredAt)).toBe(expected);
  });

  test('a tick of a line that lags behind sets nothing back', () => {
    expect(afterTick(at(midnight, 3), midnight - minute)).toEqual(at(midnight, 3));
    expect(afterTick(at(null, 3), midnight)).toEqual(at(midnight, 3));
  });

  test('a day is open from the first tick in it to the first tick of a later one', () => {
    expect(openDay(unstartedClock)).toBe(openingDay);
    expect(openDay(at(midnight - 1))).toBe(openDay(at(midnight)) - 1);
    expect(dayStart(openDay(at(midnight + 5)))).toBe(midnight);
  });

  test('whatever comes, times rise, lie in the day that is open, and are past the last tick', () => {
    const moments = fc.integer({ min: 0, max: 4 * 86_400_000 });
    const steps = fc.array(fc.record({ tick: fc.boolean(), moment: moments }), { maxLength: 60 });
    fc.assert(
      fc.property(moments, steps, (first, history) => {
        let clock = afterTick(unstartedClock, first);
        for (const { tick, moment } of history) {
          if (tick) clock = afterTick(clock, moment);
          else {
            const booked = bookedAt(clock, moment);
            expect(booked).toBeGreaterThanOrEqual(Math.max(clock.tickedAt ?? 0, clock.bookedAt ?? 0));
            expect(dayNumber(booked)).toBe(openDay(clock));
            clock = { ...clock, bookedAt: booked };
          }
        }
      }),
    );
  });
});

test('the line of an entry can be written down by anybody', () => {
  const line = entryLine({
    ...{
      account: 'wallet/ä"1',
      asset: 'USDT',
      partition: 3,
      entry: 2,
      offset: 17,
      leg: 0,
      bookedAt: 1_709_337_600_000,
    },
    ...{ kind: 'allocation', counter: 'copy/c', amount: '-100', balance: '400.00000001' },
  });
  expect(line).toBe('["wallet/ä\\"1","USDT",3,2,17,0,1709337600000,"allocation","copy/c","-100","400.00000001"]');
});
