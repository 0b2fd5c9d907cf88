import fc from 'fast-check';
import type { CopySettings } from '@slipstream/contracts';
import { cutToLot, instrumentFrom, instrumentTable } from '../src/instrument.js';
import { decimal, isZero, min, text, zero, type Decimal } from '../src/money.js';
import { activeCopy, decided, Follower, termsOf } from './follower.js';
import { realInstruments } from './real-instruments.js';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 10_000);

const scaled = (decimals: number) => (n: number) => text(decimal(String(n)).div(`1${'0'.repeat(decimals)}`));
const amounts = fc.integer({ min: 1, max: 10_000_000 }).map(scaled(2));
const prices = fc.integer({ min: 1, max: 100_000_000 }).map(scaled(3));
const ratios = fc.integer({ min: 1, max: 20_000 }).map(scaled(3));
const made = fc.record({
  lot: fc.constantFrom('0.000001', '0.001', '0.5', '1', '10', '0.0003'),
  contractSize: fc.constantFrom('1', '1', '0.01', '100000'),
  minimumNotional: fc.constantFrom('0', '5'),
});
const real = realInstruments();
const instruments = real ? fc.oneof(made, fc.constantFrom(...Object.values(real))) : made;
const modes = fc.constantFrom('fixed_amount', 'proportional', 'multiplier', 'ratio_copy');

test('sizing: each mode gives the largest multiple of the lot that its amount allows, exactly', () => {
  let placedAny = 0;
  fc.assert(
    fc.property(
      modes,
      amounts,
      ratios,
      prices,
      ratios,
      instruments,
      (mode, copyAmt, ratio, price, usage, instrument) => {
        const settings = { mode, copyAmt, multiplier: ratio, copyRatio: ratio };
        const equity = '150000';
        const order = { price, mark: price, usage, leverage: '50', quantity: copyAmt };
        const decision = decided({ settings, order, instrument, money: equity });
        const { lot, contractSize, minimumQuantity, minimumNotional } = instrumentFrom(instrument);
        const unit = decimal(price).times(contractSize);
        // What may be used, as money; for a copy by quantity, the quantity itself.
        const may = {
          fixed_amount: decimal(copyAmt),
          proportional: decimal(equity).times(usage),
          multiplier: decimal(equity).times(usage).times(ratio),
          ratio_copy: decimal(copyAmt).times(ratio).times(unit),
        }[mode];
        const fits = (quantity: Decimal): boolean => quantity.times(unit).lte(may);
        const { placed, skipped } = decision;
        if (placed) {
          placedAny += 1;
          const quantity = decimal(placed.quantity);
          expect(cutToLot(quantity, instrumentFrom(instrument)).eq(quantity)).toBe(true);
          expect(fits(quantity)).toBe(true);
          // All of it, or as much as the copy has margin for.
          const whole = fits(quantity.plus(lot)) === false;
          const reserve = unit.div('50').plus(unit.times('0.0005'));
          expect(whole || quantity.plus(lot).times(reserve).gt(equity)).toBe(true);
          expect(quantity.gte(minimumQuantity) && quantity.times(unit).gte(minimumNotional)).toBe(true);
        } else if (skipped.reason === 'below_lot') expect(fits(lot)).toBe(false);
        else if (skipped.reason === 'below_minimum') {
          const least = decimal(skipped.target ?? '0');
          expect(least.lt(minimumQuantity) || least.minus(lot).times(unit).lt(minimumNotional)).toBe(true);
        } else expect(['insufficient_balance', 'dust_order']).toContain(skipped.reason);
      },
    ),
    { numRuns },
  );
  expect(placedAny).toBeGreaterThan(numRuns / 4);
});

test('rounding: a cut is a multiple of the lot, less than a lot below, never above, and cutting again changes nothing', () => {
  fc.assert(
    fc.property(amounts, prices, instruments, (a, b, texts) => {
      const instrument = instrumentFrom(texts);
      const quantity = decimal(a).div(b);
      const cut = cutToLot(quantity, instrument);
      const lots = cut.div(instrument.lot);
      expect(lots.eq(lots.round(0, 'down'))).toBe(true);
      expect(cut.lte(quantity) && quantity.minus(cut).lt(instrument.lot)).toBe(true);
      expect(cutToLot(cut, instrument).eq(cut)).toBe(true);
    }),
    { numRuns },
  );
});

const directions = fc.constantFrom('long' as const, 'short' as const);
const moves = fc.array(
  fc.record({ kind: fc.constantFrom('increase' as const, 'reduce' as const), part: fc.integer({ min: 1, max: 99 }) }),
  { maxLength: 15, size: 'max' },
);
const sidesOf = (direction: 'long' | 'short') =>
  direction === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);

test('partial closes: never through zero, drift below a lot, and a close leaves nothing', () => {
  fc.assert(
    fc.property(directions, moves, amounts, instruments, (direction, steps, copyAmt, texts) => {
      const { lot } = instrumentFrom(texts);
      // A price at which the amounts are from less than a lot to thousands of lots.
      const price = text(decimal('50').div(lot.times(instrumentFrom(texts).contractSize)));
      const own = termsOf({ copyAmt, allowPartial: false }, '200000');
      const follower = new Follower(own, instrumentTable({ X: texts }), activeCopy('200000'));
      const [into, out] = sidesOf(direction);
      const lead = { positionSide: direction, openedByOrderNo: 1, price, mark: price };
      let [opened, closed] = [zero, zero];
      const add = (taken: ReturnType<Follower['takes']>): void => {
        const quantity = decimal(taken.placed?.quantity ?? '0');
        if (taken.placed?.side === into) opened = opened.plus(quantity);
        else closed = closed.plus(quantity);
      };
      add(follower.takes({ ...lead, side: into }));
      for (const { kind, part } of steps) {
        const fraction = text(decimal(String(part)).div('100'));
        add(
          follower.takes(
            kind === 'increase'
              ? { ...lead, effect: kind, side: into }
              : { ...lead, effect: kind, side: out, fraction },
          ),
        );
        const position = follower.copy.positions[0];
        if (!position) continue;
        const sign = direction === 'long' ? 1 : -1;
        expect(isZero(position.quantity) || position.quantity.s === sign).toBe(true);
        const drift = position.target.minus(position.held).abs();
        // A minimum may hold back an open for longer than a lot.
        expect(drift.lt(lot) || texts.minimumNotional !== '0').toBe(true);
      }
      add(follower.takes({ ...lead, effect: 'close', side: out, fraction: '1' }));
      expect(follower.copy.positions).toEqual([]);
      expect(text(closed)).toBe(text(opened));
      expect(text(follower.copy.cash)).toBe('200000');
    }),
    { numRuns },
  );
});

/** What the venue does with its next order: nothing of it, a part, or all. */
const answers = fc.array(fc.constantFrom('0', '1', '3', '1000000000'), { maxLength: 30, size: 'max' });

test('an open in flight when the provider closes ends flat, whatever the venue does and when', () => {
  fc.assert(
    fc.property(directions, moves, answers, fc.integer({ min: 0, max: 9 }), (direction, steps, fills, later) => {
      const follower = new Follower(
        termsOf({}, '1000000'),
        instrumentTable({ X: { lot: '0.1' } }),
        activeCopy('1000000'),
      );
      const [into, out] = sidesOf(direction);
      const lead = { positionSide: direction, openedByOrderNo: 1 };
      const wanted = [...fills];
      const answer = (): boolean => {
        const answered = follower.answers(decimal(wanted.shift() ?? '1000000000'), '40');
        const [position] = follower.copy.positions;
        const sign = direction === 'long' ? 1 : -1;
        if (position) expect(isZero(position.quantity) || position.quantity.s === sign).toBe(true);
        return answered;
      };
      follower.takes({ ...lead, side: into }, null);
      for (const [no, { kind, part }] of steps.entries()) {
        const fraction = text(decimal(String(part)).div('100'));
        follower.takes(
          kind === 'increase' ? { ...lead, effect: kind, side: into } : { ...lead, effect: kind, side: out, fraction },
          null,
        );
        if (no % 10 === later) answer();
      }
      follower.takes({ ...lead, effect: 'close', side: out, fraction: '1' }, null);
      // Each left-over is closed anew; once the venue answers in full, nothing is left.
      let bound = 0;
      while (answer()) expect((bound += 1)).toBeLessThan(100);
      expect(follower.copy.positions).toEqual([]);
      expect(follower.copy.orders).toEqual([]);
      expect(text(follower.margin)).toBe('0');
      expect(text(follower.copy.cash)).toBe('1000000');
    }),
    { numRuns },
  );
});

const opens = fc.array(
  fc.record({
    instrument: fc.constantFrom('X', 'Y', 'Z'),
    price: fc.integer({ min: 20, max: 60 }).map(String),
    quantity: fc.integer({ min: 1, max: 500 }).map(String),
    usage: ratios,
    leverage: fc.constantFrom(null, '1', '3', '50'),
    filled: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12, size: 'max' },
);
const risky = fc.record<Partial<CopySettings>>({
  mode: modes,
  copyAmt: amounts,
  copyRatio: ratios,
  multiplier: ratios,
  leverageMode: fc.constantFrom('follow', 'own'),
  leverage: fc.constantFrom('1', '7', '50'),
  allowPartial: fc.boolean(),
  maxPerTrade: fc.constantFrom(null, null, '0.5'),
  maxHoldSize: fc.constantFrom(null, null, '900'),
  overLimit: fc.constantFrom('shrink', 'skip'),
});

test('margin: no open reserves more than the copy has, on any number of instruments, at any leverage', () => {
  let placedAny = 0;
  fc.assert(
    fc.property(risky, opens, (settings, orders) => {
      const table = instrumentTable({ X: { lot: '0.001' }, Y: { lot: '1', contractSize: '0.1' }, Z: { lot: '0.3' } });
      const follower = new Follower(termsOf(settings, '2000'), table, activeCopy('2000'));
      const known = new Map<string, number>();
      for (const { filled, ...order } of orders) {
        const openedByOrderNo = known.get(order.instrument) ?? follower.orderNo + 1;
        const effect = known.has(order.instrument) ? 'increase' : 'open';
        const leadPositionId = `${order.instrument}/${openedByOrderNo}`;
        const whole = { ...order, mark: order.price, effect, leadPositionId, openedByOrderNo } as const;
        const { placed } = follower.takes(whole, null);
        if (!placed) continue;
        placedAny += 1;
        known.set(order.instrument, openedByOrderNo);
        expect(follower.margin.lte(min(decimal('2000'), follower.equity))).toBe(true);
        const { maxHoldSize } = follower.terms;
        const { contractSize } = table(order.instrument);
        const held = follower.copy.positions.find((position) => position.instrument === order.instrument)?.held.abs();
        if (maxHoldSize) expect(held?.times(order.price).times(contractSize).lte(maxHoldSize)).toBe(true);
        if (filled) follower.fill(placed.orderId, placed.quantity, order.price);
        expect(follower.copy.reserved.gte(zero)).toBe(true);
      }
    }),
    { numRuns },
  );
  expect(placedAny).toBeGreaterThan(numRuns);
});
