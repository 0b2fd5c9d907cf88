import {
  decimal,
  one,
  periods,
  published,
  text,
  type Decimal,
  type Period,
  type PeriodStats,
} from '@slipstream/domain';
import type { Pool } from 'pg';
import { readCopiers, type CopierStats } from './copiers.js';
import type { Proof } from './card.js';
import { readPublished } from './published.js';
import { plain } from './report.js';
import { positionOf, type ShownPosition } from './trades.js';

/** A UTC day of the calendar. */
export interface ShownDay {
  readonly day: string;
  /** At its end. */
  readonly equity: string;
  readonly flows: string;
  readonly netPnl: string;
  readonly return: string | null;
  /** Growth of a hypothetical 10,000, and its fall below the peak. */
  readonly value: string | null;
  readonly drawdown: string | null;
  readonly followers: number;
  readonly aum: string | null;
}

/** What was traded of an instrument, over all time: closed lead positions. */
export interface InstrumentSplit {
  readonly instrument: string;
  readonly trades: number;
  readonly winRate: string;
  readonly netPnl: string;
  readonly longTrades: number;
  readonly longPnl: string;
  readonly shortPnl: string;
  readonly averageHoldingMs: number;
}

/** Everything a provider's page shows. Ratios are fractions, money decimal text. */
export interface ProviderView {
  readonly providerId: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly status: string;
  readonly strategy: string | null;
  readonly isNew: boolean;
  readonly risk: number | null;
  readonly riskLevel: string | null;
  readonly startingCapital: string;
  readonly feeModel: string;
  readonly profitShareRatio: string;
  readonly subscriptionPrice: string | null;
  readonly visibility: string;
  readonly level: number;
  readonly registeredAt: string;
  readonly asOf: string;
  readonly proof: Proof;
  readonly followers: number;
  readonly periods: Readonly<Record<Period, PeriodStats>>;
  readonly copiers: CopierStats;
  readonly openPositions: readonly ShownPosition[];
  readonly calendar: readonly ShownDay[];
  /** Π(1 + r) − 1 of each month, by year. */
  readonly monthlyReturns: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly instruments: readonly InstrumentSplit[];
  readonly holdingMs: { readonly median: number | null; readonly longest: number | null };
  /** Series that ended with all of the equity. */
  readonly endedSeries: readonly unknown[];
}

const daysMax = 1000;
const openMax = 200;
type Row = Readonly<Record<string, string | null>>;
const hypothetical = decimal('10000');

/** A provider's page; undefined when nobody of that id is registered. */
export async function readProvider(pool: Pool, providerId: string): Promise<ProviderView | undefined> {
  const [published, profile] = await Promise.all([readPublished(pool, providerId), readProfile(pool, providerId)]);
  if (published === undefined || profile === undefined) return undefined;
  const [copiers, open, days, instruments, holding] = await Promise.all([
    readCopiers(pool, providerId),
    pool.query<Row>(
      `SELECT *, pnl - fees AS net_pnl FROM lead_positions WHERE provider_id = $1 AND closed_at IS NULL
        ORDER BY opened_at DESC, lead_position_id LIMIT ${openMax}`,
      [providerId],
    ),
    readDays(pool, providerId),
    readInstruments(pool, providerId),
    pool.query<{ median: string | null; longest: string | null }>(
      `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY closed_at - opened_at) AS median, max(closed_at - opened_at) AS longest
         FROM lead_positions WHERE provider_id = $1 AND closed_at IS NOT NULL`,
      [providerId],
    ),
  ]);
  const { stats, hash } = published;
  const { logPartition, logOffset, formulaVersion, status, strategy, risk, riskLevel, followers } = stats;
  const whole = (value: string | null | undefined): number | null =>
    value === null || value === undefined ? null : Math.max(0, Number(value));
  return {
    providerId,
    displayName: profile['display_name'] ?? providerId,
    avatar: `/v1/avatars/${encodeURIComponent(providerId)}.svg`,
    ...{ status, strategy, isNew: !stats.ranked, risk, riskLevel },
    startingCapital: plain(profile['starting_capital']),
    feeModel: profile['fee_model'] ?? '',
    profitShareRatio: plain(profile['profit_share_ratio']),
    subscriptionPrice: profile['subscription_price'] ? plain(profile['subscription_price']) : null,
    visibility: profile['visibility'] ?? '',
    level: Number(profile['level']),
    registeredAt: new Date(Number(profile['registered_at'])).toISOString(),
    asOf: new Date(stats.asOf).toISOString(),
    proof: { logPartition, logOffset, formulaVersion, hash },
    followers,
    periods: Object.fromEntries(periods.map((period) => [period, stats.periods[period]])) as ProviderView['periods'],
    copiers,
    openPositions: open.rows.map(positionOf),
    calendar: days,
    monthlyReturns: monthly(days),
    instruments,
    holdingMs: { median: whole(holding.rows[0]?.median), longest: whole(holding.rows[0]?.longest) },
    endedSeries: JSON.parse(profile['ended_series'] ?? '[]') as unknown[],
  };
}

async function readProfile(pool: Pool, providerId: string): Promise<Row | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT p.*, n.ended_series FROM providers p JOIN provider_midnights n USING (provider_id) WHERE p.provider_id = $1`,
    [providerId],
  );
  return rows[0];
}

async function readDays(pool: Pool, providerId: string): Promise<ShownDay[]> {
  const { rows } = await pool.query<Row>(
    `SELECT * FROM (SELECT day, equity, flows, net_pnl, "return", growth, drawdown, followers, aum FROM provider_daily
      WHERE provider_id = $1 ORDER BY day DESC LIMIT ${daysMax}) newest ORDER BY day`,
    [providerId],
  );
  const ratio = (value: string | null | undefined): string | null => (value ? published(decimal(value)) : null);
  return rows.map((row) => ({
    day: row['day'] ?? '',
    equity: plain(row['equity']),
    flows: plain(row['flows']),
    netPnl: plain(row['net_pnl']),
    return: ratio(row['return']),
    value: row['growth'] ? text(decimal(row['growth']).times(hypothetical).round(8)) : null,
    drawdown: ratio(row['drawdown']),
    followers: Number(row['followers']),
    aum: row['aum'] ? plain(row['aum']) : null,
  }));
}

/** Π(1 + r) − 1 of the days of each month that have a return. */
export function monthly(days: readonly Pick<ShownDay, 'day' | 'return'>[]): ProviderView['monthlyReturns'] {
  const growth = new Map<string, Decimal>();
  for (const day of days) {
    if (day.return === null) continue;
    const month = day.day.slice(0, 7);
    growth.set(month, (growth.get(month) ?? one).times(one.plus(decimal(day.return))).round(20));
  }
  const years: Record<string, Record<string, string>> = {};
  for (const [month, value] of growth) {
    const [year = '', number = ''] = month.split('-');
    years[year] = { ...years[year], [number]: published(value.minus(one)) ?? '0' };
  }
  return years;
}

async function readInstruments(pool: Pool, providerId: string): Promise<InstrumentSplit[]> {
  const { rows } = await pool.query<Row>(
    `SELECT instrument, count(*) AS trades, round(count(*) FILTER (WHERE pnl > fees)::numeric / count(*), 10) AS win_rate,
            sum(pnl - fees) AS net_pnl, count(*) FILTER (WHERE direction = 'long') AS long_trades,
            coalesce(sum(pnl - fees) FILTER (WHERE direction = 'long'), 0) AS long_pnl,
            coalesce(sum(pnl - fees) FILTER (WHERE direction = 'short'), 0) AS short_pnl,
            round(avg(greatest(closed_at - opened_at, 0))) AS holding
       FROM lead_positions WHERE provider_id = $1 AND closed_at IS NOT NULL
      GROUP BY instrument ORDER BY count(*) DESC, instrument COLLATE "C"`,
    [providerId],
  );
  return rows.map((row) => ({
    instrument: row['instrument'] ?? '',
    trades: Number(row['trades']),
    winRate: plain(row['win_rate']),
    netPnl: plain(row['net_pnl']),
    longTrades: Number(row['long_trades']),
    longPnl: plain(row['long_pnl']),
    shortPnl: plain(row['short_pnl']),
    averageHoldingMs: Number(row['holding']),
  }));
}
