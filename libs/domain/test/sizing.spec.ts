import { defaultCopySettings } from '@slipstream/domain';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { CopySettings, CopySkipped, ProviderOrder } from '@slipstream/contracts';
import { withPlaced, withSkipped, providerCause, endOrder } from '../src/copy/apply.js';
import { startingCopy, type Copy } from '../src/copy/copy.js';
import { decideCopy } from '../src/copy/decide-copy.js';
import { settingsRefusal } from '../src/copy/check-settings.js';
import { copyTerms, type CopyTerms } from '../src/copy/terms.js';
import { defaultPolicy } from '../src/policy.js';
import { cutToLot, instrumentFrom, instrumentTable, type InstrumentText } from '../src/instrument.js';
import { decimal, isZero, text, zero, type Decimal } from '../src/money.js';
import { orderFacts } from '../src/sizing/facts.js';

const plain: CopySettings = {
  ...defaultCopySettings,
  mode: 'fixed_amount',
  copyAmt: '100',
  copyRatio: '2',
  multiplier: '3',
};
const opening: ProviderOrder = {
  providerId: 'p',
  orderNo: 1,
  providerOrderId: 'p/1',
  effect: 'open',
  leadPositionId: 'lead',
  openedByOrderNo: 1,
  instrument: 'X',
  side: 'buy',
  positionSide: 'long',
  price: '40',
  quantity: '5',
  fraction: '0',
  usage: '0.2',
  leverage: null,
  marginMode: null,
  mark: '40',
  knownPosition: true,
  blocked: [],
  occurredAt: 1,
};

const termsOf = (settings: Partial<CopySettings>, money = '1000'): CopyTerms =>
  copyTerms(
    { accountId: 'a', copyId: 'a~p~1', providerId: 'p', copyTotalAmt: decimal(money), country: '' },
    { ...plain, ...settings },
  );
const activeCopy = (money = '1000'): Copy => ({ ...startingCopy(decimal(money)), status: 'active', fromOrder: 1 });

interface Told {
  readonly settings?: Partial<CopySettings>;
  readonly order?: Partial<ProviderOrder>;
  readonly copy?: Partial<Copy>;
  readonly instrument?: InstrumentText;
  readonly money?: string;
  readonly suspended?: boolean;
}
function decided(told: Told): ReturnType<typeof decideCopy> {
  const instruments = instrumentTable({ X: told.instrument ?? {} });
  const facts = orderFacts({ ...opening, ...told.order }, instruments('X'));
  const context = { mark: () => decimal('40'), instruments, suspended: told.suspended ?? false };
  return decideCopy(
    termsOf(told.settings ?? {}, told.money),
    { ...activeCopy(told.money), ...told.copy },
    facts,
    context,
  );
}
const quantity = (told: Told): string | undefined => decided(told).placed?.quantity;
const reason = (told: Told): CopySkipped['reason'] | undefined => decided(told).skipped?.reason;

test.each<[string, Partial<CopySettings>, string]>([
  ['copyAmt ÷ p', { mode: 'fixed_amount' }, '2.5'],
  ['E × usage ÷ p', { mode: 'proportional' }, '5'],
  ['E × usage × multiplier ÷ p', { mode: 'multiplier' }, '15'],
  ["provider's quantity × copyRatio", { mode: 'ratio_copy' }, '10'],
])('%s', (_, settings, expected) => {
  expect(quantity({ settings })).toBe(expected);
});

test('a quotient that was rounded costs no lot', () => {
  // 1 ÷ 3 rounds down: 3 × 0.333… < 1, yet exactly 1 fits the amount.
  expect(decided({ settings: { copyAmt: '3' }, order: { price: '3' } }).placed).toMatchObject({
    quantity: '1',
    target: '1',
  });
});

test.each<[string, CopySkipped['reason'] | undefined, Told]>([
  ['starting: its confirmation was unreadable', 'record_unreadable', { copy: { status: 'starting' } }],
  ['stopped', 'copy_stopped', { copy: { status: 'stopped' } }],
  ['stopping at market', 'copy_stopping', { copy: { status: 'stopping', stop: 'market_close' } }],
  ['stopping as the provider closes: no opens', 'copy_stopping', { copy: { status: 'stopping', stop: 'copy_close' } }],
  ['a close of what it never had', 'nothing_to_close', { order: { effect: 'close', fraction: '1', side: 'sell' } }],
  [
    'a close nobody knows',
    'unknown_position',
    { order: { effect: 'close', fraction: '1', side: 'sell', knownPosition: false } },
  ],
  ['a suspended account', 'account_suspended', { suspended: true }],
  [
    'custom instruments without this one',
    'instrument_blocked',
    { settings: { copyInstIdType: 'custom', instIds: ['Y'] } },
  ],
  ['custom instruments with this one', undefined, { settings: { copyInstIdType: 'custom', instIds: ['X'] } }],
  ['equity of the provider unknown', 'provider_equity', { order: { usage: null } }],
  [
    'an increase without the open',
    'joined_after_open',
    { order: { effect: 'increase', openedByOrderNo: 1, orderNo: 2 } },
  ],
  ['below the floor of maxLoss', 'max_loss_reached', { settings: { maxLoss: '0.1' }, copy: { cash: decimal('900') } }],
  ['just above the floor of maxLoss', undefined, { settings: { maxLoss: '0.1' }, copy: { cash: decimal('900.01') } }],
  ['no more open trades', 'max_open_trades', { settings: { maxOpenTrades: 0 } }],
  ['maxHoldSize, skip', 'max_per_symbol', { settings: { maxHoldSize: '99', overLimit: 'skip' } }],
  ['maxPerTrade, skip', 'max_per_trade', { settings: { maxPerTrade: '0.09', overLimit: 'skip' } }],
  ['not enough, partial not allowed', 'insufficient_balance', { settings: { copyAmt: '20000', allowPartial: false } }],
  ['nothing free at all', 'insufficient_balance', { copy: { reserved: decimal('1000') } }],
  ['no equity left', 'insufficient_balance', { settings: { mode: 'proportional' }, copy: { cash: decimal('-1') } }],
  ['below a lot', 'below_lot', { instrument: { lot: '3' } }],
  ['below the minimum quantity', 'below_minimum', { instrument: { minimumQuantity: '2.6' } }],
  ['below the minimum notional', 'below_minimum', { instrument: { minimumNotional: '100.01' } }],
  ['at the minimum notional', undefined, { instrument: { minimumNotional: '100' } }],
])('%s: %s', (_, expected, told) => {
  expect(reason(told)).toBe(expected);
});

test('reasons are checked in their order', () => {
  const worst: Told = {
    suspended: true,
    settings: { copyInstIdType: 'custom', instIds: ['Y'], maxOpenTrades: 0 },
    order: { usage: null },
  };
  expect(reason({ ...worst, copy: { status: 'stopped' } })).toBe('copy_stopped');
  expect(reason(worst)).toBe('account_suspended');
  expect(reason({ ...worst, suspended: false })).toBe('instrument_blocked');
  expect(reason({ settings: { maxOpenTrades: 0 }, order: { usage: null } })).toBe('provider_equity');
});

test.each<[string, Told, { quantity: string; reserved: string; target: string }]>([
  // 2.5 × 40 ÷ 10 + 0.05 %
  ['margin and fee are reserved', {}, { quantity: '2.5', reserved: '10.05', target: '2.5' }],
  [
    'own leverage',
    { settings: { leverageMode: 'own', leverage: '2' } },
    { quantity: '2.5', reserved: '50.05', target: '2.5' },
  ],
  ['leverage of the provider', { order: { leverage: '20' } }, { quantity: '2.5', reserved: '5.05', target: '2.5' }],
  ['maxHoldSize shrinks', { settings: { maxHoldSize: '90' } }, { quantity: '2.25', reserved: '9.045', target: '2.25' }],
  [
    'maxPerTrade shrinks',
    { settings: { maxPerTrade: '0.05' } },
    { quantity: '1.25', reserved: '5.025', target: '1.25' },
  ],
  [
    'a balance that is too small shrinks, and what it took away is given up',
    { settings: { copyAmt: '20000' }, instrument: { lot: '1' } },
    { quantity: '248', reserved: '996.96', target: '248' },
  ],
  ['a residue waits in the target', { instrument: { lot: '2' } }, { quantity: '2', reserved: '8.04', target: '2.5' }],
])('%s', (_, told, expected) => {
  expect(decided(told).placed).toMatchObject(expected);
});

test.each(['below_lot', 'below_minimum'])('%s lets the target grow', (which) => {
  const instrument = which === 'below_lot' ? { lot: '3' } : { minimumQuantity: '3' };
  expect(decided({ instrument }).skipped).toMatchObject({ reason: which, target: '2.5' });
  expect(decided({ settings: { maxOpenTrades: 0 } }).skipped?.target).toBeNull();
});

test('settings that lack what their mode needs are refused', () => {
  expect(settingsRefusal(plain, defaultPolicy)).toBeNull();
  expect(settingsRefusal({ ...plain, copyAmt: null }, defaultPolicy)?.reason).toBe('mode_field_missing');
  expect(settingsRefusal({ ...plain, copyAmt: '0' }, defaultPolicy)?.reason).toBe('mode_field_missing');
  expect(settingsRefusal({ ...plain, mode: 'ratio_copy', copyRatio: '-1' }, defaultPolicy)?.reason).toBe(
    'mode_field_missing',
  );
  expect(settingsRefusal({ ...plain, mode: 'smart' as 'multiplier' }, defaultPolicy)?.reason).toBe('mode_unknown');
  expect(settingsRefusal({ ...plain, copyInstIdType: 'custom' }, defaultPolicy)?.reason).toBe('instruments_missing');
  expect(settingsRefusal({ ...plain, leverageMode: 'own' }, defaultPolicy)?.reason).toBe('leverage_invalid');
  expect(settingsRefusal({ ...plain, maxLoss: '1.5' }, defaultPolicy)?.reason).toBe('max_loss_invalid');
});

/** A copy that follows orders, each filled at once unless told otherwise. */
class Follower {
  copy = activeCopy('100000');
  orderNo = 0;
  constructor(
    readonly terms: CopyTerms,
    readonly instruments = instrumentTable({ X: { lot: '0.1' } }),
  ) {}

  takes(order: Partial<ProviderOrder>, fill: string | null = 'all'): ReturnType<typeof decideCopy> {
    const whole = { ...opening, ...order, orderNo: ++this.orderNo };
    const facts = orderFacts(whole, this.instruments('X'));
    const mark = () => decimal(whole.price);
    const decision = decideCopy(this.terms, this.copy, facts, {
      mark,
      instruments: this.instruments,
      suspended: false,
    });
    if (decision.skipped) {
      this.copy = withSkipped(this.copy, this.terms, whole, decision.skipped);
      return decision;
    }
    this.copy = withPlaced(this.copy, this.terms, providerCause(whole), decision.placed);
    if (fill !== null)
      this.fill(decision.placed.orderId, fill === 'all' ? decision.placed.quantity : fill, whole.price);
    return decision;
  }

  fill(orderId: string, filled: string, price: string): void {
    const end = {
      accountId: 'a',
      copyId: 'a~p~1',
      orderId,
      reason: null,
      quantity: filled,
      price: filled === '0' ? null : price,
    };
    const ended = endOrder(this.copy, { ...end, fee: '0', feeAsset: 'USDT', occurredAt: 1 }, 'p', this.instruments);
    if (!ended) throw new Error('not in flight');
    this.copy = ended.copy;
  }
}
const reducing = { effect: 'reduce', side: 'sell' } as const;
const closing = { effect: 'close', side: 'sell', fraction: '1' } as const;

test('a reduce trades towards the exact target and leaves the residue for later', () => {
  const follower = new Follower(termsOf({ copyAmt: '100' }));
  expect(follower.takes({}).placed).toMatchObject({ quantity: '2.5' });
  expect(follower.takes({ ...reducing, fraction: '0.33' }).placed).toMatchObject({
    quantity: '0.8',
    target: '1.675',
    reduceOnly: true,
  });
  expect(follower.takes({ ...reducing, fraction: '0.01' }).skipped).toMatchObject({
    reason: 'below_lot',
    target: '1.65825',
  });
  expect(follower.takes(closing).placed).toMatchObject({ quantity: '1.7', target: '0', side: 'sell', reserved: '0' });
  expect(follower.copy.positions).toEqual([]);
});

test('an order in flight counts as held, so a close at once sells it', () => {
  const follower = new Follower(termsOf({}));
  follower.takes({}, null);
  expect(follower.takes(closing, null).placed).toMatchObject({ quantity: '2.5' });
  follower.fill('a~p~1#1', '1', '40');
  follower.fill('a~p~1#2', '1', '41');
  expect(text(follower.copy.cash)).toBe('100001');
  expect(follower.copy).toMatchObject({ positions: [], orders: [] });
  expect(text(follower.copy.reserved)).toBe('0');
});

test('a rejected open gives the reservation back and leaves nothing to close', () => {
  const follower = new Follower(termsOf({}));
  follower.takes({}, '0');
  expect(text(follower.copy.reserved)).toBe('0');
  expect(follower.takes(closing).skipped?.reason).toBe('nothing_to_close');
});

const directions = fc.constantFrom('long' as const, 'short' as const);
const moves = fc.array(
  fc.record({ kind: fc.constantFrom('increase' as const, 'reduce' as const), part: fc.integer({ min: 1, max: 99 }) }),
  { maxLength: 30 },
);

test('through any partial closes: never through zero, drift below a lot, and a close leaves nothing', () => {
  fc.assert(
    fc.property(directions, moves, fc.integer({ min: 1, max: 5000 }), (direction, steps, cents) => {
      const follower = new Follower(termsOf({ copyAmt: text(decimal(String(cents)).div('10')) }, '100000'));
      const [into, out] = direction === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const);
      const lead = { positionSide: direction, openedByOrderNo: 1 };
      follower.takes({ ...lead, side: into });
      for (const { kind, part } of steps) {
        const fraction = text(decimal(String(part)).div('100'));
        follower.takes(
          kind === 'increase' ? { ...lead, effect: kind, side: into } : { ...lead, effect: kind, side: out, fraction },
        );
        const position = follower.copy.positions[0];
        if (!position) continue;
        const sign = direction === 'long' ? 1 : -1;
        expect(isZero(position.quantity) || position.quantity.s === sign).toBe(true);
        expect(position.target.minus(position.held).abs().lt('0.1')).toBe(true);
      }
      follower.takes({ ...lead, effect: 'close', side: out, fraction: '1' });
      expect(follower.copy.positions).toEqual([]);
      expect(text(follower.copy.cash)).toBe('100000');
    }),
  );
});

const amounts = fc.integer({ min: 1, max: 10_000_000 }).map((n) => text(decimal(String(n)).div('100')));
const prices = fc.integer({ min: 1, max: 100_000_000 }).map((n) => text(decimal(String(n)).div('1000')));
const lots = fc.constantFrom('0.000001', '0.001', '0.5', '1', '10', '0.0003');

test('fixed_amount is the largest multiple of the lot that fits the amount exactly', () => {
  fc.assert(
    fc.property(amounts, prices, lots, (copyAmt, price, lot) => {
      const decision = decided({
        settings: { copyAmt },
        order: { price, leverage: '100000', quantity: '1000000000' },
        instrument: { lot },
        money: '200000',
      });
      const placed: Decimal = decimal(decision.placed?.quantity ?? '0');
      const fits = (value: Decimal): boolean => value.times(price).lte(copyAmt);
      expect(cutToLot(placed, instrumentFrom({ lot })).eq(placed)).toBe(true);
      expect(fits(placed)).toBe(true);
      expect(fits(placed.plus(lot))).toBe(false);
    }),
  );
});

test('no order reserves more than is free, whatever the limits', () => {
  fc.assert(
    fc.property(amounts, prices, amounts, fc.boolean(), (copyAmt, price, reserved, allowPartial) => {
      const settings = { copyAmt, allowPartial };
      const copy = { reserved: decimal(reserved) };
      const { placed } = decided({ settings, order: { price }, copy, money: '50000' });
      if (placed) expect(decimal(placed.reserved).plus(reserved).lte('50000')).toBe(true);
      expect(decimal(placed?.quantity ?? '0').gte(zero)).toBe(true);
    }),
  );
});

const folder = process.env['SLIPSTREAM_DATA'] ?? join(process.cwd(), '../shared/data');
const file = join(folder, 'vectors/copy_sizing.json');
const there = existsSync(file);
if (!there) process.stdout.write(`skipped: no vectors/copy_sizing.json in ${folder}\n`);

(there ? test : test.skip)('the worked examples of venues come out (margin read as notional ÷ leverage)', () => {
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number | string>[];
  const the = (id: string, field: string): string => String(vectors.find((one) => one['id'] === id)?.[field]);
  /** Margin of a proportional copy of an order with this margin and equity of the lead. */
  const margin = (leadMargin: string, leadBalance: string, balance: string, leverage: string): string => {
    const notional = decimal(leadMargin).times(leverage);
    const order = { price: '1', quantity: text(notional), usage: text(notional.div(leadBalance)), leverage };
    const placed = decided({
      settings: { mode: 'proportional' },
      order,
      money: balance,
      instrument: { lot: '0.01' },
    }).placed;
    return text(decimal(placed?.quantity ?? '0').div(leverage));
  };
  const open = (field: string): string => the('binance_fixed_ratio_open', field);
  // The example leaves fees out: half the balance is used, so they fit.
  expect(margin(open('lead_order_cost'), open('lead_margin_balance'), open('copier_margin_balance'), '10')).toBe(
    open('copier_order_cost'),
  );
  const then = (field: string): string => the('binance_copy_then_open', field);
  expect(margin(then('lead_initial_margin'), then('lead_margin_balance'), then('copier_balance'), '10')).toBe(
    then('copier_order_cost'),
  );
  const auto = (field: string): string => the('cointr_auto', field);
  expect(margin(auto('lead_margin'), auto('lead_balance'), auto('copier_invest'), auto('leverage'))).toBe(
    auto('copier_margin'),
  );

  const cheap = { price: '1', mark: '1' };
  const lead = the('fixed_multiplier', 'lead_qty');
  const ratio = (q: string, copyRatio: string) =>
    quantity({ settings: { mode: 'ratio_copy', copyRatio }, order: { ...cheap, quantity: q } });
  expect(ratio(lead, the('fixed_multiplier', 'multiplier'))).toBe(the('fixed_multiplier', 'copier_qty'));
  expect(ratio(the('quantity_ratio', 'lead_qty'), the('quantity_ratio', 'multiplier'))).toBe(
    the('quantity_ratio', 'copier_qty'),
  );

  const close = (field: string): Decimal => decimal(the('proportional_close', field));
  const follower = new Follower(
    termsOf({ mode: 'ratio_copy', copyRatio: text(close('copier_position')) }),
    instrumentTable({}),
  );
  follower.takes({ quantity: text(close('lead_position')) });
  const fraction = text(close('lead_close').div(close('lead_position')));
  expect(follower.takes({ ...reducing, fraction }).placed?.quantity).toBe(text(close('copier_close')));

  expect(
    reason({ settings: { mode: 'ratio_copy', copyRatio: '0.1' }, order: { quantity: '5' }, instrument: { lot: '1' } }),
  ).toBe('below_lot');
});
