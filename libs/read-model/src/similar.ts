import type { Period } from '@slipstream/domain';
import type { Pool } from 'pg';
import { cardColumns, cardOf, cardTables, windowTables, type ProviderCard } from './card.js';

const period: Period = '90d';
const shownMax = 10;

/**
 * Providers like one: same strategy first, then nearest in risk, 90-day volatility, drawdown and ROI (each difference ÷ its
 * usual size, summed). Undefined when nobody is registered so.
 */
export async function readSimilar(pool: Pool, providerId: string): Promise<readonly ProviderCard[] | undefined> {
  const known = await pool.query('SELECT 1 FROM providers WHERE provider_id = $1', [providerId]);
  if (known.rowCount === 0) return undefined;
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT f.distance, ${cardColumns}
       FROM (SELECT q.provider_id,
                    (CASE WHEN q.strategy IS NOT DISTINCT FROM o.strategy THEN 0 ELSE 10 END)
                    + abs(coalesce(q.risk, 0) - coalesce(o.risk, 0))
                    + abs(coalesce(x.volatility, 0) - coalesce(y.volatility, 0)) * 2
                    + abs(coalesce(x.max_drawdown, 0) - coalesce(y.max_drawdown, 0)) * 5
                    + abs(coalesce(x.roi, 0) - coalesce(y.roi, 0)) * 2 AS distance
               FROM providers o JOIN ${windowTables[period]} y USING (provider_id),
                    providers q JOIN ${windowTables[period]} x USING (provider_id)
              WHERE o.provider_id = $1 AND q.provider_id <> $1 AND q.status = 'active' AND q.visibility = 'public'
              ORDER BY distance, q.provider_id LIMIT ${shownMax}) f
       ${cardTables(period)}
      ORDER BY f.distance, f.provider_id`,
    [providerId],
  );
  return rows.map(cardOf);
}
