import { accountKinds, decimal, text, zero, type AccountKind } from '@slipstream/domain';
import type { ClientBase, Pool } from 'pg';

/** Σ of balances and how many accounts have one. */
export interface Total {
  readonly sum: string;
  readonly accounts: number;
}

/** Per kind of account that has postings, then per asset. */
export type PerKind<T> = Readonly<Partial<Record<AccountKind, Readonly<Record<string, T>>>>>;

/** Sum of all balances per asset: anything but zero is a fault. */
export interface TrialBalance {
  readonly assets: Readonly<Record<string, Total>>;
  readonly kinds: PerKind<Total>;
  /** Σ of the assets' sums, absolute values. */
  readonly ledgerSum: string;
}

/** Balances of one account by asset. */
export interface AccountBalances {
  readonly account: string;
  readonly balances: Readonly<Record<string, string>>;
}

interface Row {
  readonly kind: AccountKind;
  readonly asset: string;
  readonly sum: string;
  readonly accounts: string;
}

/** Adds up the balances as they are now; reads no postings. */
export async function readTrialBalance(from: Pool | ClientBase): Promise<TrialBalance> {
  const { rows } = await from.query<Row>(
    `SELECT kind, asset, sum(balance) AS sum, count(*) AS accounts
       FROM (SELECT kind, account, asset, sum(balance) AS balance FROM settlement.balances GROUP BY 1, 2, 3) one
      GROUP BY 1, 2 ORDER BY 2`,
  );
  const totals = rows.map(({ kind, asset, sum, accounts }) => ({
    ...{ kind, asset, sum: decimal(sum), accounts: Number(accounts) },
  }));
  const assets = [...new Set(totals.map(({ asset }) => asset))].map((asset) => {
    const of = totals.filter((total) => total.asset === asset);
    const sum = of.reduce((all, total) => all.plus(total.sum), zero);
    return { asset, sum, accounts: of.reduce((all, total) => all + total.accounts, 0) };
  });
  return {
    assets: Object.fromEntries(assets.map(({ asset, sum, accounts }) => [asset, { sum: text(sum), accounts }])),
    kinds: byKind(totals, ({ sum, accounts }) => ({ sum: text(sum), accounts })),
    ledgerSum: text(assets.reduce((all, { sum }) => all.plus(sum.abs()), zero)),
  };
}

/** In the order of the kinds, and in each of them as the rows come. */
export function byKind<R extends { readonly kind: AccountKind; readonly asset: string }, T>(
  rows: readonly R[],
  shown: (row: R) => T,
): PerKind<T> {
  const kinds: Partial<Record<AccountKind, Record<string, T>>> = {};
  for (const kind of Object.keys(accountKinds) as AccountKind[])
    for (const row of rows.filter((one) => one.kind === kind))
      kinds[kind] = { ...kinds[kind], [row.asset]: shown(row) };
  return kinds;
}

/** Derives every balance from the postings again, all of them. @returns how many accounts have another one */
export async function countDifferences(from: Pool | ClientBase): Promise<number> {
  const { rows } = await from.query<{ differences: string }>(
    `WITH kept AS (SELECT account, asset, sum(balance) AS balance FROM settlement.balances GROUP BY 1, 2),
          derived AS (SELECT account, asset, sum(change) AS balance
                        FROM (SELECT destination AS account, asset, amount AS change FROM settlement.postings
                              UNION ALL SELECT source, asset, -amount FROM settlement.postings) changes GROUP BY 1, 2)
     SELECT count(*) FILTER (WHERE kept.balance IS DISTINCT FROM derived.balance) AS differences
       FROM kept FULL JOIN derived USING (account, asset)`,
  );
  return Number(rows[0]?.differences ?? 0);
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
