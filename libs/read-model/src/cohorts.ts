import { decimal, published } from '@slipstream/domain';
import type { Pool } from 'pg';

/** Every public provider who began to lead in one month, those who failed or left among them. */
export interface Cohort {
  /** `2024-04`. */
  readonly month: string;
  readonly providers: number;
  readonly active: number;
  readonly retired: number;
  readonly blocked: number;
  readonly failed: number;
  /** ROI over all time, of all of them; null where nobody has a day. */
  readonly roiMedian: string | null;
  readonly roiWorst: string | null;
  readonly roiBest: string | null;
  /** Providers above zero ÷ those with a day. */
  readonly inProfit: string | null;
  readonly copierPnl: string;
}

const monthsMax = 240;

/**
 * Cohorts by month, newest first. No public provider is left out: a list of survivors would tell of luck only. Private ones
 * aren't shown to the public, in no sum either.
 */
export async function readCohorts(pool: Pool): Promise<readonly Cohort[]> {
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT to_char(to_timestamp(p.registered_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*) AS providers,
            count(*) FILTER (WHERE p.status = 'active') AS active, count(*) FILTER (WHERE p.status = 'retired') AS retired,
            count(*) FILTER (WHERE p.status = 'blocked') AS blocked, count(*) FILTER (WHERE p.status = 'failed') AS failed,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY w.roi) AS roi_median, min(w.roi) AS roi_worst, max(w.roi) AS roi_best,
            round(count(*) FILTER (WHERE w.roi > 0)::numeric / nullif(count(w.roi), 0), 10) AS in_profit,
            coalesce(sum(c.realised_pnl), 0) AS copier_pnl
       FROM providers p JOIN provider_periods w ON w.provider_id = p.provider_id AND w.period = 'all'
       LEFT JOIN provider_copiers c ON c.provider_id = p.provider_id
      WHERE p.visibility = 'public' GROUP BY 1 ORDER BY 1 DESC LIMIT ${monthsMax}`,
  );
  const ratio = (value: string | null | undefined): string | null =>
    value === null || value === undefined ? null : published(decimal(value));
  return rows.map((row) => ({
    month: String(row['month']),
    providers: Number(row['providers']),
    active: Number(row['active']),
    retired: Number(row['retired']),
    blocked: Number(row['blocked']),
    failed: Number(row['failed']),
    roiMedian: ratio(row['roi_median']),
    roiWorst: ratio(row['roi_worst']),
    roiBest: ratio(row['roi_best']),
    inProfit: ratio(row['in_profit']),
    copierPnl: decimal(row['copier_pnl'] ?? '0').toString(),
  }));
}
