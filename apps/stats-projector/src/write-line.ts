import type { ProviderStats } from '@slipstream/contracts';
import {
  decimal,
  figureStats,
  merged,
  netPnl,
  periods,
  risk,
  riskLevel,
  text,
  type Decimal,
  type Period,
  type PeriodStats,
} from '@slipstream/domain';
import {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderDayRow,
  ProviderMidnightRow,
  ProviderOrderRow,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
  proofOf,
  upsert,
  type PublishedStats,
} from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import { overviewOf } from './count-order.js';
import { figuresText } from './figures-text.js';
import type { Line, LineChanges, Provider } from './line.js';

/** Version of the formulas of all statistics; raised when one changes. */
export const formulaVersion = 2;

const rankedFromDays = 7;
const rankedFromClosedPositions = 5;

/** Writes what changed of a line: a statement per table, whatever the number of events. */
export async function writeLine(client: PoolClient, line: Line, changes: LineChanges): Promise<void> {
  const providers = [...changes.providers].map((id) => line.providers.get(id) as Provider);
  const told = providers.map((provider) => publishedStats(line.line, provider));
  await upsert(
    client,
    ProviderRow,
    providers.map(({ row }, index) => providerRow(row, told[index] as PublishedStats)),
  );
  await upsert(
    client,
    ProviderStatsRow,
    providers.map((provider, index) => statsRow(provider, told[index] as PublishedStats)),
  );
  await upsert(client, ProviderPeriodRow, told.flatMap(periodRows));
  await upsert(
    client,
    ProviderMidnightRow,
    [...changes.midnights].map((id) => midnightRow(line.providers.get(id) as Provider)),
  );
  await upsert(client, LeadPositionRow, [...changes.positions.values()]);
  await upsert(client, ProviderOrderRow, changes.orders, { onConflict: 'NOTHING' });
  await upsert(client, ProviderDayRow, [...changes.days.values()]);
  for (const { providerId, day, aum } of changes.aum)
    await client.query(
      'UPDATE provider_daily SET aum = coalesce(aum, 0) + $3::numeric WHERE provider_id = $1 AND day = $2',
      [providerId, day, aum],
    );
  await upsert(
    client,
    LineMarkRow,
    [...changes.marks].map((instrument) => ({
      line: line.line,
      instrument,
      price: text(line.marks.get(instrument) as Decimal),
      contractSize: text(line.instruments(instrument).contractSize),
    })),
  );
  await upsert(client, LineRow, [{ line: line.line, watermark: line.watermark }]);
}

/** All figures of a provider as they are published, in one fixed order: the proof is a hash over them. */
export function publishedStats(line: number, provider: Provider): PublishedStats {
  const { row, windows, today, series, asOf, logOffset } = provider;
  const periodOf = (period: Period): PeriodStats => {
    const { base, returns } = windows[period];
    return { ...figureStats(merged(base, today)), ...returns };
  };
  const told = Object.fromEntries(periods.map((period) => [period, periodOf(period)])) as Record<Period, PeriodStats>;
  const ratio = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
  const level = risk({
    days: series.returns.days,
    volatility30d: ratio(told['30d'].volatility),
    drawdown90d: ratio(told['90d'].maxDrawdown),
    peakExposure90d: ratio(told['90d'].peakExposure),
  });
  return {
    providerId: row.providerId,
    asOf,
    logPartition: line,
    logOffset,
    formulaVersion,
    status: statusOf(provider),
    strategy: strategyOf(row),
    ranked: series.returns.days >= rankedFromDays && told.all.totalTrades >= rankedFromClosedPositions,
    followers: row.followers,
    owed: provider.owed,
    risk: level,
    riskLevel: riskLevel(level),
    overviewOwn: text(overviewOf(provider)),
    periods: told,
  };
}

function statusOf({ row, series }: Provider): PublishedStats['status'] {
  if (row.retired) return 'retired';
  if (row.blocked) return 'blocked';
  return series.ended ? 'failed' : 'active';
}

function strategyOf({ tradedSpot, tradedFutures }: Provider['row']): PublishedStats['strategy'] {
  if (tradedSpot && tradedFutures) return 'mixed';
  return tradedFutures ? 'futures' : tradedSpot ? 'spot' : null;
}

/** What is published of a provider's copies, as of the line's last write. */
export type PublishedCopiers = Pick<ProviderStats, 'aum' | 'copierPnl' | 'copierReturn' | 'copiersInProfit'>;
const noCopiers: PublishedCopiers = { aum: null, copierPnl: null, copierReturn: null, copiersInProfit: null };

/** Copiers of providers, by provider. */
export async function readCopiersOf(
  client: PoolClient,
  providerIds: readonly string[],
): Promise<(providerId: string) => PublishedCopiers> {
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT provider_id, aum, realised_pnl, realised_return, profit_share FROM provider_copiers
      WHERE provider_id = ANY ($1)`,
    [providerIds],
  );
  const plain = (value: string | null | undefined): string | null => (value ? text(decimal(value)) : null);
  const known = new Map(
    rows.map((row): [string, PublishedCopiers] => [
      row['provider_id'] ?? '',
      {
        aum: plain(row['aum']),
        copierPnl: plain(row['realised_pnl']),
        copierReturn: plain(row['realised_return']),
        copiersInProfit: plain(row['profit_share']),
      },
    ]),
  );
  return (providerId) => known.get(providerId) ?? noCopiers;
}

/** The public record of a provider. */
export function statsRecord(line: number, provider: Provider, copiers: PublishedCopiers): ProviderStats {
  const stats = publishedStats(line, provider);
  const { all } = stats.periods;
  const { providerId, asOf, logPartition, logOffset, status, strategy, ranked, followers } = stats;
  return {
    type: 'ProviderStats',
    ...{ providerId, asOf, logPartition, logOffset, formulaVersion },
    fills: all.fills,
    orders: all.orders,
    grossPnl: all.grossPnl,
    fees: all.fees,
    netPnl: all.totalPnl,
    closedPositions: all.totalTrades,
    wonPositions: all.wonTrades,
    winRate: all.winRate,
    roiAll: all.roi,
    maxDrawdown: all.maxDrawdown,
    ...{ status, strategy, ranked, followers },
    risk: stats.risk,
    riskLevel: stats.riskLevel,
    hash: proofOf(stats),
    periods: periods.map((period) => ({ period, ...stats.periods[period] })),
    ...copiers,
  };
}

function statsRow(provider: Provider, stats: PublishedStats): ProviderStatsRow {
  const { series, windows, today } = provider;
  const figures = merged(windows.all.base, today);
  const { returns } = series;
  const { all } = stats.periods;
  const { providerId, asOf, logPartition, logOffset, owed } = stats;
  return {
    ...{ providerId, asOf, logPartition, logOffset, formulaVersion, hash: proofOf(stats), owed },
    fills: figures.fills,
    orders: figures.orders,
    grossPnl: text(figures.grossPnl),
    fees: text(figures.fees),
    netPnl: text(netPnl(figures)),
    funds: text(provider.funds),
    closedPositions: figures.closedPositions,
    wonPositions: figures.wonPositions,
    winRate: all.winRate,
    roiAll: all.roi,
    maxDrawdown: all.maxDrawdown,
    runningDay: figuresText(today),
    seriesFrom: provider.seriesFrom,
    seriesDays: returns.days,
    seriesSum: text(returns.sum),
    seriesSquares: text(returns.squares),
    seriesDownside: text(returns.downside),
    seriesGrowth: text(returns.growth),
    seriesPeak: text(returns.peak),
    seriesDrawdown: text(returns.drawdown),
    seriesProfitDays: returns.profitDays,
    seriesLossDays: returns.lossDays,
    seriesEquityPlus: text(series.equityPlus),
    seriesDayFactor: text(series.dayFactor),
    seriesLastReturn: text(series.lastReturn),
    seriesEnded: series.ended,
    seriesBoundary: provider.seriesBoundary,
    dayFlows: text(provider.dayFlows),
    dayJoined: provider.dayJoined,
    dayLeft: provider.dayLeft,
  };
}

const periodRows = ({ providerId, periods: told }: PublishedStats): ProviderPeriodRow[] =>
  periods.map((period) => ({ period, providerId, ...told[period] }));

const midnightRow = ({ row, windows, sparkline, endedSeries }: Provider): ProviderMidnightRow => ({
  providerId: row.providerId,
  base7d: figuresText(windows['7d'].base),
  base30d: figuresText(windows['30d'].base),
  base90d: figuresText(windows['90d'].base),
  baseAll: figuresText(windows.all.base),
  sparkline,
  endedSeries: JSON.stringify(endedSeries),
});

const providerRow = (row: Provider['row'], stats: PublishedStats): ProviderRow => {
  const { status, strategy, ranked, risk: level, riskLevel: name, overviewOwn } = stats;
  return { ...row, status, strategy, ranked, risk: level, riskLevel: name, overviewOwn };
};
