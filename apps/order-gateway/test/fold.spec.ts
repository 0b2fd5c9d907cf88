import type { AnyRecord, OrderLeg, OrderTerms, VenueReport } from '@slipstream/contracts';
import { decimal, instrumentTable } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { orderGateway } from '../src/fold.js';
import { paperVenue } from '../src/paper-venue.js';
import type { Orders } from '../src/state.js';

const fold = orderGateway(paperVenue(instrumentTable(), decimal('0')));
const terms = (changes: Partial<OrderTerms> = {}): OrderTerms => ({
  causeType: 'provider_order',
  causeId: 'p/1',
  providerId: 'p',
  orderNo: 1,
  instrument: 'X',
  positionSide: 'long',
  providerPrice: '100',
  mark: '100',
  guard: true,
  leadPositionId: 'p~X~1',
  occurredAt: 7,
  ...changes,
});
const leg = (accountId: string, no: number, changes: Partial<OrderLeg> = {}): OrderLeg => ({
  accountId,
  copyId: `${accountId}~p~1`,
  orderId: `${accountId}~p~1#${no}`,
  side: 'buy',
  quantity: '2',
  reduceOnly: false,
  leverage: '10',
  ...changes,
});
const closing = (accountId: string, no: number, quantity = '2'): OrderLeg =>
  leg(accountId, no, { side: 'sell', reduceOnly: true, quantity });
const place = (legs: OrderLeg[], changes: Partial<OrderTerms> = {}): AnyRecord => ({
  type: 'PlaceOrders',
  terms: terms(changes),
  orders: legs,
});
const placeClose = (legs: OrderLeg[]): AnyRecord => place(legs, { guard: false, causeId: 'p/2', orderNo: 2 });
const report = (order: OrderLeg, changes: Partial<VenueReport> = {}): AnyRecord => {
  const { accountId, copyId, orderId, quantity } = order;
  const filled = {
    tradeId: `${orderId}/1`,
    status: 'filled',
    reason: null,
    quantity,
    price: '100',
    fee: '0.1',
  } as const;
  const whole = { accountId, copyId, orderId, ...filled, feeAsset: 'USDT', occurredAt: 7, ...changes };
  return { type: 'RecordVenueReports', reports: [whole] };
};
const given = (...commands: AnyRecord[]): Driven<Orders> => {
  const driven = drive(fold, 3);
  driven.give(...commands);
  return driven;
};

test('orders are in the journal before the venue is asked; its answer ends them once', async () => {
  const driven = given(place([leg('a', 1), leg('b', 1)]));
  expect(driven.journal).toMatchObject([{ type: 'OrdersSubmitted', orders: [{ accountId: 'a' }, { accountId: 'b' }] }]);
  const answers = await driven.effects();
  const events = driven.give(...answers);
  expect(events).toMatchObject([
    { type: 'OrdersReported', ends: [{ status: 'filled', quantity: '2', price: '100', fee: '0.1' }, {}] },
  ]);
  expect(driven.sent.at(-1)).toMatchObject({
    partition: 3,
    key: null,
    record: { type: 'RecordFills', ends: [{ accountId: 'a' }, { accountId: 'b' }] },
  });
  expect(driven.give(...answers)).toEqual([]);
});

test('orders of one account and instrument go out strictly one after the other', async () => {
  const driven = given(
    place([leg('a', 1)]),
    placeClose([closing('a', 2)]),
    place([leg('a', 3)], { instrument: 'Y', orderNo: 3 }),
  );
  expect(driven.journal.map(({ type }) => type)).toEqual(['OrdersSubmitted', 'OrdersQueued', 'OrdersSubmitted']);
  const events = driven.give(report(leg('a', 1)));
  expect(events).toMatchObject([
    { type: 'OrdersReported', ends: [{ orderId: 'a~p~1#1' }] },
    { type: 'OrdersSubmitted', terms: { causeId: 'p/2' }, orders: [{ orderId: 'a~p~1#2', quantity: '2' }] },
  ]);
});

test('a close sells what its open bought, no more', () => {
  const driven = given(place([leg('a', 1)]), placeClose([closing('a', 2)]));
  const partly = report(leg('a', 1), {
    status: 'rejected',
    reason: null,
    quantity: '0',
    tradeId: 'end',
    price: null,
    fee: '0',
  });
  driven.give(report(leg('a', 1), { status: 'partly_filled', quantity: '0.5' }));
  expect(driven.give(partly)).toMatchObject([
    { type: 'OrdersReported', ends: [{ status: 'partly_filled', quantity: '0.5', price: '100' }] },
    { type: 'OrdersSubmitted', orders: [{ orderId: 'a~p~1#2', quantity: '0.5' }] },
  ]);
});

test('a close with nothing to close is rejected without the venue, and the next order goes out', () => {
  const driven = given(place([leg('a', 1)]), placeClose([closing('a', 2)]), place([leg('a', 3)], { orderNo: 3 }));
  const rejected = { status: 'rejected', reason: 'venue_rejected', quantity: '0', price: null } as const;
  expect(driven.give(report(leg('a', 1), rejected))).toMatchObject([
    {
      type: 'OrdersReported',
      ends: [
        { orderId: 'a~p~1#1', status: 'rejected' },
        { orderId: 'a~p~1#2', status: 'rejected', reason: 'venue_rejected' },
      ],
    },
    { type: 'OrdersSubmitted', orders: [{ orderId: 'a~p~1#3' }] },
  ]);
  expect(given(placeClose([closing('a', 1)])).journal).toMatchObject([
    { type: 'OrdersReported', ends: [{ status: 'rejected' }] },
  ]);
});

const taken = (driven: Driven<Orders>): unknown[] =>
  driven.journal.flatMap((event) => (event.type === 'OrdersSubmitted' ? event.orders.map((one) => one.quantity) : []));

test('one-way mode: slices of an exit go out whole while the next lead position is open the other way', () => {
  const oneWay = { positionSide: 'net', guard: false } as const;
  const opened = leg('a', 2, { side: 'sell' });
  const driven = given(
    place([leg('a', 1)], { ...oneWay, leadPositionId: 'first' }),
    report(leg('a', 1)),
    place([opened], { ...oneWay, leadPositionId: 'second' }),
    report(opened),
  );
  const slice = (no: number, quantity: string): AnyRecord =>
    place([closing('a', no, quantity)], { ...oneWay, causeType: 'sliced_exit', leadPositionId: 'first' });
  driven.give(slice(3, '0.5'), report(closing('a', 3, '0.5')), slice(4, '2'), report(closing('a', 4, '1.5')));
  expect(taken(driven)).toEqual(['2', '2', '0.5', '1.5']);
  const back = leg('a', 5, { reduceOnly: true });
  driven.give(place([back], { ...oneWay, leadPositionId: 'second' }), report(back));
  expect([...driven.store.entries()]).toEqual([]);
});

test('what orders opened that did not tell their lead position is closed by orders that do', () => {
  const driven = given(place([leg('a', 1)], { leadPositionId: null }), report(leg('a', 1)));
  driven.give(placeClose([closing('a', 2)]), report(closing('a', 2)));
  expect(taken(driven)).toEqual(['2', '2']);
  expect([...driven.store.entries()]).toEqual([]);
});

test('trades add up, each counts once, also after the end', () => {
  const driven = given(place([leg('a', 1)]));
  const first = report(leg('a', 1), { status: 'partly_filled', tradeId: 't1', quantity: '0.5', price: '100' });
  expect(driven.give(first)).toMatchObject([{ type: 'OrdersReported', ends: [] }]);
  expect(driven.give(first)).toEqual([]);
  const last = report(leg('a', 1), { status: 'partly_filled', tradeId: 't2', quantity: '1.5', price: '104' });
  expect(driven.give(last)).toMatchObject([{ ends: [{ status: 'filled', quantity: '2', price: '103', fee: '0.2' }] }]);
  expect(driven.give(last)).toEqual([]);
});

test.each([
  ['buy', '100.5', true],
  ['buy', '100.51', false],
  ['sell', '99.5', true],
  ['sell', '99.49', false],
] as const)('slippage guard: %s at a mark of %s goes out: %s', (side, mark, goes) => {
  const driven = given(place([leg('a', 1, { side })], { mark }));
  expect(driven.journal).toMatchObject(
    goes
      ? [{ type: 'OrdersSubmitted' }]
      : [{ type: 'OrdersReported', ends: [{ status: 'rejected', reason: 'slippage_guard' }] }],
  );
});

test('closes are not guarded', () => {
  const driven = given(place([leg('a', 1)]), report(leg('a', 1)));
  driven.give(place([closing('a', 2)], { guard: false, mark: '1', orderNo: 2 }));
  expect(driven.journal.at(-1)).toMatchObject({ type: 'OrdersSubmitted' });
});

test('an order that comes again is ignored', () => {
  const driven = given(place([leg('a', 1)]), place([leg('a', 2)]));
  expect(driven.give(place([leg('a', 1), leg('a', 2)]))).toEqual([]);
});

test('the queue of an account and instrument has a bound', () => {
  const driven = given(place([leg('a', 0)]));
  for (let no = 1; no <= 1000; no += 1) driven.give(place([leg('a', no)]));
  expect(driven.give(place([leg('a', 1001)]))).toMatchObject([
    { type: 'OrdersReported', ends: [{ reason: 'venue_rejected' }] },
  ]);
});

test('after a save and a load what is outstanding is asked again, and comes out the same', async () => {
  const driven = given(place([leg('b', 1), leg('a', 1)]), placeClose([closing('a', 2)]));
  const loaded = driven.reloaded();
  const [asked] = (await fold.effects?.recover(loaded.state)) ?? [];
  expect(asked).toMatchObject({ partition: 3, record: { reports: [{ orderId: 'a~p~1#1' }, { orderId: 'b~p~1#1' }] } });
  const answer = asked?.record as AnyRecord;
  expect(loaded.give(answer)).toEqual(driven.give(answer));
  expect((await fold.effects?.recover(loaded.state))?.[0]).toMatchObject({
    record: { reports: [{ orderId: 'a~p~1#2' }] },
  });
});

test('a lane is forgotten once nothing is held, in flight or waiting', async () => {
  const driven = given(
    place([leg('a', 1)]),
    report(leg('a', 1)),
    placeClose([closing('a', 2)]),
    report(closing('a', 2)),
  );
  expect([...driven.store.entries()]).toEqual([]);
});

test.each([
  ['0', 'buy', '100', '0.1'],
  ['10', 'buy', '100.1', '0.1001'],
  ['10', 'sell', '99.9', '0.0999'],
  ['0.33', 'buy', '100.01', '0.10001'],
  ['0.33', 'sell', '99.99', '0.09999'],
] as const)('the paper venue with %s bp: %s at %s, fee %s', async (basisPoints, side, price, fee) => {
  const venue = paperVenue(instrumentTable({ X: { tick: '0.01' } }), decimal(basisPoints));
  const [first] = await venue.submit(terms(), [leg('a', 1, { side })]);
  expect(first).toMatchObject({ status: 'filled', price, fee, tradeId: 'a~p~1#1/1', quantity: '2' });
  expect(await venue.query(terms(), [leg('a', 1, { side })])).toEqual([first]);
});
