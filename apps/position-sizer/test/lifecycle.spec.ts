import { text } from '@slipstream/domain';
import {
  active,
  closing,
  confirm,
  copyId,
  deposit,
  filled,
  given,
  line,
  mark,
  opening,
  order,
  start,
  stop,
  types,
  wallet,
} from './examples.js';
import {
  add,
  change,
  close,
  confirmWith,
  endCopies,
  midnight,
  pause,
  protect,
  reinstate,
  restrict,
  resume,
  takeOut,
} from './requests-examples.js';
import type { AnyRecord, ProviderOrder } from '@slipstream/contracts';

/** A copy of 500 that bought 2.5 X at 40 (100 USDT) and paid 0.05. */
const holding = (own: Parameters<typeof active>[0] = {}): AnyRecord[] => [
  ...active(own),
  order(1),
  filled(`${copyId}#1`, '2.5'),
];
const stateOf = (driven: ReturnType<typeof given>) => driven.state.entry(copyId)!;
const skipsOf = (events: readonly AnyRecord[]) =>
  events.flatMap((event) => (event.type === 'CopiesDecided' ? event.skipped.map(({ reason }) => reason) : []));
const other = (changes: Partial<ProviderOrder>) => ({ leadPositionId: 'other', openedByOrderNo: 2, ...changes });

describe('settings', () => {
  test('hold from the next order on; the open position keeps leverage and TP/SL of its opening order', () => {
    const driven = given(...holding({ tpRatio: '0.5' }));
    expect(driven.give(change({ copyAmt: '40', leverageMode: 'own', leverage: '2', tpRatio: '0.1' }))).toMatchObject([
      { type: 'CopySettingsChanged', requestId: 'change', copyId },
    ]);
    expect(driven.give(order(2, { effect: 'increase' }))).toMatchObject([
      { placed: [{ quantity: '1', leverage: '10' }] },
    ]);
    driven.give(filled(`${copyId}#2`, '1'));
    expect(driven.give(order(3, other({})))).toMatchObject([{ placed: [{ quantity: '1', leverage: '2' }] }]);
    driven.give(filled(`${copyId}#3`, '1'));
    // 44 is 10 % above: reached by the new position only.
    expect(driven.give(mark(100, '44'))).toMatchObject([
      { type: 'MarketTicked' },
      { type: 'PositionTriggered', leadPositionId: 'other', trigger: 'take_profit', mark: '44' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'take_profit', causeId: 'other' } },
    ]);
  });

  test('the same request again does nothing, another body under its id is refused', () => {
    const driven = given(...active(), change({ copyAmt: '40' }));
    expect(driven.give(change({ copyAmt: '40' }))).toEqual([]);
    expect(driven.give(change({ copyAmt: '41' }))).toMatchObject([{ reason: 'request_id_reused' }]);
    expect(text(stateOf(driven).terms.copyAmt)).toBe('40');
  });
});

describe('funds', () => {
  test('money goes in: wallet, copy, margin cap; the peak moves in proportion and slTotalAmt counts anew', () => {
    const driven = given(...active({ slTotalAmt: '60' }));
    expect(driven.give(add('100'))).toMatchObject([
      { type: 'CopyFundsAdded', amount: '100', copyTotalAmt: '600', equityBefore: '500' },
    ]);
    expect(wallet(driven)).toBe('400');
    const { copy, terms } = stateOf(driven);
    expect([copy.cash, copy.peak, copy.lossBase, terms.copyTotalAmt].map((value) => value && text(value))).toEqual([
      '600',
      '600',
      '600',
      '600',
    ]);
    expect(driven.give(add('100'))).toEqual([]);
  });

  test('money goes out, profit first: what was put in stays the cap', () => {
    const driven = given(...holding());
    driven.give(order(2, { ...closing, price: '80', mark: '80' }));
    driven.give(filled(`${copyId}#2`, '2.5', '80', '0'));
    // 500 − 0.05 + 100
    expect(driven.give(takeOut('99.95'))).toMatchObject([{ copyTotalAmt: '500', equityBefore: '599.95' }]);
    expect(driven.give(takeOut('100', 'more'))).toMatchObject([{ copyTotalAmt: '400', equityBefore: '500' }]);
    expect(wallet(driven)).toBe('699.95');
    expect(text(stateOf(driven).copy.cash)).toBe('400');
  });

  test('a flow moves the copy neither nearer to maxLoss nor further from it', () => {
    const driven = given(...holding({ maxLoss: '0.2' }), mark(100, '24'));
    const before = stateOf(driven).copy;
    expect(text(before.peak)).toBe('500');
    driven.give(takeOut('200'));
    const { copy } = stateOf(driven);
    // Equity 459.95 of a peak of 500, then 259.95 of 282.58…
    expect(text(copy.peak)).toBe('282.58506359');
    expect(copy.cash.minus(before.cash).toString()).toBe('-200');
  });
});

describe('pausing', () => {
  test('opens are skipped, closes are mirrored, increases of what was skipped are not copied after', () => {
    const driven = given(...holding());
    expect(types(driven.give(pause()))).toEqual(['CopyPaused']);
    expect(skipsOf(driven.give(order(2, other({}))))).toEqual(['copy_paused']);
    expect(driven.give(order(3, { effect: 'reduce', side: 'sell', fraction: '0.4' }))).toMatchObject([
      { placed: [{ quantity: '1', side: 'sell' }] },
    ]);
    expect(types(driven.give(resume()))).toEqual(['CopyResumed']);
    expect(skipsOf(driven.give(order(4, other({ effect: 'increase' }))))).toEqual(['joined_after_open']);
    expect(driven.give(order(5, { effect: 'increase' }))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });

  test('a paused copy can be stopped', () => {
    const driven = given(...active(), pause());
    expect(types(driven.give(stop('market_close')))).toEqual(['CopyStopping', 'CopyStopped']);
    expect(wallet(driven)).toBe('1000');
  });
});

describe('stopping', () => {
  test('manual_close: nothing is copied, the follower closes each position, then the money is back', () => {
    const driven = given(...holding());
    expect(types(driven.give(stop('manual_close')))).toEqual(['CopyStopping']);
    expect(skipsOf(driven.give(order(2, closing)))).toEqual(['copy_stopping']);
    expect(types(driven.give(close()))).toEqual(['PositionCloseRequested', 'CopyOrdersPlaced']);
    expect(types(driven.give(filled(`${copyId}#close_by_hand-1`, '2.5', '40', '0')))).toEqual([
      'CopyOrdersEnded',
      'CopyStopped',
    ]);
    expect(wallet(driven)).toBe('999.95');
  });

  test('stopped while its open is under way, and the venue rejects that and then the close: it is over all the same', () => {
    const driven = given(...active(), order(1), stop('market_close'));
    expect(types(driven.give(filled(`${copyId}#1`, '0')))).toEqual(['CopyOrdersEnded']);
    expect(types(driven.give(filled(`${copyId}#stop-1`, '0')))).toEqual(['CopyOrdersEnded', 'CopyStopped']);
    expect(wallet(driven)).toBe('1000');
  });

  test('the provider stops leading, or turns the follower away: it ends as its settings say', () => {
    for (const reason of ['provider_retired', 'removed_by_provider'] as const) {
      const driven = given(...holding({ subPosCloseType: 'copy_close' }));
      expect(driven.give(endCopies(reason))).toMatchObject([
        { type: 'CopyStopping', reason, subPosCloseType: 'copy_close', requestId: null },
      ]);
      expect(driven.give(endCopies(reason))).toEqual([]);
      driven.give(order(2, closing));
      expect(types(driven.give(filled(`${copyId}#2`, '2.5')))).toEqual(['CopyOrdersEnded', 'CopyStopped']);
    }
  });

  test('stopCopyOnClose: the copy ends with the first lead position that it has and the provider closes', () => {
    const driven = given(...holding({ stopCopyOnClose: true }), order(2, other({ instrument: 'Y' })));
    driven.give(filled(`${copyId}#2`, '2.5'));
    expect(types(driven.give(order(3, { leadPositionId: 'unknown', ...closing })))).toEqual(['CopiesDecided']);
    expect(driven.give(order(4, closing))).toMatchObject([
      { type: 'CopiesDecided', placed: [{ quantity: '2.5' }] },
      { type: 'CopyStopping', reason: 'stop_copy_on_close', subPosCloseType: 'market_close' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'stop', causeId: 'other', instrument: 'Y' } },
    ]);
    driven.give(filled(`${copyId}#4`, '2.5', '40', '0'));
    expect(types(driven.give(filled(`${copyId}#stop-1`, '2.5', '40', '0')))).toEqual([
      'CopyOrdersEnded',
      'CopyStopped',
    ]);
  });
});

describe('closing and protecting by hand', () => {
  test('a part: what is left is the follower’s own, and the provider’s orders are skipped', () => {
    const driven = given(...holding());
    expect(driven.give(close({ fraction: '0.4' }))).toMatchObject([
      { type: 'PositionCloseRequested', leadPositionId: 'lead', fraction: '0.4' },
      { type: 'CopyOrdersPlaced', placed: [{ quantity: '1', side: 'sell', reduceOnly: true, target: '1.5' }] },
    ]);
    driven.give(filled(`${copyId}#close_by_hand-1`, '1'));
    const skips = [
      order(2, { effect: 'reduce', side: 'sell', fraction: '0.5' }),
      order(3, { effect: 'increase' }),
      order(4, closing),
    ].flatMap((command) => skipsOf(driven.give(command)));
    expect(skips).toEqual(['closed_by_follower', 'closed_by_follower', 'closed_by_follower']);
    driven.give(close({}, 'rest'));
    driven.give(filled(`${copyId}#close_by_hand-2`, '1.5'));
    expect(stateOf(driven).copy.positions).toEqual([]);
  });

  test('the whole: remembered until the lead position is over', () => {
    const driven = given(...holding(), close(), filled(`${copyId}#close_by_hand-1`, '2.5'));
    expect(skipsOf(driven.give(order(2, { effect: 'increase' })))).toEqual(['closed_by_follower']);
    expect(skipsOf(driven.give(order(3, { effect: 'reduce', side: 'sell', fraction: '0.5' })))).toEqual([
      'nothing_to_close',
    ]);
    expect(stateOf(driven).copy.positions).toHaveLength(1);
    expect(skipsOf(driven.give(order(4, closing)))).toEqual(['nothing_to_close']);
    expect(stateOf(driven).copy.positions).toEqual([]);
  });

  test('trigger prices replace the ratios; null takes them away', () => {
    const driven = given(...holding({ slRatio: '0.1' }));
    expect(types(driven.give(protect({ tpTriggerPx: '50', slTriggerPx: '30' })))).toEqual(['PositionProtected']);
    expect(types(driven.give(mark(100, '35')))).toEqual(['MarketTicked']);
    expect(types(driven.give(mark(200, '30')))).toEqual(['PositionTriggered', 'CopyOrdersPlaced']);
    const free = given(...holding({ slRatio: '0.1' }), protect());
    expect(types(free.give(mark(100, '20')))).toEqual(['MarketTicked']);
  });
});

describe('joining what is open', () => {
  test('one decision for each open lead position, outside the numbered ones, then its orders are copied', () => {
    const driven = given(deposit(), start({}, { copyOpenPositions: true }));
    expect(driven.give(confirmWith({ price: '50', mark: '50', openedByOrderNo: 3, orderNo: 3 }))).toMatchObject([
      { type: 'CopyConfirmed', fromOrder: 5 },
      { type: 'OpenPositionJoined', placed: [{ orderId: `${copyId}#join_open-1`, quantity: '2', reduceOnly: false }] },
    ]);
    expect(driven.sent.at(-1)).toMatchObject({
      record: { type: 'PlaceOrders', terms: { causeType: 'join_open', orderNo: null, mark: '50' } },
    });
    driven.give(filled(`${copyId}#join_open-1`, '2', '50'));
    expect(driven.give(order(5, { effect: 'increase', openedByOrderNo: 3 }))).toMatchObject([
      { placed: [{ quantity: '2.5' }] },
    ]);
    expect(driven.give(order(6, { ...closing, openedByOrderNo: 3 }))).toMatchObject([
      { placed: [{ quantity: '4.5' }] },
    ]);
  });

  test('what can’t be joined says why', () => {
    const driven = given(deposit(), start({}, { copyOpenPositions: true }));
    expect(driven.give(confirmWith({ blocked: ['kill_switch'] }))).toMatchObject([
      { type: 'CopyConfirmed' },
      { type: 'OpenPositionJoined', placed: [], skipped: [{ reason: 'kill_switch' }] },
    ]);
    expect(stateOf(driven).copy.lastOrder).toBe(4);
  });
});

describe('what stands on a copy or account', () => {
  test('a restriction stops opens until it is lifted, never closes', () => {
    const driven = given(...holding(), restrict('self_copy'));
    expect(driven.give(restrict('self_copy'))).toEqual([]);
    expect(skipsOf(driven.give(order(2, { effect: 'increase' })))).toEqual(['self_copy']);
    expect(driven.give(restrict('self_copy', false))).toMatchObject([{ type: 'CopyRestricted', restricted: false }]);
    expect(driven.give(order(3, { effect: 'increase' }))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });

  test('a suspended account opens again when an operator has reinstated it', () => {
    const driven = given(...active());
    driven.state.setAccount({ ...driven.state.account('a'), suspended: true });
    expect(skipsOf(driven.give(order(1)))).toEqual(['account_suspended']);
    expect(types(driven.give(reinstate()))).toEqual(['AccountReinstated']);
    expect(driven.give(reinstate('again'))).toMatchObject([{ reason: 'account_not_suspended' }]);
    expect(driven.give(order(2, other({})))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });
});

test('at UTC midnight each provider of the line is told what the copies hold', () => {
  const driven = given(...holding());
  expect(driven.give(midnight(86_400_000, '20'))).toMatchObject([
    { type: 'MarketTicked', boundary: true },
    // 499.95 − 2.5 × 20
    { type: 'AumMeasured', line, at: 86_400_000, providers: [{ providerId: 'p', aum: '449.95', copies: 1 }] },
  ]);
  expect(driven.sent.at(-1)).toMatchObject({
    partition: line,
    record: { type: 'RecordAum', providerId: 'p', accountsPartition: 4, aum: '449.95', copies: 1 },
  });
});

test('state saved before copies had a care, a loss base or restrictions goes on', () => {
  const driven = given(...holding());
  const { copy, terms } = stateOf(driven);
  const [position] = copy.positions;
  const { care: _care, ...bare } = position!;
  const { lossBase: _base, restrictions: _restrictions, ...old } = copy;
  const { country: _country, ...oldTerms } = terms;
  const { marginMode: _mode, ...oldSettings } = terms.settings;
  driven.store.set(`copy/${copyId}`, { ...old, positions: [bare] });
  driven.store.set(`terms/${copyId}`, { ...oldTerms, settings: oldSettings });
  const reloaded = driven.reloaded();
  expect(reloaded.give(order(2, closing))).toEqual(driven.give(order(2, closing)));
  expect(opening.effect).toBe('open');
  expect(confirm.type).toBe('ConfirmCopy');
});
