import {
  decimal,
  figureStats,
  merged,
  periods,
  risk,
  riskLevel,
  text,
  zero,
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
  figureProperties,
  inTurn,
  moreOf,
  periodRowOf,
  proofOf,
  updated,
  upsert,
  upserted,
  type PublishedStats,
  type Statement,
} from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import { overviewOf } from './count-order.js';
import { figuresText, parseFigures } from './figures-text.js';
import type { Line, LineChanges, LineLeft, Provider } from './line.js';

/** Version of the formulas of all statistics; raised when one changes. */
export const formulaVersion = 2;

const rankedFromDays = 7;
const rankedFromClosedPositions = 5;

/**
 * Writes what changed of lines: a statement per table, whatever the number of events. Each is
 * made while the database is at the one before.
 */
export async function writeLines(client: PoolClient, left: readonly LineLeft[]): Promise<readonly Changed[]> {
  if (left.length === 0) return [];
  const changed = left.flatMap(({ line, changes }) =>
    [...changes.providers].map((id) => {
      const provider = line.providers.get(id) as Provider;
      return { line, provider, atMidnight: changes.midnights.has(id), ...toldOf(line.line, provider) };
    }),
  );
  const all = <R>(rowsOf: (changes: LineChanges) => Iterable<R>): R[] =>
    left.flatMap(({ changes }) => [...rowsOf(changes)]);
  await inTurn(client, [
    () => upserted(ProviderRow, changedRows(changed)),
    () =>
      upserted(
        ProviderStatsRow,
        changed.map(({ provider, ...told }) => statsRow(provider, told)),
      ),
    ...periodStatements(changed),
    () =>
      upserted(
        ProviderMidnightRow,
        changed.flatMap(({ provider, atMidnight }) => (atMidnight ? [midnightRow(provider)] : [])),
      ),
    () =>
      upserted(
        LeadPositionRow,
        all(({ positions }) => positions.values()),
      ),
    () =>
      upserted(
        ProviderOrderRow,
        all(({ orders }) => orders),
        { onConflict: 'NOTHING' },
      ),
    () =>
      upserted(
        ProviderDayRow,
        all(({ days }) => days.values()),
      ),
    () => aumStatement(all(({ aum }) => aum)),
    () =>
      upserted(
        LineMarkRow,
        left.flatMap(({ line, changes }) => [...changes.marks].map((instrument) => markRow(line, instrument))),
      ),
    () =>
      upserted(
        LineRow,
        left.map(({ line }) => ({ line: line.line, watermark: line.watermark })),
      ),
  ]);
  return changed;
}

/** A provider that changed, and what is told of it. */
export interface Changed extends Told {
  readonly line: Line;
  readonly provider: Provider;
  /** A midnight, a flow, or its first event came. */
  readonly atMidnight: boolean;
}

const markRow = (line: Line, instrument: string): LineMarkRow => ({
  line: line.line,
  instrument,
  price: text(line.marks.get(instrument) as Decimal),
  contractSize: text(line.instruments(instrument).contractSize),
});

/**
 * Adds what partitions measured to the days of their providers; each of them tells its part. Without zeros at the end: how many
 * there are would depend on which parts came together.
 */
function aumStatement(measured: LineChanges['aum']): Statement {
  if (measured.length === 0) return null;
  const sums = new Map<string, Decimal>();
  for (const { providerId, day, aum } of measured) {
    const key = `${providerId}\n${day}`;
    sums.set(key, (sums.get(key) ?? zero).plus(decimal(aum)));
  }
  const keys = [...sums.keys()].map((key) => key.split('\n'));
  return {
    text: `UPDATE provider_daily d SET aum = trim_scale(coalesce(d.aum, 0) + m.aum)
       FROM unnest($1::text[], $2::text[], $3::numeric[]) AS m(provider_id, day, aum)
      WHERE d.provider_id = m.provider_id AND d.day = m.day`,
    values: [keys.map(([id]) => id), keys.map(([, day]) => day), [...sums.values()].map(text)],
  };
}

/** Writes the days that are over, so that windows can be made of them. */
export async function writeDays(client: PoolClient, changes: LineChanges): Promise<void> {
  await upsert(client, ProviderDayRow, [...changes.days.values()]);
  changes.days.clear();
}

/** What is told of a provider, and its proof. */
export interface Told {
  readonly stats: PublishedStats;
  readonly hash: string;
}

/** What is told of a provider. */
export function toldOf(line: number, provider: Provider): Told {
  const stats = publishedStats(line, provider);
  return { stats, hash: proofOf(stats) };
}

/** Rows of `providers` that aren't written so: most fills change none. */
function changedRows(changed: readonly Changed[]): ProviderRow[] {
  return changed.flatMap(({ line, provider, stats }) => {
    const next = providerRow(provider.row, stats);
    const before = line.written.get(next.providerId);
    const names = Object.keys(next) as (keyof ProviderRow)[];
    if (before && names.every((name) => before[name] === next[name])) return [];
    line.written.set(next.providerId, next);
    return [next];
  });
}

/** All figures of a provider as they are published, in one fixed order: the proof is a hash over them. */
export function publishedStats(line: number, provider: Provider): PublishedStats {
  const { row, windows, today, series, asOf, logOffset } = provider;
  const periodOf = (period: Period): PeriodStats => {
    const { base, returns } = windows[period];
    return { ...figureStats(merged(parseFigures(base), today)), ...returns };
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

function statsRow(provider: Provider, { stats, hash }: Told): ProviderStatsRow {
  const { all } = stats.periods;
  const { providerId, asOf, logPartition, logOffset, owed } = stats;
  return {
    ...{ providerId, asOf, logPartition, logOffset, formulaVersion, hash, owed },
    fills: all.fills,
    orders: all.orders,
    grossPnl: all.grossPnl,
    fees: all.fees,
    netPnl: all.totalPnl,
    funds: text(provider.funds),
    closedPositions: all.totalTrades,
    wonPositions: all.wonTrades,
    winRate: all.winRate,
    roiAll: all.roi,
    maxDrawdown: all.maxDrawdown,
    more: moreOf(stats.periods),
    runningDay: figuresText(provider.today),
    dayFlows: text(provider.dayFlows),
    dayJoined: provider.dayJoined,
    dayLeft: provider.dayLeft,
  };
}

/** All of a window at midnights; its figures only, in one partition after the other, with a fill. */
function periodStatements(changed: readonly Changed[]): (() => Statement)[] {
  const rowsOf = (period: Period, atMidnight: boolean): ProviderPeriodRow[] =>
    changed
      .filter((one) => one.atMidnight === atMidnight)
      .map(({ stats }) => periodRowOf(period, stats.providerId, stats.periods[period]));
  const anew = (): ProviderPeriodRow[] => periods.flatMap((period) => rowsOf(period, true));
  const figures = (period: Period) => (): Statement =>
    updated(ProviderPeriodRow, rowsOf(period, false), figureProperties, ['providerId'], `t.period = '${period}'`);
  return [() => upserted(ProviderPeriodRow, anew()), ...periods.map(figures)];
}

function midnightRow({ row, windows, sparkline, endedSeries, series, ...rest }: Provider): ProviderMidnightRow {
  const { returns } = series;
  return {
    providerId: row.providerId,
    base7d: windows['7d'].base,
    base30d: windows['30d'].base,
    base90d: windows['90d'].base,
    baseAll: windows.all.base,
    sparkline,
    endedSeries: JSON.stringify(endedSeries),
    seriesFrom: rest.seriesFrom,
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
    seriesBoundary: rest.seriesBoundary,
  };
}

const providerRow = (row: Provider['row'], stats: PublishedStats): ProviderRow => {
  const { status, strategy, ranked, risk: level, riskLevel: name, overviewOwn } = stats;
  return { ...row, status, strategy, ranked, risk: level, riskLevel: name, overviewOwn };
};
