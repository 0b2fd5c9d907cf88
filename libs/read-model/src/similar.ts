import { decimal, type Period } from '@slipstream/domain';
import type { Pool } from 'pg';
import { readCards, windowTables, type ProviderCard } from './card.js';

const period: Period = '90d';
const shownMax = 10;
/** What another strategy counts for, as much as ten steps of risk. */
const strategyDistance = '10';

/** Who is compared. Whoever is outside differs by no less than `within`. */
interface Circle {
  readonly sql: string;
  readonly within?: string;
}

/** To work out the distance of everyone takes longer than all the rest: it is done only where fewer don't settle it. */
const circles: readonly Circle[] = [
  { sql: 'AND p.strategy IS NOT DISTINCT FROM $2 AND coalesce(p.risk, 0) BETWEEN $3 - 1 AND $3 + 1', within: '2' },
  { sql: 'AND p.strategy IS NOT DISTINCT FROM $2', within: strategyDistance },
  { sql: '' },
];

const nearest = ({ sql }: Circle): string => `SELECT p.provider_id,
    (CASE WHEN p.strategy IS NOT DISTINCT FROM $2::text THEN 0 ELSE ${strategyDistance} END)
    + abs(coalesce(p.risk, 0) - $3::int) + abs(coalesce(w.volatility, 0) - $4::numeric) * 2
    + abs(coalesce(w.max_drawdown, 0) - $5::numeric) * 5 + abs(coalesce(w.roi, 0) - $6::numeric) * 2 AS distance
  FROM provider_places p JOIN ${windowTables[period]} w USING (provider_id)
  WHERE p.is_public AND p.status = 'active' AND p.provider_id <> $1::text ${sql}
  ORDER BY 2, 1 LIMIT ${shownMax}`;

/**
 * Public providers like one, which may be private: the sum of the differences in strategy (10), risk, 90-day volatility (× 2),
 * drawdown (× 5) and ROI (× 2), nearest first. Undefined when nobody is registered so.
 */
export async function readSimilar(pool: Pool, providerId: string): Promise<readonly ProviderCard[] | undefined> {
  const { rows } = await pool.query<Record<string, string | number | null>>(
    `SELECT o.strategy, coalesce(o.risk, 0) AS risk, coalesce(w.volatility, 0) AS volatility,
            coalesce(w.max_drawdown, 0) AS max_drawdown, coalesce(w.roi, 0) AS roi
       FROM providers o JOIN ${windowTables[period]} w USING (provider_id) WHERE o.provider_id = $1`,
    [providerId],
  );
  const own = rows[0];
  if (own === undefined) return undefined;
  const values = [providerId, own['strategy'], own['risk'], own['volatility'], own['max_drawdown'], own['roi']];
  return readCards(pool, period, await nearestOf(pool, values));
}

async function nearestOf(pool: Pool, values: readonly unknown[]): Promise<readonly string[]> {
  let found: readonly { readonly provider_id: string; readonly distance: string }[] = [];
  for (const circle of circles) {
    found = (await pool.query<(typeof found)[number]>(nearest(circle), [...values])).rows;
    const last = found[shownMax - 1];
    if (last !== undefined && circle.within !== undefined && decimal(last.distance).lt(circle.within)) break;
  }
  return found.map(({ provider_id: id }) => id);
}
