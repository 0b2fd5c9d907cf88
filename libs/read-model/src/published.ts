import { decimal, periods, text, type Period, type PeriodStats } from '@slipstream/domain';
import type { Pool } from 'pg';
import { ProviderPeriodRow } from './entities/provider.js';
import type { PublishedStats } from './proof.js';
import { tableOf } from './rows.js';

type Row = Readonly<Record<string, string | number | boolean | null>>;

const periodColumns = tableOf(ProviderPeriodRow).columns.filter(
  ({ property }) => !['period', 'providerId'].includes(property),
);

/**
 * The metrics of a window: numbers where counted, decimal text where computed.
 * @param row of provider_periods, and `more` of provider_stats
 */
export function periodStatsOf(row: Row): PeriodStats {
  const entries = periodColumns.map(({ property, name, type }) => {
    const value = row[name] ?? null;
    if (value === null) return [property, null];
    return [property, type === 'numeric' ? text(decimal(String(value))) : Number(value)];
  });
  const more = JSON.parse(String(row['more'])) as Record<string, object>;
  return { ...more[String(row['period'])], ...Object.fromEntries(entries) } as PeriodStats;
}

/** What of a window leaderboards sort by, as its row. */
export function periodRowOf(period: string, providerId: string, stats: PeriodStats): ProviderPeriodRow {
  const { days, roi, maxDrawdown, sharpe, sortino, calmar, volatility, profitDays, lossDays } = stats;
  const { totalTrades, winRate, totalPnl, profitFactor, maxLossSingleTrade, volume } = stats;
  return {
    ...{ period, providerId, days, roi, maxDrawdown, sharpe, sortino, calmar, volatility, profitDays, lossDays },
    ...{ totalTrades, winRate, totalPnl, profitFactor, maxLossSingleTrade, volume },
  };
}

/** The other figures of all windows, as `provider_stats` keeps them. */
export const moreOf = (stats: PublishedStats['periods']): string =>
  JSON.stringify(
    Object.fromEntries(
      periods.map((period) => {
        const one = stats[period];
        return [period, Object.fromEntries(moreNames.map((name) => [name, one[name]]))];
      }),
    ),
  );

const moreNames = [
  'fills',
  'orders',
  'wonTrades',
  'grossPnl',
  'fees',
  'averagePositionNotional',
  'averageHoldingMs',
  'longTrades',
  'longPnl',
  'shortPnl',
  'peakExposure',
  'averageLeverage',
  'peakLeverage',
] as const satisfies (keyof PeriodStats)[];

/** The published figures of a provider and their hash, as they lie in the tables; undefined when nobody is registered so. */
export async function readPublished(
  pool: Pick<Pool, 'query'>,
  providerId: string,
): Promise<{ readonly stats: PublishedStats; readonly hash: string } | undefined> {
  // One statement: figures of two moments would not fit together.
  const { rows } = await pool.query<Row>(
    `SELECT s.as_of, s.log_partition, s.log_offset, s.formula_version, s.hash, s.owed, s.more, p.status, p.strategy, p.ranked,
            p.risk, p.risk_level, p.overview_own, p.followers, w.*
       FROM provider_stats s JOIN providers p USING (provider_id) JOIN provider_periods w USING (provider_id)
      WHERE provider_id = $1`,
    [providerId],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const periodOf = (period: Period): PeriodStats => {
    const row = rows.find((one) => one['period'] === period);
    if (row === undefined) throw new Error(`${providerId} has no window ${period}`);
    return periodStatsOf(row);
  };
  const stats: PublishedStats = {
    providerId,
    asOf: Number(first['as_of']),
    logPartition: Number(first['log_partition']),
    logOffset: Number(first['log_offset']),
    formulaVersion: Number(first['formula_version']),
    status: first['status'] as PublishedStats['status'],
    strategy: first['strategy'] as PublishedStats['strategy'],
    ranked: first['ranked'] === true,
    followers: Number(first['followers']),
    owed: Number(first['owed']),
    risk: first['risk'] === null ? null : Number(first['risk']),
    riskLevel: first['risk_level'] as PublishedStats['riskLevel'],
    overviewOwn: text(decimal(String(first['overview_own']))),
    periods: Object.fromEntries(periods.map((period) => [period, periodOf(period)])) as Record<Period, PeriodStats>,
  };
  return { stats, hash: String(first['hash']) };
}
