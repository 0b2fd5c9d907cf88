import { jest } from '@jest/globals';
import { record } from '@slipstream/contracts';
import { accountKinds, ledgerAsset } from '@slipstream/domain';
import { inTransaction, type JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import type pg from 'pg';
import { countDifferences, readAccount, readTrialBalance } from '../src/trial-balance.js';
import {
  at,
  commit as commitTo,
  copy,
  deposit,
  emptyLedger,
  end,
  ended,
  requested,
  shareCharged,
  stopped,
  withdrawal,
} from './ledger.js';

jest.setTimeout(60_000);

let pool: pg.Pool;
beforeEach(async () => {
  pool = await emptyLedger();
});
afterEach(() => pool.end());
afterAll(stopStack);

const commit = (...records: JournalRecord[]): Promise<void> => commitTo(pool, ...records);
const refused = record('CopyRefused', { ...copy, copyTotalAmt: '100', reason: 'slots_full' });

/** One balance per account of asset USDT. */
async function balances(...accounts: string[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(accounts.map((account) => readAccount(pool, account)));
  return found.map((one) => one?.balances[ledgerAsset]);
}

test('money moves between accounts and the ledger sums to zero', async () => {
  await commit(at(0, deposit('a1', '500')), at(2, requested('100')));
  await commit(at(3, ended(end({ realisedPnl: '7.5', commission: '0.25' }), end({ fee: '0.1', realisedPnl: '-2' }))));
  await commit(at(4, record('ProfitShareCharged', { charges: [shareCharged({})] })));
  await commit(at(5, stopped('95.1')), at(6, withdrawal('a1', '400')));
  expect(
    await balances('external', 'wallet/a1', 'copy/a1~p~1', 'fees', 'venue-clearing', 'earnings/p', 'platform-revenue'),
  ).toEqual(['-100', '95.1', '0', '0.15', '-5.5', '9.8', '0.45']);
  expect(await readTrialBalance(pool)).toEqual({
    assets: { USDT: { sum: '0', accounts: 7 } },
    kinds: {
      wallet: { USDT: { sum: '95.1', accounts: 1 } },
      copy: { USDT: { sum: '0', accounts: 1 } },
      earnings: { USDT: { sum: '9.8', accounts: 1 } },
      'platform-revenue': { USDT: { sum: '0.45', accounts: 1 } },
      fees: { USDT: { sum: '0.15', accounts: 1 } },
      'venue-clearing': { USDT: { sum: '-5.5', accounts: 1 } },
      external: { USDT: { sum: '-100', accounts: 1 } },
    },
    ledgerSum: '0',
  });
  expect(await countDifferences(pool)).toBe(0);
});

test('the same event again changes nothing, alone or among new ones', async () => {
  const first = at(0, deposit('a1', '500'));
  await commit(first);
  await commit(first);
  await commit(first, at(1, ended(end({}))));
  await commit(first, at(1, ended(end({}))));
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
  expect(await readTrialBalance(pool)).toEqual({ assets: {}, kinds: {}, ledgerSum: '0' });
  expect(await readAccount(pool, 'wallet/nobody')).toBeUndefined();
});

test('no commit gets a balance past the check, but a transaction may be uneven on its way', async () => {
  await commit(at(0, deposit('a1', '500')));
  const raise = "UPDATE settlement.balances SET balance = balance + 1 WHERE account = 'wallet/a1'";
  const lower = "UPDATE settlement.balances SET balance = balance - 1 WHERE account = 'external'";
  await expect(inTransaction(pool, (client) => client.query(raise))).rejects.toThrow('does not sum to zero');
  await expect(
    inTransaction(pool, (client) => client.query("DELETE FROM settlement.balances WHERE account = 'external'")),
  ).rejects.toThrow('does not sum to zero');
  await inTransaction(pool, async (client) => {
    await client.query(raise);
    await client.query(lower);
  });
  // Even, but not what the postings say: the trial balance finds it.
  expect(await countDifferences(pool)).toBe(2);
});

describe('no commit leaves an account below zero that may not be, however much the transaction moves', () => {
  test('a wallet', async () => {
    await commit(at(0, deposit('a1', '500')));
    await expect(commit(at(1, withdrawal('a1', '500.00000001')))).rejects.toThrow(
      'account wallet/a1 has -0.00000001 USDT in partition 0: accounts of kind wallet are never below zero',
    );
    // As one transaction it is what counts in the end.
    await commit(at(1, withdrawal('a1', '600')), at(2, deposit('a1', '100')));
    expect(await balances('wallet/a1', 'external')).toEqual(['0', '0']);
  });

  test.each([
    ['earnings/p', '0', '-1', 'earnings'],
    ['platform-revenue', '-1', '0', 'platform-revenue'],
  ])('%s', async (account, platformFee, providerNet, kind) => {
    await commit(at(0, deposit('a1', '500')), at(1, requested('100')));
    const charges = [shareCharged({ platformFee, providerNet })];
    await expect(commit(at(2, record('ProfitShareCharged', { charges })))).rejects.toThrow(
      `account ${account} has -1.00000000 USDT in partition 0: accounts of kind ${kind} are never below zero`,
    );
  });

  test('a copy that runs may be, while gains cover it; insurance bears what is left', async () => {
    await commit(at(0, deposit('a1', '500')), at(1, requested('100')));
    await commit(at(2, ended(end({ fee: '0', realisedPnl: '-130' }))));
    expect(await balances('copy/a1~p~1')).toEqual(['-30']);
    await expect(commit(at(3, stopped('0')))).rejects.toThrow(
      'account copy/a1~p~1 has -30.00000000 USDT in partition 0: it is closed, so it has to be exactly zero',
    );
    await commit(at(3, record('InsuranceDrawn', { ...copy, amount: '30' })), at(4, stopped('0')));
    expect(await balances('copy/a1~p~1', 'insurance', 'wallet/a1')).toEqual(['0', '-30', '400']);
  });

  test('a copy that has stopped, or was refused, keeps nothing and gets nothing', async () => {
    await commit(at(0, deposit('a1', '500')), at(1, requested('100')));
    await expect(commit(at(2, stopped('99.99999999')))).rejects.toThrow('it has to be exactly zero');
    await commit(at(2, refused));
    await expect(commit(at(3, ended(end({}))))).rejects.toThrow('account copy/a1~p~1 has -0.05000000 USDT');
    expect(await balances('copy/a1~p~1', 'wallet/a1')).toEqual(['0', '500']);
  });

  test('there are accounts of the known kinds only, the same in the code and in the database', async () => {
    const insert = "INSERT INTO settlement.balances VALUES ($1, 'USDT', 0, 0, 0, '', 0)";
    for (const kind of Object.keys(accountKinds)) await pool.query(insert, [kind]);
    await expect(pool.query(insert, ['loans/a1'])).rejects.toThrow('balances_kind_check');
  });
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
  expect([(await readTrialBalance(pool)).ledgerSum, await countDifferences(pool)]).toEqual(['0', 0]);
  expect(await balances('fees')).toEqual(['800']);
});
