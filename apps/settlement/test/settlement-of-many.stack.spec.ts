import { jest } from '@jest/globals';
import { record } from '@slipstream/contracts';
import type { JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import { countDifferences, readTrialBalance } from '../src/trial-balance.js';
import { at, commit, deposit, emptyLedger, requested, shareCharged, ticked } from './ledger.js';

// The full size takes a minute: LEDGER_COPIES=100000.
const copies = Number(process.env['LEDGER_COPIES'] ?? 12_000);
const partitions = 12;
const day = 86_400_000;
const perRecord = 1000;
/** Records that share a transaction. */
const perTransaction = 12;
/** 100,000 copies in 60 s, of which the ledger may take a third. */
const msMax = Math.max(4000, copies * 0.2);

jest.setTimeout(300_000);
afterAll(stopStack);

test(`profit shares of ${copies} copies are booked in time, their day is closed, and the ledger sums to zero`, async () => {
  const pool = await emptyLedger();
  try {
    const share = Math.ceil(copies / partitions);
    const idsOf = (partition: number) =>
      Array.from({ length: share }, (_, i) => ({ accountId: `a${partition}-${i}`, copyId: `a${partition}-${i}~p~1` }));
    for (let partition = 0; partition < partitions; partition++) {
      const opened = idsOf(partition).flatMap((ids, i) => [
        at(2 * i, deposit(ids.accountId, '1000'), partition),
        at(2 * i + 1, requested('500', ids), partition),
      ]);
      opened.push(at(2 * share, ticked(day), partition));
      await commit(pool, ...opened);
    }
    const settled: JournalRecord[] = [];
    for (let from = 0; from < share; from += perRecord)
      for (let partition = 0; partition < partitions; partition++) {
        const charges = idsOf(partition)
          .slice(from, from + perRecord)
          .map((ids, i) => shareCharged({ ...ids, providerId: `p${i % 10}` }));
        settled.push(at(2 * share + 1 + from, record('ProfitShareCharged', { charges }), partition));
      }
    const startedAtMs = performance.now();
    for (let i = 0; i < settled.length; i += perTransaction)
      await commit(pool, ...settled.slice(i, i + perTransaction));
    const tookMs = Math.round(performance.now() - startedAtMs);
    console.log(`${copies} copies, ${2 * share * partitions} postings: ${tookMs} ms`);
    expect(tookMs).toBeLessThan(msMax);
    const closedAtMs = performance.now();
    for (let partition = 0; partition < partitions; partition++)
      await commit(pool, at(4 * share, ticked(2 * day), partition));
    const closingMs = Math.round(performance.now() - closedAtMs);
    console.log(`their day is closed and signed: ${closingMs} ms`);
    expect(closingMs).toBeLessThan(msMax);
    expect((await pool.query('SELECT 1 FROM settlement.roots')).rowCount).toBe(1);
    const { ledgerSum, kinds } = await readTrialBalance(pool);
    expect([ledgerSum, await countDifferences(pool), kinds.copy?.['USDT']?.accounts]).toEqual([
      '0',
      0,
      share * partitions,
    ]);
  } finally {
    await pool.end();
  }
});
