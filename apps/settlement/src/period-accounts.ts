import { dayStart, decimal, kindOf, text, type AccountKind } from '@slipstream/domain';
import type { ClientBase } from 'pg';
import type { Days, Movement, PeriodBalance } from './period-balance.js';

/** What moved on one account in one asset. */
export interface AccountPeriod extends Movement {
  readonly account: string;
  readonly asset: string;
  /** Entries of the period in its chains. */
  readonly entries: number;
}

/** A place in the list of accounts, which is sorted by account and asset, by their bytes. */
export interface AccountMark {
  readonly account: string;
  readonly asset: string;
}

/** So many postings at most are read for a page, unless one account alone has more in the period. */
const entriesMax = 100_000;

/**
 * The accounts after a mark, at most `limit`, fewer where they have very many postings in the period. Opening and closing are
 * heads of chains; what came in and went out is read by index ranges, of accounts that everybody shares it is that of their kind.
 * @param kinds of the same days and snapshot
 */
export async function readAccountsPage(
  client: ClientBase,
  days: Days,
  kinds: PeriodBalance['kinds'],
  after: AccountMark | null,
  limit: number,
): Promise<{ readonly accounts: readonly AccountPeriod[]; readonly next: AccountMark | null }> {
  const found = await readHeads(client, days, after, limit + 1);
  const heads: Heads[] = [];
  let entries = 0;
  for (const one of found.slice(0, limit)) {
    entries += isShared(one) ? 0 : one.entries;
    if (heads.length > 0 && entries > entriesMax) break;
    heads.push(one);
  }
  const moved = await readMoved(
    client,
    days,
    heads.filter((one) => !isShared(one) && one.entries > 0),
  );
  const accounts = heads.map((head): AccountPeriod => {
    const { account, asset, opening, closing, entries: count } = head;
    const ofKind = isShared(head) ? kinds[head.account]?.[asset] : undefined;
    const { in: cameIn, out } = ofKind ?? moved.get(keyOf(head)) ?? { in: '0', out: '0' };
    return { account, asset, opening, in: cameIn, out, closing, entries: count };
  });
  return { accounts, next: heads.length < found.length ? (heads.at(-1) ?? null) : null };
}

interface Heads extends AccountMark {
  readonly opening: string;
  readonly closing: string;
  readonly entries: number;
}

const keyOf = ({ account, asset }: AccountMark): string => `${asset} ${account}`;

/** The only one of its kind: its name is the kind's. */
const isShared = (mark: AccountMark): mark is AccountMark & { readonly account: AccountKind } =>
  kindOf(mark.account) === mark.account;

/** Balance and number of the last entry of chain `b` before a moment, of either side. */
const headBefore = (moment: string): string => {
  const side = (column: 'source' | 'destination'): string =>
    `(SELECT ${column}_balance AS balance, ${column}_entry AS entry FROM settlement.postings
       WHERE ${column} = b.account AND asset = b.asset AND partition = b.partition AND booked_at < ${moment}
       ORDER BY booked_at DESC, "offset" DESC, leg DESC LIMIT 1)`;
  return `(SELECT * FROM (${side('source')} UNION ALL ${side('destination')}) last ORDER BY entry DESC LIMIT 1)`;
};

async function readHeads(
  client: ClientBase,
  { from, to }: Days,
  after: AccountMark | null,
  limit: number,
): Promise<Heads[]> {
  const { rows } = await client.query<Record<'account' | 'asset' | 'opening' | 'closing' | 'entries', string>>(
    `WITH page AS (SELECT account, asset FROM settlement.balances WHERE (account, asset) > ($1, $2)
                    GROUP BY account, asset ORDER BY account, asset LIMIT $3)
     SELECT b.account, b.asset, coalesce(sum(o.balance), 0) AS opening, coalesce(sum(c.balance), 0) AS closing,
            coalesce(sum(c.entry), 0) - coalesce(sum(o.entry), 0) AS entries
       FROM page JOIN settlement.balances b USING (account, asset)
       LEFT JOIN LATERAL ${headBefore('$4')} o ON true LEFT JOIN LATERAL ${headBefore('$5')} c ON true
      GROUP BY b.account, b.asset ORDER BY b.account, b.asset`,
    [after?.account ?? '', after?.asset ?? '', limit, dayStart(from), dayStart(to)],
  );
  return rows.map(({ account, asset, opening, closing, entries }) => ({
    ...{ account, asset, opening: text(decimal(opening)), closing: text(decimal(closing)), entries: Number(entries) },
  }));
}

async function readMoved(
  client: ClientBase,
  { from, to }: Days,
  accounts: readonly AccountMark[],
): Promise<Map<string, Pick<Movement, 'in' | 'out'>>> {
  const side = (column: 'source' | 'destination'): string =>
    `(SELECT sum(amount) FROM settlement.postings WHERE ${column} = b.account AND asset = b.asset
       AND partition = b.partition AND booked_at >= $3 AND booked_at < $4)`;
  const { rows } = await client.query<Record<'account' | 'asset' | 'came_in' | 'went_out', string>>(
    `SELECT account, asset, coalesce(sum(${side('destination')}), 0) AS came_in, coalesce(sum(${side('source')}), 0) AS went_out
       FROM settlement.balances b JOIN unnest($1::text[], $2::text[]) AS k(account, asset) USING (account, asset)
      GROUP BY account, asset`,
    [accounts.map(({ account }) => account), accounts.map(({ asset }) => asset), dayStart(from), dayStart(to)],
  );
  return new Map(
    rows.map(({ account, asset, came_in, went_out }) => [
      keyOf({ account, asset }),
      { in: text(decimal(came_in)), out: text(decimal(went_out)) },
    ]),
  );
}
