import type { CopySettings, CopySkipped } from '@slipstream/contracts';
import { settingsRefusal } from '../src/copy/check-settings.js';
import { decimal, text } from '../src/money.js';
import { defaultPolicy } from '../src/policy.js';
import { decided, Follower, plain, termsOf, type Told } from './follower.js';

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
