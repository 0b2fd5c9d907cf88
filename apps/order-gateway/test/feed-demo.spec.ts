import { createHash } from 'node:crypto';
import { Codec, lockIds, type RecordProviderFills } from '@slipstream/contracts';
import { decimal, text, zero, type Decimal } from '@slipstream/domain';
import { demoDays, demoProviders, demoStartAt, simulate } from '../src/feed/demo/demo-steps.js';
import { unitsText } from '../src/feed/demo/instruments.js';
import { dayMs, type Step } from '../src/feed/plan-steps.js';

const codec = new Codec(lockIds());
const demo = (seed: string, days: number): Step[] => [
  ...simulate({ id: `demo-${seed}`, seed, clockStart: null, days }),
];

function digest(steps: readonly Step[]): string {
  const hash = createHash('sha256');
  for (const { commands } of steps) {
    for (const each of commands)
      hash.update(`${each.source} ${each.partition} ${each.key}`).update(codec.encode(each.record));
  }
  return hash.digest('hex');
}

const ordersOf = (steps: readonly Step[]): RecordProviderFills[] =>
  steps.flatMap((step) =>
    step.commands.flatMap(({ record }) => (record.type === 'RecordProviderFills' ? [record] : [])),
  );

interface Outcome {
  orders: number;
  lastAt: number;
  realised: Decimal;
  fees: Decimal;
}

/** Realised by average cost and fees of each provider, from its fills alone. */
function outcomes(orders: readonly RecordProviderFills[]): Map<string, Outcome> {
  const out = new Map(
    demoProviders.map((each) => [each.providerId, { orders: 0, lastAt: 0, realised: zero, fees: zero }]),
  );
  const positions = new Map<string, { quantity: Decimal; cost: Decimal }>();
  for (const order of orders) {
    const outcome = out.get(order.providerId) as Outcome;
    outcome.orders += 1;
    for (const fill of order.fills) {
      outcome.lastAt = fill.occurredAt;
      outcome.fees = outcome.fees.plus(decimal(fill.fee));
      const key = `${order.providerId}/${order.instrument}/${order.positionSide}`;
      const held = positions.get(key) ?? { quantity: zero, cost: zero };
      const signed = order.side === 'buy' ? decimal(fill.quantity) : decimal(fill.quantity).neg();
      const after = held.quantity.plus(signed);
      const price = decimal(fill.price);
      if (held.quantity.times(signed).lt(zero)) {
        const closed = signed.abs().lt(held.quantity.abs()) ? signed.neg() : held.quantity;
        outcome.realised = outcome.realised.plus(price.minus(held.cost).times(closed));
        positions.set(key, { quantity: after, cost: after.times(held.quantity).gt(zero) ? held.cost : price });
      } else {
        const cost = held.cost.times(held.quantity).plus(price.times(signed)).div(after);
        positions.set(key, { quantity: after, cost });
      }
    }
  }
  return out;
}

describe('the demo market', () => {
  const month = demo('1', demoDays);
  const orders = ordersOf(month);
  const result = outcomes(orders);
  const net = (providerId: string): number => {
    const outcome = result.get(providerId) as Outcome;
    return Number(text(outcome.realised.minus(outcome.fees)));
  };
  const capital = (providerId: string): number =>
    Number(demoProviders.find((each) => each.providerId === providerId)?.startingCapital);

  test('is the same, byte for byte, for the same seed and another for another seed', () => {
    expect(digest(demo('1', 3))).toBe(digest(demo('1', 3)));
    expect(digest(demo('2', 3))).not.toBe(digest(demo('1', 3)));
  });

  test('begins the same however long it runs', () => {
    const short = demo('1', 4);
    expect(digest(month.slice(0, short.length))).toBe(digest(short));
  });

  test('is moderately active and everybody trades', () => {
    const perDay = orders.length / demoDays;
    expect(perDay).toBeGreaterThan(150);
    expect(perDay).toBeLessThan(300);
    for (const [providerId, outcome] of result) expect([providerId, outcome.orders > 10]).toEqual([providerId, true]);
    expect(orders.some((order) => order.fills.length > 1)).toBe(true);
  });

  test('has winners and losers, a martingale that blows up and a beginner who stops while ahead', () => {
    const all = demoProviders.map((each) => net(each.providerId));
    expect(all.filter((each) => each > 0).length).toBeGreaterThanOrEqual(4);
    expect(all.filter((each) => each < 0).length).toBeGreaterThanOrEqual(3);
    expect(net('martingale')).toBeLessThan(-0.6 * capital('martingale'));
    expect(net('lucky-beginner')).toBeGreaterThan(0);
    expect(result.get('lucky-beginner')?.lastAt).toBeLessThan(demoStartAt + 8 * dayMs);
    const busy = result.get('overtrader') as Outcome;
    expect(busy.fees.gt(busy.realised.abs())).toBe(true);
  });

  test('gives each provider rising sequences and times, exact fees and no wrong realised PnL', () => {
    const last = new Map<string, { sequence: number; at: number }>();
    for (const order of orders) {
      for (const fill of order.fills) {
        const before = last.get(order.providerId) ?? { sequence: 0, at: 0 };
        expect(fill.sequence).toBe(before.sequence + 1);
        expect(fill.occurredAt).toBeGreaterThanOrEqual(before.at);
        last.set(order.providerId, { sequence: fill.sequence, at: fill.occurredAt });
        const fee = decimal(fill.price).times(decimal(fill.quantity)).times(decimal('0.0005'));
        expect(decimal(fill.fee).minus(fee).abs().lte(decimal('0.000000005'))).toBe(true);
      }
    }
    for (const providerId of ['trend-follower', 'martingale', 'gambler']) {
      const reported = orders
        .filter((order) => order.providerId === providerId)
        .flatMap((order) => order.fills)
        .reduce((sum, fill) => sum.plus(decimal(fill.realisedPnl as string)), zero);
      const difference = reported.minus((result.get(providerId) as Outcome).realised).abs();
      expect(Number(text(difference))).toBeLessThan(0.01);
    }
  });

  test('leaves realised PnL empty for some, and turns through zero in one-way mode', () => {
    const flips = orders.filter((order) => order.providerId === 'flipper');
    expect(flips.every((order) => order.positionSide === 'net')).toBe(true);
    expect(flips.every((order) => order.fills.every((fill) => fill.realisedPnl === null))).toBe(true);
    let held = zero;
    let through = 0;
    for (const order of flips.filter((each) => each.instrument === 'BNBUSDT')) {
      for (const fill of order.fills) {
        const after = held.plus(decimal(order.side === 'buy' ? fill.quantity : `-${fill.quantity}`));
        if (after.times(held).lt(zero)) through += 1;
        held = after;
      }
    }
    expect(through).toBeGreaterThan(5);
  });

  test('tells everybody each midnight', () => {
    const midnights = month.filter((step) => {
      const first = step.commands[0]?.record;
      return first?.type === 'MarkPrices' && first.boundary;
    });
    expect(midnights.map((step) => step.at)).toEqual(
      Array.from({ length: demoDays }, (_, day) => demoStartAt + (day + 1) * dayMs),
    );
  });
});

test.each([
  [1_234, 2, '12.34'],
  [1_200, 2, '12'],
  [5, 3, '0.005'],
  [7, 0, '7'],
])('%d units of 10^-%d are %s', (units, decimals, expected) => expect(unitsText(units, decimals)).toBe(expected));
