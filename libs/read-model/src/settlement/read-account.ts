import type { PoolClient } from 'pg';
import { plain } from '../report.js';
import { earnedOf, summed, type Earned, type Raw } from './earned.js';

export const accountSettlementsLimitMax = 100;
/** So many copies of a provider are named. */
export const copyIdsMax = 100;

/** What a follower has paid one provider. */
export interface PaidProvider extends Paid {
  readonly providerId: string;
  readonly copies: number;
  /** The newest of them. */
  readonly copyIds: readonly string[];
  /** Moment of the last settlement; null: none yet. */
  readonly lastSettlement: string | null;
}

export interface Paid extends Earned {
  /** What is still due. */
  readonly openDue: string;
}

export interface AccountSettlements {
  readonly totals: Paid;
  readonly items: readonly PaidProvider[];
  /** Provider that the page ended with. */
  readonly next: string | null;
}

/**
 * What a follower has paid, by provider, and in all; undefined when the account has copied nobody.
 * @param client in a snapshot: totals and providers are of one moment
 */
export async function readAccountSettlements(
  client: Pick<PoolClient, 'query'>,
  accountId: string,
  { after = '', limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<AccountSettlements | undefined> {
  const total = await client.query<Raw>(
    `SELECT ${summed}, sum(due) AS due, count(*) AS copies FROM copy_shares WHERE account_id = $1`,
    [accountId],
  );
  const [totals = {}] = total.rows;
  if (totals['copies'] === '0' && !(await hasCopies(client, accountId))) return undefined;
  const { rows } = await client.query<Raw>(
    `SELECT provider_id, ${summed}, sum(due) AS due,
            count(*) AS copies, max(last_settlement) AS last_settlement,
            (array_agg(copy_id ORDER BY started_at DESC, copy_no DESC))[1:${copyIdsMax}] AS copy_ids
       FROM copy_shares WHERE account_id = $1 AND provider_id COLLATE "C" > $2
      GROUP BY provider_id ORDER BY provider_id COLLATE "C" LIMIT $3`,
    [accountId, after, limit + 1],
  );
  const items = rows.slice(0, limit).map((row): PaidProvider => {
    const last = row['last_settlement'] ?? null;
    return {
      providerId: String(row['provider_id']),
      copies: Number(row['copies']),
      // An array of text.
      copyIds: row['copy_ids'] as unknown as readonly string[],
      lastSettlement: last === null ? null : new Date(Number(last)).toISOString(),
      ...earnedOf(row),
      openDue: plain(row['due']),
    };
  });
  return {
    totals: { ...earnedOf(totals), openDue: plain(totals['due']) },
    items,
    next: rows.length > limit ? (items.at(-1)?.providerId ?? null) : null,
  };
}

/** Copies without fees have no share. */
async function hasCopies(client: Pick<PoolClient, 'query'>, accountId: string): Promise<boolean> {
  const { rows } = await client.query('SELECT 1 FROM copies WHERE account_id = $1 LIMIT 1', [accountId]);
  return rows.length > 0;
}
