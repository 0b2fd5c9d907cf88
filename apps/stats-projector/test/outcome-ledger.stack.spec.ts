import { jest } from '@jest/globals';
import { partitionCount, partitionOf, record, type CopySettings, type ProviderOrder } from '@slipstream/contracts';
import { defaultCopySettings } from '@slipstream/domain';
import { readCopy, readOutcomes } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine } from './history.js';

jest.setTimeout(60_000);

let model: ReadModel;
beforeAll(async () => {
  model = await openReadModel();
});
afterAll(async () => {
  await model.close();
  await stopStack();
});

const copyId = 'f1~p1~1';
const ids = { accountId: 'f1', copyId, providerId: 'p1' };
const settings: CopySettings = { ...defaultCopySettings, mode: 'fixed_amount', copyAmt: '100' };
const placed = (orderId: string, side: 'buy' | 'sell', quantity: string, target: string) => ({
  accountId: 'f1',
  copyId,
  orderId,
  side,
  quantity,
  reduceOnly: side === 'sell',
  leverage: '10',
  reserved: '0',
  target,
});
const end = (orderId: string, orderNo: number | null, side: 'buy' | 'sell', quantity: string, price: string) => ({
  ...ids,
  orderId,
  orderNo,
  type: 'CopyFilled' as const,
  commission: '0',
  reason: null,
  instrument: 'X',
  positionSide: 'long' as const,
  side,
  quantity,
  price,
  providerPrice: orderNo === null ? null : '10',
  fee: '0.5',
  feeAsset: 'USDT',
  // Two of ten bought at 10.02, sold at 12.
  realisedPnl: side === 'sell' ? '3.96' : '0',
  released: '0',
  occurredAt: 20,
});

test('each order has one explained outcome; own orders, flows and drift are there; nothing changes with the cuts', async () => {
  const line = new ProviderLine(new Journal('providers.events', partitionOf('p1', partitionCount)), 1);
  line.register('p1', '1000', 0);
  const fill = (sequence: number, side: 'buy' | 'sell', quantity: string) =>
    line.fill(
      'p1',
      { instrument: 'X', side, positionSide: 'long' },
      { sequence, tradeId: null, price: '10', quantity, fee: '0', feeAsset: 'USDT', realisedPnl: null, occurredAt: 10 },
    );
  fill(1, 'buy', '2');
  fill(2, 'sell', '1');
  line.mark('X', '12');
  line.tick(60_000, false);
  const [open, reduce] = line.orders as [ProviderOrder, ProviderOrder];
  const journal = new Journal('accounts.events', 4);
  const requested = { requestId: 'r', disclaimerVersion: '1', country: '', ownerId: '', settings, occurredAt: 5 };
  journal.add(record('CopyRequested', { ...ids, copyTotalAmt: '500', ...requested }));
  journal.add(
    record('CopyConfirmed', { ...ids, copyTotalAmt: '500', fromOrder: 1, occurredAt: 5, fees: null, announced: null }),
  );
  const funds = { ...ids, requestId: 'q', equityBefore: '500', occurredAt: 6 };
  journal.add(record('CopyFundsAdded', { ...funds, amount: '100', copyTotalAmt: '600' }));
  journal.add(record('CopyFundsTakenOut', { ...funds, amount: '30', copyTotalAmt: '570' }));
  const decided = { line: 0, missed: [] };
  const first = placed(`${copyId}#1`, 'buy', '10', '10.4');
  journal.add(record('CopiesDecided', { ...decided, order: open, placed: [first], skipped: [] }), 40);
  journal.add(record('CopyOrdersEnded', { ends: [end(`${copyId}#1`, 1, 'buy', '10', '10.02')] }), 90);
  const skip = { accountId: 'f1', copyId, reason: 'below_lot' as const, target: '9.9' };
  journal.add(record('CopiesDecided', { ...decided, order: reduce, placed: [], skipped: [skip] }), 41);
  const terms = {
    causeType: 'close_by_hand' as const,
    causeId: open.leadPositionId,
    providerId: 'p1',
    orderNo: null,
    instrument: 'X',
    positionSide: 'long' as const,
    providerPrice: null,
    mark: '12',
    guard: false,
    leadPositionId: open.leadPositionId,
    occurredAt: 15,
  };
  const own = placed(`${copyId}#close_by_hand-1`, 'sell', '2', '8');
  journal.add(record('CopyOrdersPlaced', { terms, placed: [own] }));
  journal.add(record('CopyOrdersEnded', { ends: [end(own.orderId, null, 'sell', '2', '12')] }));
  journal.add(record('CopyPaused', { ...ids, requestId: 'z', occurredAt: 16 }));
  journal.add(record('InsuranceDrawn', { ...ids, amount: '1.25', occurredAt: 17 }));

  await project(model, line.journal.records);
  await project(model, journal.records, [3, 1, 1, 1, 1, 1], true);

  // 500 + 100 − 30 + 3.96 − 1 + 1.25, and 8 X bought at 10.02, now worth 12.
  expect(await readCopy(model.pool, copyId)).toEqual({
    ...ids,
    status: 'paused',
    stopReason: null,
    copyTotalAmt: '570',
    netPutIn: '570',
    equity: '590.05',
    realisedPnl: '3.96',
    fees: '1',
    insured: '1.25',
    drift: '0',
    outcomes: { placed: 1, skipped: { below_lot: 1 }, filled: 2, rejected: 0 },
    positions: [
      { leadPositionId: open.leadPositionId, instrument: 'X', positionSide: 'long', target: '8', quantity: '8' },
    ],
  });
  const page = await readOutcomes(model.pool, copyId, { after: 0, limit: 1 });
  expect(page).toMatchObject({
    next: 1,
    items: [
      {
        orderNo: 1,
        decision: 'placed',
        target: '10.4',
        providerPrice: '10',
        price: '10.02',
        slippageAmount: '0.2',
        slippageBp: '20',
        decidedAfterMs: 40,
        endedAfterMs: 90,
      },
    ],
  });
  expect(await readOutcomes(model.pool, copyId, { after: 1, limit: 1 })).toMatchObject({
    next: null,
    items: [{ orderNo: 2, decision: 'skipped', reason: 'below_lot', target: '9.9', end: null }],
  });
  const { rows } = await model.pool.query('SELECT * FROM own_orders');
  expect(rows).toMatchObject([{ cause_type: 'close_by_hand', end_type: 'CopyFilled', price: '12', fee: '0.5' }]);
});

test('drift is what lots and rejections keep a copy from being', async () => {
  const journal = new Journal('accounts.events', 5);
  const other = { accountId: 'g1', copyId: 'g1~p1~1', providerId: 'p1' };
  const requested = { requestId: 'r', disclaimerVersion: '1', country: '', ownerId: '', settings, occurredAt: 5 };
  journal.add(record('CopyRequested', { ...other, copyTotalAmt: '500', ...requested }));
  const { rows } = await model.pool.query<{ lead_position_id: string }>(
    'SELECT lead_position_id FROM copied_lead_positions',
  );
  const order = { ...plainOrder, leadPositionId: rows[0]?.lead_position_id ?? '' };
  const skip = { accountId: 'g1', copyId: 'g1~p1~1', reason: 'below_lot' as const, target: '-0.25' };
  journal.add(record('CopiesDecided', { line: 0, order, placed: [], skipped: [skip], missed: [] }));
  await project(model, journal.records);
  // 0.25 × 12
  expect((await readCopy(model.pool, 'g1~p1~1'))?.drift).toBe('3');
});

const plainOrder: ProviderOrder = {
  providerId: 'p1',
  orderNo: 9,
  providerOrderId: 'p1/9',
  effect: 'open',
  leadPositionId: '',
  openedByOrderNo: 9,
  instrument: 'X',
  side: 'sell',
  positionSide: 'long',
  price: '10',
  quantity: '1',
  fraction: '0',
  usage: '0.01',
  leverage: null,
  marginMode: null,
  mark: '10',
  knownPosition: true,
  blocked: [],
  occurredAt: 10,
};
