import { jest } from '@jest/globals';
import { record, type AnyRecord, type CopyEnd } from '@slipstream/contracts';
import { ledgerAsset } from '@slipstream/domain';
import { migrate, type JournalRecord } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { book } from '../src/book.js';
import { migrations } from '../src/migrations/index.js';
import { readAccount, readTrialBalance } from '../src/trial-balance.js';

jest.setTimeout(60_000);

let pool: pg.Pool;
beforeEach(async () => {
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  pool = new pg.Pool({ connectionString: urls.settlement, max: 4 });
});
afterEach(() => pool.end());
afterAll(stopStack);

const at = (offset: number, event: AnyRecord, partition = 0): JournalRecord => ({
  topic: 'accounts.events',
  partition,
  offset,
  event,
  correlationId: 'c',
  receivedAtMs: null,
  appendedAtMs: 0,
  cause: offset,
  rules: '1',
});

async function commit(...records: JournalRecord[]): Promise<void> {
  await inTransaction(async (client) => book(records, client));
}

async function inTransaction(work: (client: pg.PoolClient) => Promise<unknown>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const deposit = (accountId: string, amount: string, asset = ledgerAsset): AnyRecord =>
  record('FundsDeposited', { requestId: 'r', accountId, amount, asset, occurredAt: 1 });
const copy = { accountId: 'a1', copyId: 'a1~p~1', providerId: 'p', occurredAt: 2 };
const refused = record('CopyRefused', { ...copy, copyTotalAmt: '100', reason: 'slots_full' });
const end = (fields: Partial<CopyEnd>): CopyEnd => ({
  ...copy,
  orderId: 'a1~p~1#1',
  orderNo: 1,
  type: 'CopyFilled',
  commission: '0',
  reason: null,
  instrument: 'BTCUSDT',
  positionSide: 'long',
  side: 'buy',
  quantity: '1',
  price: '100',
  providerPrice: '100',
  fee: '0.05',
  feeAsset: ledgerAsset,
  realisedPnl: '0',
  released: '0',
  ...fields,
});
const ended = (...ends: CopyEnd[]): AnyRecord => record('CopyOrdersEnded', { ends });

/** One balance per account of asset USDT. */
async function balances(...accounts: string[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(accounts.map((account) => readAccount(pool, account)));
  return found.map((one) => one?.balances[ledgerAsset]);
}

test('money moves between accounts and the ledger sums to zero', async () => {
  await commit(at(0, deposit('a1', '500')), at(2, refused));
  await commit(at(3, ended(end({ realisedPnl: '7.5' }), end({ fee: '0.1', realisedPnl: '-2' }))));
  await commit(at(5, record('CopyStopped', { ...copy, returned: '5.35' })));
  expect(await balances('external', 'wallet/a1', 'copy/a1~p~1', 'fees', 'venue-clearing')).toEqual([
    '-500',
    '605.35',
    '-100',
    '0.15',
    '-5.5',
  ]);
  expect(await readTrialBalance(pool)).toEqual({
    assets: { USDT: { sum: '0', accounts: 5 } },
    ledgerSum: '0',
    differences: 0,
  });
});

test('the same event again changes nothing, alone or among new ones', async () => {
  const first = at(0, deposit('a1', '500'));
  await commit(first);
  await commit(first);
  await commit(first, at(1, ended(end({}))));
  await commit(at(1, ended(end({}))), first);
  expect(await balances('wallet/a1', 'fees')).toEqual(['500', '0.05']);
  const { rows } = await pool.query<{ n: string }>('SELECT count(*) AS n FROM settlement.postings');
  expect(rows[0]?.n).toBe('2');
});

test('the same offset in another partition is another event; assets are kept apart', async () => {
  await commit(at(0, deposit('a1', '500')));
  await commit(at(0, deposit('a2', '7', 'USDC'), 5));
  const { assets, ledgerSum } = await readTrialBalance(pool);
  expect(assets).toEqual({ USDC: { sum: '0', accounts: 2 }, USDT: { sum: '0', accounts: 2 } });
  expect(ledgerSum).toBe('0');
});

test('events that move no money book nothing; an unknown account has no balance', async () => {
  await commit(at(0, record('Answered', {})));
  await commit(at(1, ended(end({ type: 'CopyRejected', fee: '0' }))));
  expect(await readTrialBalance(pool)).toEqual({ assets: {}, ledgerSum: '0', differences: 0 });
  expect(await readAccount(pool, 'wallet/nobody')).toBeUndefined();
});

test('no commit gets a balance past the check, but a transaction may be uneven on its way', async () => {
  await commit(at(0, deposit('a1', '500')));
  const raise = "UPDATE settlement.balances SET balance = balance + 1 WHERE account = 'wallet/a1'";
  const lower = "UPDATE settlement.balances SET balance = balance - 1 WHERE account = 'external'";
  await expect(inTransaction((client) => client.query(raise))).rejects.toThrow('does not sum to zero');
  await expect(
    inTransaction((client) => client.query("DELETE FROM settlement.balances WHERE account = 'external'")),
  ).rejects.toThrow('does not sum to zero');
  await inTransaction(async (client) => {
    await client.query(raise);
    await client.query(lower);
  });
  // Even, but not what the postings say: the trial balance finds it.
  expect((await readTrialBalance(pool)).differences).toBe(2);
});

test('postings are never changed or removed', async () => {
  await commit(at(0, deposit('a1', '500')));
  await expect(pool.query('DELETE FROM settlement.postings')).rejects.toThrow('never changed');
  await expect(pool.query('UPDATE settlement.postings SET amount = 1')).rejects.toThrow('never changed');
});

test('partitions book at once, many postings in one transaction, without waiting for each other', async () => {
  const perPartition = 40;
  const endsPerRecord = 100;
  const ends = Array.from({ length: endsPerRecord }, (_, i) => end({ realisedPnl: i % 2 === 0 ? '1' : '-0.5' }));
  await Promise.all(
    [0, 1, 2, 3].map((partition) =>
      commit(...Array.from({ length: perPartition }, (_, offset) => at(offset, ended(...ends), partition))),
    ),
  );
  const { ledgerSum, differences } = await readTrialBalance(pool);
  expect([ledgerSum, differences]).toEqual(['0', 0]);
  expect(await balances('fees')).toEqual(['800']);
});
