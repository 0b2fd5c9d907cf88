import { jest } from '@jest/globals';
import { readReport } from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import { dump, openReadModel, project, type ReadModel } from './database.js';
import { AccountLine, Journal, ProviderLine, sequenceOf } from './history.js';

jest.setTimeout(60_000);

const opened: ReadModel[] = [];
const readModel = async (): Promise<ReadModel> => {
  const model = await openReadModel();
  opened.push(model);
  return model;
};

afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

const dayMs = 86_400_000;
const copies = ['f1', 'f2', 'f3'].map((accountId) => ({ accountId, copyId: `${accountId}~p1~1` }));

/** Two providers for 30 days, three copies of the first, in both journals. */
function randomHistory(seed: number) {
  const below = sequenceOf(seed);
  const line = new ProviderLine(new Journal('providers.events', 0), copies.length);
  const accounts = new AccountLine(new Journal('accounts.events', 4), copies);
  line.register('p1', '10000', 0);
  line.register('p2', '500', 0);
  accounts.start('p1', '100');
  let at = 0;
  for (let i = 0; i < 120; i++) {
    at += below(dayMs / 2);
    const providerId = i % 3 === 2 ? 'p2' : 'p1';
    const positionSide = (['long', 'short', 'net'] as const)[below(3)] as 'long' | 'short' | 'net';
    const before = line.orders.length;
    line.fill(
      providerId,
      { instrument: ['BTCUSDT', 'ETHUSDT'][below(2)] as string, side: below(2) === 0 ? 'buy' : 'sell', positionSide },
      {
        sequence: i,
        tradeId: null,
        price: `${90 + below(20)}.${below(10)}`,
        quantity: String(1 + below(4)),
        fee: `0.0${below(10)}`,
        feeAsset: 'USDT',
        realisedPnl: below(4) === 0 ? `${below(9) - 4}.5` : null,
        occurredAt: at,
      },
    );
    for (const order of line.orders.slice(before).filter((one) => one.providerId === 'p1')) {
      accounts.decide(order, (copyId) => copyId.startsWith('f3') && order.orderNo % 2 === 0, 1 + below(300));
      accounts.end(order, (copyId) => !(copyId.startsWith('f3') && order.orderNo % 2 === 0));
    }
    if (i % 4 === 0) line.tick(Math.ceil(at / dayMs) * dayMs, true);
    else if (i % 4 === 1) line.tick(at - (at % 60_000), false);
  }
  accounts.stop('f2~p1~1', at);
  return { line: line.journal.records, accounts: accounts.journal.records };
}

describe('the read model', () => {
  test('is the same however the journals are cut into batches, and however often memory is lost', async () => {
    const history = randomHistory(7);
    const whole = await readModel();
    await project(whole, history.line);
    await project(whole, history.accounts);
    const expected = await dump(whole.pool);
    expect(expected['provider_daily']?.length).toBeGreaterThan(10);
    expect(expected['copied_lead_positions']?.length).toBeGreaterThan(0);

    const below = sequenceOf(3);
    for (const reload of [false, true]) {
      const cut = await readModel();
      const sizes = Array.from({ length: 400 }, () => 1 + below(reload ? 3 : 25));
      await project(cut, history.line, sizes, reload);
      await project(cut, history.accounts, sizes, reload);
      expect(await dump(cut.pool)).toEqual(expected);
    }
  });

  test('tells what was owed, copied, skipped, missing and said twice', async () => {
    const line = new ProviderLine(new Journal('providers.events', 0), copies.length);
    const accounts = new AccountLine(new Journal('accounts.events', 4), copies);
    line.register('p1', '1000', 0);
    accounts.start('p1', '100');
    const buy = { instrument: 'BTCUSDT', side: 'buy', positionSide: 'long' } as const;
    const fill = { tradeId: null, price: '100', quantity: '2', fee: '0.1', feeAsset: 'USDT', realisedPnl: null };
    for (const sequence of [1, 2, 3]) line.fill('p1', buy, { ...fill, sequence, occurredAt: sequence });
    const [first, second, third] = line.orders;
    if (!first || !second || !third) throw new Error('three orders');
    const all = () => true;
    const none = () => false;
    accounts.decide(first, none, 10);
    accounts.end(first, all, { price: '101' });
    accounts.decide(second, all, 20, [{ accountId: 'f1', copyId: 'f1~p1~1', orderNo: 3 }]);
    const model = await readModel();
    await project(model, line.journal.records);
    // A decision and an end that come again, once in the batch of the first and once in a later one.
    accounts.decide(first, all, 10);
    accounts.end(first, (copyId) => copyId.startsWith('f1'));
    const before = accounts.journal.records.length;
    accounts.decide(second, none, 30);
    accounts.end(first, (copyId) => copyId.startsWith('f2'));
    await project(model, accounts.journal.records, [before]);
    const { copies: counted, latencyMs, providers } = await readReport(model.pool);
    // Two decisions on each of 2 × 3 outcomes, two ends of two of them.
    expect(counted).toEqual({
      providerOrders: 3,
      expectedOutcomes: 9,
      copied: 3,
      skipped: { below_lot: 3, record_unreadable: 1 },
      missing: 2,
      duplicated: 8,
    });
    expect(latencyMs.fillToPlaced).toEqual({ p50: 10, p95: 30, p99: 30 });
    expect(providers[0]?.openPositions).toEqual({ 'BTCUSDT/LONG': '6' });
    const { rows } = await model.pool.query(
      `SELECT price::text, slippage_amount::text, slippage_bp::text, end_type FROM outcomes
        WHERE copy_id = 'f1~p1~1' AND order_no = 1`,
    );
    expect(rows).toEqual([{ price: '101', slippage_amount: '1', slippage_bp: '100', end_type: 'CopyFilled' }]);
  });

  test('aum is what the copies are worth at the marks of the line, at most what was put in', async () => {
    const line = new ProviderLine(new Journal('providers.events', 9), 3);
    const accounts = new AccountLine(new Journal('accounts.events', 4), copies);
    line.register('p1', '1000', 0);
    accounts.start('p1', '100');
    const buy = { instrument: 'BTCUSDT', side: 'buy', positionSide: 'long' } as const;
    const fill = { tradeId: null, quantity: '2', fee: '0', feeAsset: 'USDT', realisedPnl: null };
    line.fill('p1', buy, { ...fill, price: '100', sequence: 1, occurredAt: 1 });
    for (const order of line.orders) {
      accounts.decide(order, () => false, 1);
      accounts.end(order, () => true);
    }
    const model = await readModel();
    await project(model, accounts.journal.records);
    // The line of p1 is where its key lies; its marks are written by that partition of providers.events.
    const { rows } = await model.pool.query<{ line: number }>('SELECT DISTINCT line FROM copies');
    const partition = rows[0]?.line ?? -1;
    line.mark('BTCUSDT', '60');
    line.tick(60_000, false);
    await project(
      model,
      line.journal.records.map((one) => ({ ...one, partition })),
    );
    // Each copy: 100 put in, 1 bought at 100, now 60, fee 0.07.
    const [provider] = (await readReport(model.pool)).providers;
    expect([provider?.activeFollowers, provider?.aum]).toEqual([3, '179.79']);
  });

  test('base series: a day per midnight, midnights the clock missed without change, ruin ends it', async () => {
    const line = new ProviderLine(new Journal('providers.events', 0));
    line.register('p1', '1000', 0);
    const trade = { instrument: 'BTCUSDT', positionSide: 'long', side: 'buy' } as const;
    const fill = { tradeId: null, quantity: '10', fee: '0', feeAsset: 'USDT', realisedPnl: null };
    line.fill('p1', trade, { ...fill, sequence: 1, price: '100', occurredAt: 10 });
    line.mark('BTCUSDT', '110');
    line.tick(dayMs, true);
    line.mark('BTCUSDT', '99');
    line.tick(3 * dayMs, true);
    line.mark('BTCUSDT', '0.5');
    line.tick(4 * dayMs, true);
    line.mark('BTCUSDT', '100');
    line.tick(5 * dayMs, true);
    const model = await readModel();
    await project(model, line.journal.records, [2, 1]);
    const { rows } = await model.pool.query(
      'SELECT day, equity::text, "return"::text FROM provider_daily ORDER BY day',
    );
    expect(rows.map(({ day, equity, return: r }) => `${day} ${equity} ${r}`)).toEqual([
      '1970-01-01 1100 0.1',
      '1970-01-02 1100 0',
      '1970-01-03 990 -0.1',
      '1970-01-04 5 -0.99494949494949494949',
      '1970-01-05 1000 199',
    ]);
    const last = model.published.at(-1);
    expect([last?.roiAll, last?.maxDrawdown, last?.asOf]).toEqual(['0', '-0.9954545455', 5 * dayMs]);
  });

  test('a batch that fails leaves nothing, and is taken whole after opening again', async () => {
    const history = randomHistory(11);
    const model = await readModel();
    await project(model, history.line.slice(0, 20));
    const before = await dump(model.pool);
    const client = await model.pool.connect();
    await client.query('BEGIN');
    await model.projection.apply(history.line.slice(20), client);
    await client.query('ROLLBACK');
    client.release();
    expect(await dump(model.pool)).toEqual(before);
    await project(model, history.line.slice(20));
    const whole = await readModel();
    await project(whole, history.line);
    expect(await dump(model.pool)).toEqual(await dump(whole.pool));
  });
});
