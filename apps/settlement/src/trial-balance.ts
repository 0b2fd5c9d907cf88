import { accountKinds, decimal, text, zero, type AccountKind } from '@slipstream/domain';
import type { Pool } from 'pg';

/** Σ of balances and how many accounts have one. */
export interface Total {
  readonly sum: string;
  readonly accounts: number;
}

/** Sum of all balances per asset: anything but zero is a fault. */
export interface TrialBalance {
  readonly assets: Readonly<Record<string, Total>>;
  /** Per kind of account that has postings, then per asset. */
  readonly kinds: Readonly<Partial<Record<AccountKind, Readonly<Record<string, Total>>>>>;
  /** Σ of the assets' sums, absolute values. */
  readonly ledgerSum: string;
  /** Accounts whose balance isn't what their postings give. */
  readonly differences: number;
}

/** Balances of one account by asset. */
export interface AccountBalances {
  readonly account: string;
  readonly balances: Readonly<Record<string, string>>;
}

interface Row {
  readonly kind: AccountKind;
  readonly asset: string;
  readonly sum: string | null;
  readonly accounts: string;
  readonly differences: string;
}

/** Adds up the ledger as it is now, and derives every balance from the postings again. */
export async function readTrialBalance(pool: Pool): Promise<TrialBalance> {
  const { rows } = await pool.query<Row>(
    `WITH kept AS (SELECT account, asset, sum(balance) AS balance FROM settlement.balances GROUP BY 1, 2),
          derived AS (SELECT account, asset, sum(change) AS balance
                        FROM (SELECT destination AS account, asset, amount AS change FROM settlement.postings
                              UNION ALL SELECT source, asset, -amount FROM settlement.postings) changes GROUP BY 1, 2)
     SELECT split_part(account, '/', 1) AS kind, asset, sum(kept.balance) AS sum, count(kept.account) AS accounts,
            count(*) FILTER (WHERE kept.balance IS DISTINCT FROM derived.balance) AS differences
       FROM kept FULL JOIN derived USING (account, asset) GROUP BY 1, 2`,
  );
  const totals = rows.map(({ kind, asset, sum, accounts, differences }) => ({
    ...{ kind, asset, sum: decimal(sum ?? '0'), accounts: Number(accounts), differences: Number(differences) },
  }));
  const assets = [...new Set(totals.map(({ asset }) => asset))].sort().map((asset) => {
    const of = totals.filter((total) => total.asset === asset);
    const sum = of.reduce((all, total) => all.plus(total.sum), zero);
    return { asset, sum, accounts: of.reduce((all, total) => all + total.accounts, 0) };
  });
  return {
    assets: Object.fromEntries(assets.map(({ asset, sum, accounts }) => [asset, { sum: text(sum), accounts }])),
    kinds: byKind(totals),
    ledgerSum: text(assets.reduce((all, { sum }) => all.plus(sum.abs()), zero)),
    differences: totals.reduce((all, { differences }) => all + differences, 0),
  };
}

function byKind(
  totals: readonly { kind: AccountKind; asset: string; sum: typeof zero; accounts: number }[],
): TrialBalance['kinds'] {
  const kinds: Partial<Record<AccountKind, Record<string, Total>>> = {};
  for (const kind of Object.keys(accountKinds) as AccountKind[])
    for (const { asset, sum, accounts } of totals.filter((total) => total.kind === kind))
      kinds[kind] = { ...kinds[kind], [asset]: { sum: text(sum), accounts } };
  return kinds;
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
