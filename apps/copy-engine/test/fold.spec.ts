import {
  partitionCount,
  partitionOf,
  streams,
  type AnyRecord,
  type CopyOrders,
  type SourceFill,
} from '@slipstream/contracts';
import { instrumentTable, plainApplication } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { copyEngine } from '../src/fold.js';
import type { Providers } from '../src/state.js';

const fold = copyEngine(instrumentTable());
const register: AnyRecord = {
  ...plainApplication,
  type: 'RegisterProvider',
  requestId: 'r',
  providerId: 'p',
  displayName: 'P',
  startingCapital: '1000',
  profitShareRatio: '0.1',
  occurredAt: 1,
};
const add = (accountId: string, count = 1): AnyRecord => ({
  type: 'AddFollower',
  providerId: 'p',
  accountId,
  copyId: `${accountId}~p~${count}`,
  copyOpenPositions: false,
  ownerId: '',
  occurredAt: 2,
});
const remove = (accountId: string): AnyRecord => ({
  type: 'RemoveFollower',
  providerId: 'p',
  accountId,
  copyId: `${accountId}~p~1`,
  occurredAt: 3,
});
const fill = (sequence: number, quantity = '1', price = '10'): SourceFill => ({
  sequence,
  tradeId: null,
  price,
  quantity,
  fee: '0.1',
  feeAsset: 'USDT',
  realisedPnl: null,
  occurredAt: sequence,
});
const fills = (side: 'buy' | 'sell', ...list: SourceFill[]): AnyRecord => ({
  type: 'RecordProviderFills',
  providerId: 'p',
  clientOrderId: null,
  venueOrderId: null,
  instrument: 'X',
  side,
  positionSide: 'net',
  leverage: null,
  marginMode: null,
  fills: list,
});
const marks = (at: number, boundary = false, ...prices: [string, string][]): AnyRecord => ({
  type: 'MarkPrices',
  at,
  boundary,
  line: null,
  marks: prices.map(([instrument, price]) => ({ instrument, price })),
});
const given = (...commands: AnyRecord[]): Driven<Providers> => {
  const driven = drive(fold, 5);
  driven.give(register, ...commands);
  return driven;
};
const orders = (driven: Driven<Providers>): CopyOrders[] =>
  driven.sent.map(({ record }) => record).filter((record): record is CopyOrders => record.type === 'CopyOrders');

test('a provider is registered once', () => {
  const driven = given(register);
  expect(driven.journal).toMatchObject([{ type: 'ProviderRegistered', providerId: 'p' }]);
});

test('fills of nobody are refused', () => {
  const driven = drive(fold);
  expect(driven.give(fills('buy', fill(1)))).toMatchObject([
    { type: 'ProviderFillsRefused', reason: 'provider_unknown' },
  ]);
});

test('an order goes to every follower, one record per accounts partition, sorted by copy', () => {
  const accounts = Array.from({ length: 40 }, (_, index) => `follower-${String(index).padStart(4, '0')}`);
  const driven = given(...accounts.toReversed().map((id) => add(id)), fills('buy', fill(1)));
  expect(driven.events('ProviderOrderTaken')).toMatchObject([{ owed: 40, order: { orderNo: 1, effect: 'open' } }]);
  const sent = driven.sent.filter(({ record }) => record.type === 'CopyOrders');
  expect(sent.map(({ partition }) => partition)).toEqual(
    [...new Set(accounts.map((id) => partitionOf(id, partitionCount)))].sort((a, b) => a - b),
  );
  for (const { record, partition, to, key } of sent) {
    const copies = (record as CopyOrders).copies.map(({ accountId }) => accountId);
    expect(copies).toEqual(accounts.filter((id) => partitionOf(id, partitionCount) === partition));
    expect([to, key, (record as CopyOrders).line]).toEqual([streams.accountsCommands, null, 5]);
  }
});

test('a follower is owed the next number on, and nothing once it has left', () => {
  const driven = given(
    fills('buy', fill(1)),
    add('a'),
    fills('buy', fill(2)),
    remove('a'),
    remove('a'),
    fills('buy', fill(3)),
  );
  expect(driven.events('FollowerAdmitted')).toMatchObject([{ fromOrder: 2, joins: [] }]);
  expect(driven.events('FollowerRemoved')).toMatchObject([{ afterOrder: 2 }]);
  expect(orders(driven).map(({ order }) => order.orderNo)).toEqual([2]);
  const fees = {
    feeModel: 'profit_share',
    profitShareRatio: '0.1',
    subscriptionPrice: null,
    settlementPeriod: 'weekly',
  };
  expect(driven.sent).toContainEqual({
    to: streams.accountsCommands,
    key: 'a',
    partition: partitionOf('a', partitionCount),
    record: {
      type: 'ConfirmCopy',
      accountId: 'a',
      copyId: 'a~p~1',
      providerId: 'p',
      fromOrder: 2,
      joins: [],
      fees,
      announced: null,
    },
  });
});

test.each<[string, AnyRecord[], AnyRecord, string]>([
  ['an unknown provider', [], { ...add('a'), providerId: 'q' } as AnyRecord, 'provider_unknown'],
  ['itself', [], add('p'), 'self_copy'],
  ['a second copy of the same account', [add('a')], add('a', 2), 'already_following'],
])('refused: %s', (_, before, command, reason) => {
  const driven = given(...before);
  expect(driven.give(command)).toMatchObject([{ type: 'FollowerRefused', reason }]);
  expect(driven.sent.at(-1)?.record).toMatchObject({ type: 'RefuseCopy', reason });
});

test('the same AddFollower again does nothing', () => {
  expect(given(add('a')).give(add('a'))).toEqual([]);
});

test('repeated sequences are refused, the fresh fills of the same record count', () => {
  const driven = given(fills('buy', fill(1), fill(2)));
  expect(driven.give(fills('buy', fill(1), fill(2)))).toMatchObject([
    { type: 'ProviderFillsRefused', reason: 'sequence_repeated', firstSequence: 1, lastSequence: 2 },
  ]);
  const events = driven.give(fills('buy', fill(2), fill(5), fill(5), fill(4), fill(9)));
  expect(events).toMatchObject([
    { type: 'ProviderFillsRefused', reason: 'sequence_repeated', firstSequence: 2, lastSequence: 4 },
    { type: 'ProviderOrderTaken', order: { orderNo: 2, quantity: '2', providerOrderId: 'p/5' }, positionAfter: '4' },
  ]);
});

test('one bad fill refuses the whole record and changes nothing', () => {
  const driven = given();
  expect(driven.give(fills('buy', fill(1), fill(2, '-1')))).toMatchObject([
    { type: 'ProviderFillsRefused', reason: 'fill_invalid', firstSequence: 1, lastSequence: 2 },
  ]);
  expect(driven.give(fills('buy', fill(1)))).toMatchObject([{ type: 'ProviderOrderTaken', positionAfter: '1' }]);
});

test('one fill through zero is owed as two orders', () => {
  const driven = given(add('a'), fills('buy', fill(1)), fills('sell', fill(2, '3')));
  expect(orders(driven).map(({ order }) => [order.orderNo, order.providerOrderId, order.effect])).toEqual([
    [1, 'p/1', 'open'],
    [2, 'p/2/close', 'close'],
    [3, 'p/2/open', 'open'],
  ]);
});

test('marks pass to all accounts partitions with this line, and the mark of an order is the latest of them', () => {
  const driven = given(add('a'), fills('buy', fill(1)), marks(1, false, ['X', '12']), fills('buy', fill(2)));
  const passed = driven.sent.filter(({ record }) => record.type === 'MarkPrices');
  expect(passed.map(({ partition }) => partition)).toEqual(Array.from({ length: partitionCount }, (_, p) => p));
  expect(passed[0]?.record).toEqual({ ...marks(1, false, ['X', '12']), line: 5 });
  expect(orders(driven).map(({ order }) => order.mark)).toEqual(['10', '12']);
  expect(driven.events('ProviderOrderTaken')[1]?.equityBefore).toBe('1001.9');
});

test('a tick per minute with what changed, all of it at a boundary, never backwards', () => {
  const driven = given(
    marks(60_000, false, ['B', '1'], ['A', '2']),
    marks(60_500, false, ['A', '3']),
    marks(119_999),
    marks(120_001),
    marks(90_000, false, ['A', '4']),
    marks(86_400_000, true),
    marks(86_400_000, true),
    marks(86_400_001),
  );
  expect(
    driven
      .events('MarketTicked')
      .map(({ at, boundary, marks }) => [at, boundary, marks.map((m) => `${m.instrument}=${m.price}`).join()]),
  ).toEqual([
    [60_000, false, 'A=2,B=1'],
    [120_000, false, 'A=3'],
    [86_400_000, true, 'A=4,B=1'],
  ]);
});

test('after a save and a load everything comes out the same', () => {
  const commands = [add('b'), add('a'), marks(1, false, ['X', '11']), fills('buy', fill(1, '0.3', '7'))];
  const then = [
    fills('sell', fill(2, '0.1', '9')),
    add('c'),
    fills('sell', fill(3, '1', '8')),
    remove('b'),
    fills('buy', fill(4)),
  ];
  const straight = given(...commands);
  const loaded = given(...commands).reloaded();
  expect(loaded.give(...then)).toEqual(straight.give(...then));
  expect(loaded.sent).toEqual(straight.sent.slice(-loaded.sent.length));
});
