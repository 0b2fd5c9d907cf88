import { decimal, text } from '@slipstream/domain';
import type { Pool } from 'pg';

/** Sum of all balances per asset: anything but zero is a fault. */
export interface TrialBalance {
  readonly assets: Readonly<Record<string, { readonly sum: string; readonly accounts: number }>>;
  /** Σ of the sums' absolute values. */
  readonly ledgerSum: string;
  /** Accounts whose balance isn't what their postings give. */
  readonly differences: number;
}

/** Balances of one account by asset. */
export interface AccountBalances {
  readonly account: string;
  readonly balances: Readonly<Record<string, string>>;
}

/** Adds up the ledger, and derives every balance from the postings again. */
export async function readTrialBalance(pool: Pool): Promise<TrialBalance> {
  const { rows } = await pool.query<{ asset: string; sum: string; accounts: string; differences: string }>(
    `WITH kept AS (SELECT account, asset, sum(balance) AS balance FROM settlement.balances GROUP BY 1, 2),
          derived AS (SELECT account, asset, sum(change) AS balance
                        FROM (SELECT destination AS account, asset, amount AS change FROM settlement.postings
                              UNION ALL SELECT source, asset, -amount FROM settlement.postings) changes GROUP BY 1, 2)
     SELECT asset, sum(kept.balance) AS sum, count(kept.account) AS accounts,
            count(*) FILTER (WHERE kept.balance IS DISTINCT FROM derived.balance) AS differences
       FROM kept FULL JOIN derived USING (account, asset) GROUP BY asset ORDER BY asset`,
  );
  const assets: Record<string, { sum: string; accounts: number }> = {};
  let ledgerSum = decimal('0');
  let differences = 0;
  for (const row of rows) {
    const sum = decimal(row.sum ?? '0');
    assets[row.asset] = { sum: text(sum), accounts: Number(row.accounts) };
    ledgerSum = ledgerSum.plus(sum.abs());
    differences += Number(row.differences);
  }
  return { assets, ledgerSum: text(ledgerSum), differences };
}

/** Balances of an account (`wallet/a1`, `copy/…`, `fees`, `venue-clearing`, `external`); undefined when it has none. */
export async function readAccount(pool: Pool, account: string): Promise<AccountBalances | undefined> {
  const { rows } = await pool.query<{ asset: string; balance: string }>(
    'SELECT asset, sum(balance) AS balance FROM settlement.balances WHERE account = $1 GROUP BY 1 ORDER BY 1',
    [account],
  );
  if (rows.length === 0) return undefined;
  return { account, balances: Object.fromEntries(rows.map((row) => [row.asset, text(decimal(row.balance))])) };
}
