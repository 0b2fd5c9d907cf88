import type { AnyRecord, CopySettings, ProviderOrder } from '@slipstream/contracts';
import { decimal, defaultPolicy, instrumentTable, parsePolicy, type Policy } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { positionSizer } from '../src/fold.js';
import type { Accounts } from '../src/state.js';
import { active, closing, confirm, copyId, deposit, filled, given, order, start, stop } from './examples.js';
import { add, change, close, endCopies, pause, protect, restrict, resume, takeOut } from './requests-examples.js';

const holding = (own: Partial<CopySettings> = {}): AnyRecord[] => [
  ...active(own),
  order(1),
  filled(`${copyId}#1`, '2.5'),
];
const under = (policy: Policy, ...commands: AnyRecord[]): Driven<Accounts> => {
  const driven = drive(positionSizer(instrumentTable(), policy), 4);
  driven.give(...commands);
  return driven;
};
const strict = parsePolicy(
  JSON.stringify({
    jurisdictions: {
      XX: { roles: ['provider'] },
      YY: { maxPerCopy: '400', maxTotal: '700', disclaimers: ['2026-02', '2026-03'] },
      ZZ: { blockedInstruments: ['X'] },
    },
  }),
);
const inYY = { country: 'YY', disclaimerVersion: '2026-03' };

/** All that is kept, without the requests that are remembered. */
const kept = (driven: Driven<Accounts>): unknown =>
  [...driven.store.entries()].map(([id, value]) => [id, { ...value, requests: [], latestAt: 0 }]);

describe('a request that can’t be granted is refused with a code and a sentence, and nothing changes', () => {
  const stopped = [...active(), stop('market_close')];
  test.each<[string, AnyRecord[], AnyRecord, Policy?]>([
    ['copy_unknown', active(), change({}, 'x')],
    ['mode_unknown', active(), change({ mode: 'smart' as 'multiplier' })],
    ['mode_field_missing', active(), change({ copyAmt: '0' })],
    ['mode_field_missing', active(), change({ mode: 'multiplier', multiplier: '-1' })],
    ['mode_field_missing', active(), change({ mode: 'ratio_copy', copyRatio: '1e3' })],
    ['value_out_of_range', active(), change({ mode: 'multiplier', multiplier: '100.01' })],
    ['value_out_of_range', active(), change({ mode: 'ratio_copy', copyRatio: '101' })],
    ['value_out_of_range', active(), change({ copyAmt: '200001' })],
    ['value_out_of_range', active(), change({ tpRatio: '0' })],
    ['value_out_of_range', active(), change({ tpRatio: '10.1' })],
    ['value_out_of_range', active(), change({ slRatio: '1.1' })],
    ['value_unknown', active(), change({ subPosCloseType: 'later' as 'copy_close' })],
    ['value_unknown', active(), change({ marginMode: 'portfolio' as 'cross' })],
    ['instruments_missing', active(), change({ copyInstIdType: 'custom' })],
    ['leverage_invalid', active(), change({ leverageMode: 'own', leverage: '0.5' })],
    ['leverage_invalid', active(), change({ leverageMode: 'own', leverage: '51' })],
    ['max_loss_invalid', active(), change({ maxLoss: '1.01' })],
    ['limit_invalid', active(), change({ maxPerTrade: '-1' })],
    ['limit_invalid', active(), change({ slTotalAmt: '0' })],
    ['limit_invalid', active(), change({ maxOpenTrades: 0 })],
    ['copy_not_active', stopped, change({})],
    ['copy_not_active', [deposit(), start()], change({})],
    ['copy_not_active', stopped, add('10')],
    ['copy_not_active', stopped, takeOut('10')],
    ['copy_not_active', stopped, close()],
    ['copy_not_active', stopped, protect()],
    ['copy_not_active', [...active(), pause()], pause('again')],
    ['copy_not_active', stopped, pause()],
    ['copy_not_paused', active(), resume()],
    ['amount_invalid', active(), add('0')],
    ['amount_invalid', active(), add('-5')],
    ['amount_invalid', active(), takeOut('0.000000001')],
    ['wallet_insufficient', active(), add('500.01')],
    ['amount_out_of_range', [...active(), deposit('rich', '300000')], add('199500.01')],
    ['amount_out_of_range', active(), takeOut('450.01')],
    ['funds_in_use', active(), takeOut('500.01')],
    ['funds_in_use', [...active({ copyAmt: '4000' }), order(1), filled(`${copyId}#1`, '100')], takeOut('100')],
    ['position_unknown', active(), close()],
    ['position_unknown', holding(), close({ leadPositionId: 'other' })],
    ['position_unknown', [...holding(), close()], close({}, 'again')],
    ['position_unknown', active(), protect()],
    ['fraction_invalid', holding(), close({ fraction: '0' })],
    ['fraction_invalid', holding(), close({ fraction: '1.1' })],
    ['fraction_invalid', holding(), close({ fraction: '0.0000001' })],
    ['price_invalid', holding(), protect({ tpTriggerPx: '0' })],
    ['price_invalid', holding(), protect({ slTriggerPx: 'none' })],
    ['jurisdiction_blocked', [deposit()], start({ country: 'XX' }), strict],
    ['jurisdiction_blocked', [deposit()], start({ ...inYY, copyTotalAmt: '401' }), strict],
    ['jurisdiction_blocked', [deposit(), start({ ...inYY, copyTotalAmt: '400' }), confirm], add('1'), strict],
    [
      'jurisdiction_blocked',
      [deposit(), start({ ...inYY, copyTotalAmt: '400' })],
      start({ ...inYY, copyTotalAmt: '301', requestId: 't', providerId: 'q' }),
      strict,
    ],
    ['disclaimer_outdated', [deposit()], start(), parsePolicy('{"jurisdictions":{"*":{"disclaimers":["2027"]}}}')],
    ['disclaimer_outdated', [deposit()], start({ country: 'YY' }), strict],
  ])('%s', (reason, before, command, policy = defaultPolicy) => {
    const asked = reason === 'copy_unknown' ? ({ ...command, copyId: 'a~q~9' } as AnyRecord) : command;
    const driven = under(policy, ...before);
    const untouched = kept(driven);
    const [refused, ...more] = driven.give(asked);
    expect(refused).toMatchObject({ type: 'CommandRefused', reason, accountId: 'a' });
    expect((refused as { detail: string }).detail).toMatch(/^\S.*\.$/);
    expect(more).toEqual([]);
    expect(kept(driven)).toEqual(untouched);
    expect(driven.give(asked)).toEqual([]);
  });

  test('a copy of another account is unknown', () => {
    const driven = given(...active());
    expect(driven.give({ ...pause(), accountId: 'b' } as AnyRecord)).toMatchObject([{ reason: 'copy_unknown' }]);
  });
});

describe('one reason for each order that isn’t copied, the first of the list where several hold', () => {
  const all: Partial<ProviderOrder> = {
    blocked: ['provider_blocked', 'instrument_illiquid', 'instrument_blocked', 'kill_switch'],
  };
  const dust = { quantity: '0.1' };
  test.each<[string, AnyRecord[], AnyRecord, Policy?]>([
    ['record_unreadable', [deposit(), start()], order(1)],
    ['copy_stopped', [...active(), stop('market_close')], order(1)],
    ['copy_stopping', [...holding(), stop('copy_close')], order(2, { effect: 'increase' })],
    ['copy_stopping', [...holding(), endCopies()], order(2, closing)],
    ['unknown_position', active(), order(1, { ...closing, knownPosition: false })],
    ['nothing_to_close', active(), order(1, closing)],
    ['closed_by_follower', [...holding(), close({ fraction: '0.4' }), pause()], order(2, { effect: 'increase' })],
    ['copy_paused', [...active(), pause(), restrict('self_copy')], order(1, all)],
    ['kill_switch', [...active(), restrict('self_copy')], order(1, all)],
    ['self_copy', [...active(), restrict('provider_blocked'), restrict('self_copy')], order(1)],
    ['instrument_blocked', active({ copyInstIdType: 'custom', instIds: ['Y'] }), order(1)],
    ['instrument_blocked', active(), order(1, { blocked: ['provider_blocked', 'instrument_blocked'] })],
    ['instrument_illiquid', active(), order(1, { blocked: ['provider_blocked', 'instrument_illiquid'] })],
    ['provider_blocked', active(), order(1, { blocked: ['provider_blocked'], usage: null })],
    ['provider_blocked', [...active(), restrict('provider_blocked')], order(1)],
    ['provider_equity', active(), order(1, { usage: null, ...dust })],
    ['dust_order', active(), order(1, { effect: 'increase', ...dust })],
    ['joined_after_open', active({ maxLoss: '0.1' }), order(1, { effect: 'increase' })],
    ['max_open_trades', holdingOne(), order(2, { leadPositionId: 'other', openedByOrderNo: 2 })],
    ['max_per_symbol', active({ maxHoldSize: '50', overLimit: 'skip' }), order(1)],
    ['max_per_trade', active({ maxPerTrade: '0.1', overLimit: 'skip' }), order(1)],
    ['insufficient_balance', active({ copyAmt: '6000', allowPartial: false }), order(1)],
    ['below_lot', active({ copyAmt: '0.00001' }), order(1)],
    ['jurisdiction_blocked', [deposit(), start({ country: 'ZZ' }), confirm], order(1, { usage: null }), strict],
  ])('%s', (reason, before, command, policy = defaultPolicy) => {
    const driven = under(policy, ...before);
    const [decided] = driven.give(command);
    expect(decided).toMatchObject({ type: 'CopiesDecided', placed: [], skipped: [{ copyId, reason }] });
  });

  function holdingOne(): AnyRecord[] {
    return holding({ maxOpenTrades: 1 });
  }

  test('max_loss_reached, below_minimum', () => {
    const lossy = given(...holding({ slTotalAmt: '1' }), filled(`${copyId}#1`, '2.5'));
    const { copy } = lossy.state.entry(copyId)!;
    lossy.state.setCopy(lossy.state.entry(copyId)!, { ...copy, cash: decimal('499') });
    expect(lossy.give(order(2, { effect: 'increase' }))).toMatchObject([{ skipped: [{ reason: 'max_loss_reached' }] }]);
    const minimum = drive(positionSizer(instrumentTable({ X: { minimumNotional: '101' } })), 4);
    minimum.give(...active());
    expect(minimum.give(order(1))).toMatchObject([{ skipped: [{ reason: 'below_minimum', target: '2.5' }] }]);
  });

  test('an order worth less than dust is copied in proportion: it waits in the target', () => {
    const driven = given(...active({ mode: 'proportional' }));
    expect(driven.give(order(1, { quantity: '0.1', usage: '0.000000001' }))).toMatchObject([
      { skipped: [{ reason: 'below_lot', target: '0.0000000125' }] },
    ]);
  });
});
