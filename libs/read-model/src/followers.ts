import { decimal, roundAmount, text } from '@slipstream/domain';
import type { Pool } from 'pg';

/** Followers of a provider: copies that are not stopped, and their money. */
export interface Followers {
  readonly activeFollowers: number;
  /** Σ min(copyTotalAmt, copy equity), 8 decimals. */
  readonly aum: string;
}

/** Followers by provider; providers without any have no entry. */
export async function readFollowers(pool: Pick<Pool, 'query'>, providerId?: string): Promise<Map<string, Followers>> {
  const { rows } = await pool.query<{ provider_id: string; active_followers: string; aum: string }>(
    `SELECT provider_id, active_followers, aum FROM provider_followers
      ${providerId === undefined ? '' : 'WHERE provider_id = $1'}`,
    providerId === undefined ? [] : [providerId],
  );
  return new Map(
    rows.map((row) => [
      row.provider_id,
      { activeFollowers: Number(row.active_followers), aum: text(roundAmount(decimal(row.aum))) },
    ]),
  );
}
