import { partitionCount, partitionOf, type AnyRecord, type Records } from '@slipstream/contracts';
import { instrumentTable, parsePolicy, plainApplication, providerEquity, text } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { copyEngine } from '../src/fold.js';
import type { Providers } from '../src/state.js';

const line = partitionOf('p', partitionCount);
const day = 86_400_000;
/** 1 January 2024, a Monday. */
const monday = Date.UTC(2024, 0, 1);

const apply = (changes: Partial<Records['RegisterProvider']> = {}): AnyRecord => ({
  ...plainApplication,
  type: 'RegisterProvider',
  requestId: 'apply',
  providerId: 'p',
  displayName: 'P',
  startingCapital: '1000',
  profitShareRatio: '0.1',
  ownerId: 'owner',
  occurredAt: monday,
  ...changes,
});
const ask = (type: AnyRecord['type'], changes: object = {}, requestId: string = type): AnyRecord =>
  ({ type, requestId, providerId: 'p', occurredAt: monday + 5, ...changes }) as AnyRecord;
const follow = (accountId: string, changes: object = {}): AnyRecord => ({
  type: 'AddFollower',
  providerId: 'p',
  accountId,
  copyId: `${accountId}~p~1`,
  ownerId: '',
  copyOpenPositions: false,
  occurredAt: monday + 6,
  ...changes,
});
const fills = (sequence: number, side: 'buy' | 'sell', quantity: string, changes: object = {}): AnyRecord => ({
  type: 'RecordProviderFills',
  providerId: 'p',
  venueOrderId: 'v',
  clientOrderId: null,
  instrument: 'X',
  side,
  positionSide: 'net',
  leverage: null,
  marginMode: null,
  fills: [
    { sequence, tradeId: null, price: '10', quantity, fee: '0', feeAsset: 'USDT', realisedPnl: null, occurredAt: 2 },
  ],
  ...changes,
});
const funds = (sequence: number, kind: string, amount: string): AnyRecord =>
  ({ type: 'RecordProviderFunds', providerId: 'p', sequence, kind, amount, occurredAt: 9 }) as AnyRecord;
const tick = (at: number, boundary = true, price = '10'): AnyRecord => ({
  type: 'MarkPrices',
  at,
  boundary,
  line: null,
  marks: [{ instrument: 'X', price }],
});
const aum = (at: number, amount: string, accountsPartition = 0): AnyRecord => ({
  type: 'RecordAum',
  providerId: 'p',
  accountsPartition,
  at,
  aum: amount,
  copies: 1,
});
const kill = (scope: 'platform' | 'provider' | 'instrument', target: string, on = true): AnyRecord => ({
  type: 'SetKillSwitch',
  requestId: 'kill',
  scope,
  target,
  on,
  reason: 'test',
  occurredAt: 3,
});
const given = (...commands: AnyRecord[]): Driven<Providers> => {
  const driven = drive(copyEngine(instrumentTable()), line);
  driven.give(...commands);
  return driven;
};
const sentTo = (driven: Driven<Providers>, type: AnyRecord['type']) =>
  driven.sent.filter(({ record }) => record.type === type);
const blockedOf = (events: readonly AnyRecord[]) =>
  events.map((event) => (event.type === 'ProviderOrderTaken' ? event.order.blocked : event.type));

describe('application', () => {
  test.each<[string, Partial<Records['RegisterProvider']>]>([
    ['display_name_missing', { displayName: ' ' }],
    ['equity_too_low', { startingCapital: '99.99' }],
    ['equity_too_low', { startingCapital: '-1' }],
    ['profit_share_out_of_range', { profitShareRatio: '0.049' }],
    ['profit_share_out_of_range', { profitShareRatio: '0.11' }],
    ['profit_share_out_of_range', { subscriptionPrice: '5' }],
    ['subscription_invalid', { feeModel: 'subscription', profitShareRatio: '0' }],
    ['subscription_invalid', { feeModel: 'subscription', profitShareRatio: '0.1', subscriptionPrice: '5' }],
    ['value_unknown', { feeModel: 'tips' as 'subscription' }],
    ['value_unknown', { settlementPeriod: 'daily' as 'weekly' }],
    ['value_unknown', { visibility: 'hidden' as 'private' }],
    ['disclaimer_missing', { disclaimerVersion: '' }],
    ['disclaimer_outdated', { disclaimerVersion: '1999' }],
  ])('refused: %s %j', (reason, changes) => {
    const driven = given();
    expect(driven.give(apply(changes))).toMatchObject([{ type: 'ProviderCommandRefused', reason, providerId: 'p' }]);
    expect(driven.state.provider('p')).toBeUndefined();
  });

  test('once; the same again does nothing, another application is refused', () => {
    const driven = given(apply({ feeModel: 'subscription', profitShareRatio: '0', subscriptionPrice: '20' }));
    expect(driven.give(apply({ feeModel: 'subscription', profitShareRatio: '0', subscriptionPrice: '20' }))).toEqual(
      [],
    );
    expect(driven.give(apply())).toMatchObject([{ reason: 'request_id_reused' }]);
    expect(driven.give(apply({ requestId: 'b' }))).toMatchObject([{ reason: 'already_registered' }]);
  });

  test('where leading isn’t offered', () => {
    const policy = parsePolicy('{"jurisdictions":{"XX":{"roles":["follower"]}}}');
    const driven = drive(copyEngine(instrumentTable(), policy), line);
    expect(driven.give(apply({ country: 'XX' }))).toMatchObject([{ reason: 'jurisdiction_blocked' }]);
    expect(driven.give(apply({ requestId: 'b', country: 'DE' }))).toMatchObject([{ type: 'ProviderRegistered' }]);
  });
});

describe('terms', () => {
  const terms = (changes: object = {}, requestId = 't'): AnyRecord =>
    ask('ChangeProviderTerms', { ...plainApplication, profitShareRatio: '0.05', ...changes }, requestId);

  test('announced at once, in force at the first tick of the next period', () => {
    const driven = given(apply());
    expect(driven.give(terms())).toMatchObject([
      { type: 'ProviderTermsAnnounced', profitShareRatio: '0.05', effectiveFrom: monday + 7 * day },
    ]);
    expect(driven.give(tick(monday + 6 * day))).toMatchObject([{ type: 'MarketTicked' }]);
    expect(driven.give(tick(monday + 7 * day))).toMatchObject([
      { type: 'MarketTicked' },
      { type: 'ProviderTermsChanged', profitShareRatio: '0.05', occurredAt: monday + 7 * day },
    ]);
    expect(driven.give(tick(monday + 8 * day))).toHaveLength(1);
    expect(driven.state.profile('p')).toMatchObject({ terms: { profitShareRatio: '0.05' }, announced: null });
  });

  test('a later announcement takes the place of an earlier one; monthly ends with the month', () => {
    const driven = given(apply({ settlementPeriod: 'monthly' }), terms());
    driven.give(terms({ profitShareRatio: '0.08' }, 'u'));
    expect(driven.give(tick(Date.UTC(2024, 1, 1))).slice(1)).toMatchObject([{ profitShareRatio: '0.08' }]);
  });

  test('refused like those of an application, and once retired', () => {
    const driven = given(apply());
    expect(driven.give(terms({ profitShareRatio: '0.31' }))).toMatchObject([{ reason: 'profit_share_out_of_range' }]);
    driven.give(ask('StopLeading'));
    expect(driven.give(terms({}, 'u'))).toMatchObject([{ reason: 'provider_retired' }]);
    expect(driven.give(ask('ChangeProviderTerms', { providerId: 'q' }))).toMatchObject([
      { reason: 'provider_unknown' },
    ]);
  });
});

describe('who may follow', () => {
  test('a private provider is followed by invitation', () => {
    const driven = given(apply({ visibility: 'private' }));
    expect(driven.give(follow('a'))).toMatchObject([{ type: 'FollowerRefused', reason: 'not_invited' }]);
    driven.give(ask('InviteFollower', { accountId: 'a', invited: true }));
    expect(driven.give(follow('a'))).toMatchObject([{ type: 'FollowerAdmitted' }]);
    driven.give(ask('ChangeProviderVisibility', { visibility: 'public' }));
    expect(driven.give(follow('b'))).toMatchObject([{ type: 'FollowerAdmitted' }]);
  });

  test('one that is blocked is turned away, its copy ends; it may come again when it is no longer', () => {
    const driven = given(apply(), follow('a'));
    expect(driven.give(ask('BlockFollower', { accountId: 'a', blocked: true }))).toMatchObject([
      { type: 'FollowerBlocked' },
      { type: 'FollowerDismissed', copyId: 'a~p~1' },
    ]);
    expect(driven.give(ask('BlockFollower', { accountId: 'a', blocked: true }))).toEqual([]);
    expect(sentTo(driven, 'EndCopies')).toMatchObject([
      {
        partition: partitionOf('a', partitionCount),
        record: { reason: 'removed_by_provider', copies: [{ copyId: 'a~p~1' }] },
      },
    ]);
    driven.give({ ...follow('a'), type: 'RemoveFollower' } as AnyRecord);
    expect(driven.give(follow('a', { copyId: 'a~p~2' }))).toMatchObject([{ reason: 'provider_blocked' }]);
    driven.give(ask('BlockFollower', { accountId: 'a', blocked: false }, 'unblock'));
    expect(driven.give(follow('a', { copyId: 'a~p~2' }))).toMatchObject([{ type: 'FollowerAdmitted' }]);
  });

  test('a dismissed follower may come again; who doesn’t follow can’t be dismissed', () => {
    const driven = given(apply());
    expect(driven.give(ask('DismissFollower', { accountId: 'a' }))).toMatchObject([{ reason: 'follower_unknown' }]);
    driven.give(follow('a'));
    expect(driven.give(ask('DismissFollower', { accountId: 'a' }, 'd'))).toMatchObject([{ type: 'FollowerDismissed' }]);
  });

  test.each<[string, AnyRecord[], AnyRecord]>([
    ['the provider itself', [], follow('p')],
    ['an account of the same person', [], follow('a', { ownerId: 'owner' })],
    ['a linked account', [ask('LinkAccount', { accountId: 'a' })], follow('a')],
  ])('nobody copies oneself: %s', (_, before, command) => {
    expect(given(apply(), ...before).give(command)).toMatchObject([{ reason: 'self_copy' }]);
  });

  test('a link that is found later stops what runs', () => {
    const driven = given(apply(), follow('a'), ask('LinkAccount', { accountId: 'a' }));
    expect(sentTo(driven, 'RestrictCopies')).toMatchObject([
      { record: { reason: 'self_copy', restricted: true, copies: [{ copyId: 'a~p~1' }] } },
    ]);
  });

  test('a provider that stops leading: all copies end, nobody may follow, its fills are still taken', () => {
    const driven = given(apply(), follow('a'), follow('b'), follow('c'));
    expect(driven.give(ask('StopLeading'))).toMatchObject([{ type: 'ProviderRetired' }]);
    expect(driven.give(ask('StopLeading', {}, 'again'))).toMatchObject([{ reason: 'provider_retired' }]);
    const ended = sentTo(driven, 'EndCopies').flatMap(({ record }) =>
      record.type === 'EndCopies' ? record.copies : [],
    );
    expect(ended.map(({ accountId }) => accountId).sort()).toEqual(['a', 'b', 'c']);
    expect(driven.give(follow('d'))).toMatchObject([{ reason: 'provider_retired' }]);
    expect(blockedOf(driven.give(fills(1, 'buy', '2'), fills(2, 'sell', '1')))).toEqual([['provider_blocked'], []]);
  });
});

test('slots by level: full is full, more assets make more of them', () => {
  const levels = [
    { aum: '0', profitShareMax: '0.1', slots: 1 },
    { aum: '100', profitShareMax: '0.3', slots: 2 },
  ];
  const driven = drive(copyEngine(instrumentTable(), parsePolicy(JSON.stringify({ levels }))), line);
  driven.give(apply(), follow('a'));
  expect(driven.give(follow('b'))).toMatchObject([{ type: 'FollowerRefused', reason: 'slots_full' }]);
  driven.give(tick(monday + day), aum(monday + day, '150', 1), aum(monday + day, '50', 2));
  expect(driven.give(tick(monday + 2 * day))).toMatchObject([
    { type: 'MarketTicked' },
    { type: 'ProviderLevelChanged', level: 1, meanAum: '200' },
  ]);
  expect(driven.give(follow('b'))).toMatchObject([{ type: 'FollowerAdmitted' }]);
  // Higher terms are allowed now; when the mean falls again they are cut from the next period on.
  driven.give(ask('ChangeProviderTerms', { ...plainApplication, profitShareRatio: '0.3' }), tick(monday + 3 * day));
  expect(driven.give(tick(monday + 4 * day))).toMatchObject([
    { type: 'MarketTicked' },
    { type: 'ProviderLevelChanged', level: 0, meanAum: '66.66666667' },
    { type: 'ProviderTermsAnnounced', requestId: '', profitShareRatio: '0.1', effectiveFrom: monday + 7 * day },
  ]);
});

describe('kill switch', () => {
  test.each([
    ['platform', ''],
    ['provider', 'p'],
    ['instrument', 'X'],
  ] as const)('%s: opens are blocked, closes are not, until it is off', (scope, target) => {
    const driven = given(apply());
    expect(driven.give(kill(scope, target))).toMatchObject([{ type: 'KillSwitchSet', scope, target, on: true }]);
    expect(driven.give(kill(scope, target))).toEqual([]);
    expect(blockedOf(driven.give(fills(1, 'buy', '2'), fills(2, 'sell', '1')))).toEqual([['kill_switch'], []]);
    driven.give(kill(scope, target, false));
    expect(blockedOf(driven.give(fills(3, 'buy', '1')))).toEqual([[]]);
  });

  test('of another provider or instrument concerns nobody else', () => {
    const driven = given(apply(), kill('provider', 'q'), kill('instrument', 'Y'));
    expect(blockedOf(driven.give(fills(1, 'buy', '2')))).toEqual([[]]);
  });

  test('instruments that are blocked or illiquid by policy, a provider blocked by an operator', () => {
    const policy = parsePolicy('{"blockedInstruments":["X"],"illiquidInstruments":["X"]}');
    const driven = drive(copyEngine(instrumentTable(), policy), line);
    driven.give(apply(), ask('BlockProvider', { blocked: true, reason: 'wash trades' }));
    expect(blockedOf(driven.give(fills(1, 'buy', '2')))).toEqual([
      ['instrument_blocked', 'instrument_illiquid', 'provider_blocked'],
    ]);
  });
});

describe('copies of copies', () => {
  test('an order that one of our copies placed is never an order of a provider', () => {
    const driven = given(apply(), follow('a'));
    expect(driven.give(fills(1, 'buy', '2', { clientOrderId: 'p~q~1#7' }))).toMatchObject([
      { type: 'ProviderFillsRefused', reason: 'copy_of_copy' },
    ]);
    expect(driven.give(fills(2, 'buy', '2', { clientOrderId: 'my-own~order' }))).toMatchObject([
      { type: 'ProviderOrderTaken', order: { orderNo: 1 } },
    ]);
  });
});

describe('joining', () => {
  test('in the middle of a fill: only what comes later is owed, as an increase', () => {
    const driven = given(apply(), fills(1, 'buy', '2'), follow('a'), fills(2, 'buy', '2'));
    const [, second] = driven.events('ProviderOrderTaken');
    expect(second).toMatchObject({ owed: 1, order: { orderNo: 2, effect: 'increase', openedByOrderNo: 1 } });
    expect(driven.events('FollowerAdmitted')).toMatchObject([{ fromOrder: 2, joins: [] }]);
  });

  test('with what is open: each lead position as an open at the current mark', () => {
    const driven = given(apply(), fills(1, 'sell', '2'), tick(monday + 5, false, '12'));
    driven.give(follow('a', { copyOpenPositions: true }));
    const joins = [
      {
        orderNo: 1,
        effect: 'open',
        leadPositionId: 'p/X/net/1',
        openedByOrderNo: 1,
        side: 'sell',
        positionSide: 'net',
        price: '12',
        mark: '12',
        quantity: '2',
        // 24 ÷ (1,000 − 4)
        usage: '0.02409638554216867470',
        occurredAt: monday + 6,
      },
    ];
    expect(driven.events('FollowerAdmitted')).toMatchObject([
      { fromOrder: 2, joins: [{ ...joins[0], usage: '0.0240963855421686747' }] },
    ]);
    expect(sentTo(driven, 'ConfirmCopy')).toMatchObject([{ record: { joins: [{ leadPositionId: 'p/X/net/1' }] } }]);
  });
});

describe('money of the provider', () => {
  const equityOf = (driven: Driven<Providers>): string => {
    const { prices } = driven.state.marks;
    return text(providerEquity(driven.state.provider('p')!, (id) => prices[id], instrumentTable()));
  };

  test('deposits, withdrawals and funding count; what the venue says overrides', () => {
    const driven = given(apply(), fills(1, 'buy', '2'), tick(monday + 5, false, '15'));
    expect(equityOf(driven)).toBe('1010');
    driven.give(funds(2, 'deposit', '500'), funds(3, 'withdrawal', '10'), funds(4, 'funding', '-0.5'));
    expect(equityOf(driven)).toBe('1499.5');
    expect(driven.give(funds(5, 'equity', '2000'))).toMatchObject([
      { type: 'ProviderFundsRecorded', equityBefore: '1499.5', equityAfter: '2000' },
    ]);
    driven.give(tick(monday + 6, false, '16'));
    expect(equityOf(driven)).toBe('2002');
  });

  test.each([
    ['sequence_repeated', funds(1, 'deposit', '5')],
    ['fill_invalid', funds(2, 'deposit', '-5')],
    ['fill_invalid', funds(2, 'withdrawal', '0')],
    ['fill_invalid', funds(2, 'gift', '5')],
    ['fill_invalid', funds(2, 'equity', 'much')],
  ])('refused: %s', (reason, command) => {
    expect(given(apply(), fills(1, 'buy', '2')).give(command)).toMatchObject([
      { type: 'ProviderFillsRefused', reason },
    ]);
  });
});

test('what an earlier version saved goes on: no profile, no funds', () => {
  const driven = given(apply(), fills(1, 'buy', '2'));
  const { funds: _funds, ...old } = driven.state.provider('p')!;
  driven.store.set('provider/p', old);
  driven.store.delete('profile/p');
  const reloaded = driven.reloaded();
  expect(reloaded.give(follow('a'))).toMatchObject([{ type: 'FollowerAdmitted' }]);
  expect(reloaded.give(ask('ChangeProviderVisibility', { visibility: 'private' }))).toHaveLength(1);
  expect(reloaded.give(follow('b'))).toMatchObject([{ reason: 'not_invited' }]);
});
