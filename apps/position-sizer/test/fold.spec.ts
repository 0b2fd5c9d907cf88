import { partitionCount, type AnyRecord, type PlaceOrders } from '@slipstream/contracts';
import { drive } from '@slipstream/testing';
import {
  fold,
  line,
  deposit,
  start,
  copyId,
  confirm,
  refuse,
  stop,
  order,
  closing,
  filled,
  mark,
  given,
  active,
  wallet,
  types,
} from './examples.js';

describe('requests', () => {
  test('a deposit counts once; the same id with another amount is refused', () => {
    const driven = given(deposit());
    expect(driven.give(deposit())).toEqual([]);
    expect(driven.give(deposit('d', '2'))).toMatchObject([{ type: 'CommandRefused', reason: 'request_id_reused' }]);
    expect(driven.give(deposit())).toEqual([]);
    expect(wallet(driven)).toBe('1000');
  });

  test.each([
    ['amount_invalid', deposit('d', '0')],
    ['amount_invalid', deposit('d', '0.000000001')],
    ['asset_unknown', deposit('d', '1', { asset: 'DOGE' })],
    ['amount_out_of_range', start({ copyTotalAmt: '49.99' })],
    ['amount_out_of_range', start({ copyTotalAmt: '200000.01' })],
    ['mode_field_missing', start({}, { copyAmt: null })],
    ['disclaimer_missing', start({ disclaimerVersion: '' })],
    ['wallet_insufficient', start({ copyTotalAmt: '1000.01' })],
    ['copy_unknown', stop('market_close')],
  ])('refused: %s', (reason, command) => {
    const driven = given(deposit('first'));
    expect(driven.give(command)).toMatchObject([{ type: 'CommandRefused', reason, accountId: 'a' }]);
    expect(driven.give(command)).toEqual([]);
    expect(wallet(driven)).toBe('1000');
  });

  test('requests are known for 7 days of market time, older ones are refused', () => {
    const week = 7 * 86_400_000;
    const driven = given(deposit('d', '1'), deposit('e', '1', { occurredAt: week + 2 }));
    expect(driven.give(deposit('f', '1'))).toMatchObject([{ reason: 'request_too_old' }]);
    expect(wallet(driven)).toBe('2');
  });
});

describe('starting and stopping', () => {
  test('money is reserved, the provider is asked, the copy becomes active', () => {
    const driven = given(deposit(), start());
    expect(wallet(driven)).toBe('500');
    expect(driven.sent).toMatchObject([{ key: 'p', partition: line, record: { type: 'AddFollower', copyId } }]);
    expect(driven.give(confirm)).toMatchObject([{ type: 'CopyConfirmed', fromOrder: 1, copyTotalAmt: '500' }]);
    expect(driven.give(confirm)).toEqual([]);
    expect(driven.give(start({ requestId: 's2' }))).toMatchObject([{ reason: 'already_copying' }]);
  });

  test('a refused copy gives the money back', () => {
    const driven = given(deposit(), start(), refuse);
    expect(driven.journal.at(-1)).toMatchObject({ type: 'CopyRefused', reason: 'slots_full' });
    expect(driven.give(refuse)).toEqual([]);
    expect(wallet(driven)).toBe('1000');
  });

  test('cancelled before the provider answered: the confirmation is answered with RemoveFollower', () => {
    const driven = given(deposit(), start(), stop('market_close'));
    expect(types(driven.give(confirm))).toEqual(['CopyConfirmed', 'CopyStopped']);
    expect(driven.sent.at(-1)).toMatchObject({ record: { type: 'RemoveFollower', copyId } });
    expect(wallet(driven)).toBe('1000');
    expect(given(deposit(), start(), stop('market_close'), refuse).journal.at(-1)?.type).toBe('CopyRefused');
  });

  test.each(['market_close', 'copy_close', 'manual_close'] as const)('%s of a flat copy stops it at once', (how) => {
    const driven = given(...active());
    expect(types(driven.give(stop(how)))).toEqual(['CopyStopping', 'CopyStopped']);
    expect(driven.give(stop(how))).toEqual([]);
    expect(driven.give(stop(how, 'y'))).toMatchObject([{ reason: 'copy_not_active' }]);
    expect(wallet(driven)).toBe('1000');
    expect(driven.give(order(1))).toMatchObject([{ skipped: [{ reason: 'copy_stopped' }] }]);
  });

  test('market_close sells what is held; the money returns when it is flat', () => {
    const driven = given(...active(), order(1), filled(`${copyId}#1`, '2.5'), mark(1, '44'));
    expect(driven.give(stop('market_close'))).toMatchObject([
      { type: 'CopyStopping', reason: 'follower' },
      {
        type: 'CopyOrdersPlaced',
        terms: { causeType: 'stop', causeId: 'lead', mark: '44', guard: false },
        placed: [{ quantity: '2.5', side: 'sell', orderId: `${copyId}#stop-1` }],
      },
    ]);
    expect(driven.sent.at(-1)).toMatchObject({
      partition: 4,
      record: { type: 'PlaceOrders', orders: [{ reduceOnly: true }] },
    });
    expect(driven.give(order(2, closing))).toMatchObject([{ skipped: [{ reason: 'copy_stopping' }] }]);
    expect(driven.give(filled(`${copyId}#stop-1`, '2.5', '44'))).toMatchObject([
      { type: 'CopyOrdersEnded', ends: [{ orderNo: null, realisedPnl: '10' }] },
      { type: 'CopyStopped', returned: '509.9' },
    ]);
    expect(wallet(driven)).toBe('1009.9');
  });

  test('copy_close follows the provider out and opens nothing', () => {
    const driven = given(...active(), order(1), filled(`${copyId}#1`, '2.5'), stop('copy_close'));
    expect(driven.give(order(2, { leadPositionId: 'other', openedByOrderNo: 2 }))).toMatchObject([
      { skipped: [{ reason: 'copy_stopping' }] },
    ]);
    expect(driven.give(order(3, closing))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
    expect(types(driven.give(filled(`${copyId}#3`, '2.5')))).toEqual(['CopyOrdersEnded', 'CopyStopped']);
  });

  test('manual_close waits for the follower; a later market_close makes it quick', () => {
    const driven = given(...active(), order(1), filled(`${copyId}#1`, '2.5'), stop('manual_close'));
    expect(driven.give(order(2, closing))).toMatchObject([{ skipped: [{ reason: 'copy_stopping' }] }]);
    expect(types(driven.give(stop('market_close', 'y')))).toEqual(['CopyStopping', 'CopyOrdersPlaced']);
  });
});

describe('provider orders', () => {
  test('one decision for each copy of the record, in its order; the orders go to the same partition', () => {
    const driven = given(...active());
    const copies = [
      { accountId: 'z', copyId: 'z~p~1' },
      { accountId: 'a', copyId },
      { accountId: 'y', copyId: 'y~p~1' },
    ];
    expect(driven.give(order(1, {}, copies))).toMatchObject([
      {
        type: 'CopiesDecided',
        placed: [{ copyId, quantity: '2.5' }],
        skipped: [{ copyId: 'z~p~1' }, { copyId: 'y~p~1' }],
        missed: [],
      },
    ]);
    const sent = driven.sent.at(-1);
    expect(sent).toMatchObject({ partition: 4, key: null });
    expect((sent?.record as PlaceOrders).terms).toEqual({
      causeType: 'provider_order',
      causeId: 'p/1',
      providerId: 'p',
      orderNo: 1,
      instrument: 'X',
      positionSide: 'long',
      providerPrice: '40',
      mark: '40',
      guard: true,
      leadPositionId: 'lead',
      occurredAt: 5,
    });
  });

  test('a number that was decided is not decided again', () => {
    const driven = given(...active(), order(1));
    expect(driven.give(order(1))).toEqual([]);
  });

  test('a hole in the numbers is one decision for each number, never a guess', () => {
    const driven = given(...active());
    expect(driven.give(order(3, { openedByOrderNo: 1, effect: 'increase' }))).toMatchObject([
      {
        missed: [
          { copyId, orderNo: 1 },
          { copyId, orderNo: 2 },
        ],
        skipped: [{ reason: 'joined_after_open' }],
      },
    ]);
  });

  test('a copy whose confirmation never came skips as unreadable', () => {
    expect(given(deposit(), start()).give(order(1))).toMatchObject([{ skipped: [{ reason: 'record_unreadable' }] }]);
  });

  test('a decision that fails suspends the account; closes go on', () => {
    const driven = given(...active(), order(1), filled(`${copyId}#1`, '2.5'));
    driven.give(...(fold.failed?.(driven.state, deposit('z'), new Error('broken')) ?? []));
    for (const event of fold.failed?.(driven.state, deposit('z'), new Error('broken')) ?? [])
      fold.evolve(driven.state, event);
    expect(driven.give(order(2, { effect: 'increase' }))).toMatchObject([
      { skipped: [{ reason: 'account_suspended' }] },
    ]);
    expect(driven.give(order(3, closing))).toMatchObject([{ placed: [{ quantity: '2.5' }] }]);
  });
});

describe('ends', () => {
  test('exactly one end per placed order; repeated and unknown ends are ignored', () => {
    const driven = given(...active(), order(1));
    expect(driven.give(filled(`${copyId}#1`, '2.5'))).toMatchObject([
      {
        ends: [
          { type: 'CopyFilled', orderNo: 1, released: '10.05', realisedPnl: '0', providerPrice: '40', fee: '0.05' },
        ],
      },
    ]);
    expect(driven.give(filled(`${copyId}#1`, '2.5'))).toEqual([]);
    expect(driven.give(filled(`${copyId}#7`, '1'))).toEqual([]);
  });

  test.each([
    ['CopyRejected', '0'],
    ['CopyPartlyFilled', '1'],
    ['CopyFilled', '2.5'],
  ])('%s when %s of 2.5 was filled', (type, quantity) => {
    expect(given(...active(), order(1)).give(filled(`${copyId}#1`, quantity))).toMatchObject([
      { ends: [{ type, quantity }] },
    ]);
  });

  test('what is left over after the lead is flat is closed at once, by a cause of its own', () => {
    const driven = given(...active(), order(1), filled(`${copyId}#1`, '2.5'), order(2, closing));
    expect(driven.give(filled(`${copyId}#2`, '1'))).toMatchObject([
      { type: 'CopyOrdersEnded' },
      {
        type: 'CopyOrdersPlaced',
        terms: { causeType: 'late_fill' },
        placed: [{ quantity: '1.5', orderId: `${copyId}#late_fill-1` }],
      },
    ]);
    expect(types(driven.give(filled(`${copyId}#late_fill-1`, '0')))).toEqual(['CopyOrdersEnded']);
    expect(driven.give(mark(60_000, '40'))).toMatchObject([
      { type: 'MarketTicked' },
      { type: 'CopyOrdersPlaced', placed: [{ quantity: '1.5', orderId: `${copyId}#late_fill-2` }] },
    ]);
  });
});

describe('maxLoss', () => {
  const holding = [...active({ maxLoss: '0.1' }), order(1), filled(`${copyId}#1`, '2.5', '40', '0')];

  test('at a mark of its line all is closed and the copy stops', () => {
    const driven = given(...holding);
    // 500 → floor 450: 2.5 × (20 − 40) = −50
    expect(types(driven.give(mark(1, '20.01')))).toEqual(['MarketTicked']);
    expect(driven.give(mark(2, '20'))).toMatchObject([
      { type: 'CopyStopping', reason: 'max_loss_reached' },
      { type: 'CopyOrdersPlaced', terms: { causeType: 'max_loss', mark: '20' } },
    ]);
    expect(driven.give(mark(3, '19'))).toEqual([]);
    expect(driven.give(filled(`${copyId}#max_loss-1`, '2.5', '20', '0'))).toMatchObject([
      {},
      { type: 'CopyStopped', returned: '450' },
    ]);
  });

  test('marks of another line concern nobody', () => {
    expect(types(given(...holding).give(mark(1, '1', (line + 1) % partitionCount)))).toEqual(['MarketTicked']);
  });

  test('the floor is below the peak at journaled ticks', () => {
    const driven = given(...holding, mark(1, '60'), mark(30_000, '100'), mark(60_000, '80'));
    // Peak 600 at the tick (not 650 between ticks): floor 540, reached at 56.
    expect(types(driven.give(mark(60_001, '56.01')))).toEqual([]);
    expect(types(driven.give(mark(60_002, '56')))).toEqual(['CopyStopping', 'CopyOrdersPlaced']);
  });
});

test('after a save and a load everything comes out the same', () => {
  const before = [
    ...active({ maxLoss: '0.2', mode: 'proportional' }),
    mark(1, '39'),
    order(1),
    filled(`${copyId}#1`, '1.3', '41'),
  ];
  const then = [
    order(2, { effect: 'increase' }),
    mark(61_000, '42.7'),
    filled(`${copyId}#2`, '2'),
    order(3, { ...closing, effect: 'reduce', fraction: '0.37' }),
    stop('market_close'),
    deposit('d'),
  ];
  const straight = given(...before);
  const loaded = given(...before).reloaded();
  expect(loaded.give(...then)).toEqual(straight.give(...then));
  expect(loaded.reloaded().give(mark(200_000, '7'))).toEqual(straight.reloaded().give(mark(200_000, '7')));
});

test('events alone, parsed from their text, lead to the same state as deciding them did', () => {
  const commands = [
    ...active(),
    order(1),
    filled(`${copyId}#1`, '2.5'),
    order(2, { ...closing, effect: 'reduce', fraction: '0.31' }),
    filled(`${copyId}#2`, '0.775'),
  ];
  const decided = given(...commands);
  const replayed = drive(fold, 4);
  for (const event of decided.journal) fold.evolve(replayed.state, JSON.parse(JSON.stringify(event)) as AnyRecord);
  expect(JSON.stringify([...replayed.store.entries()])).toBe(JSON.stringify([...decided.store.entries()]));
});
