import { decimal, overviewCopiersWeight, published, roundAmount, text, type Period } from '@slipstream/domain';
import type { Pool } from 'pg';

/**
 * What the leaderboard can be sorted by, and the expression behind it: `w` the window, `p` the provider, `c` what its copiers
 * make of it. `overview` is the default; its formula is in `overviewOwn` of the domain.
 */
export const leaderboardSorts = {
  overview: `CASE WHEN p.ranked THEN p.overview_own + ${overviewCopiersWeight} * coalesce(c.profit_share, 0) END`,
  roi: 'w.roi',
  totalPnl: 'w.total_pnl',
  winRate: 'w.win_rate',
  maxDrawdown: 'w.max_drawdown',
  sharpe: 'w.sharpe',
  sortino: 'w.sortino',
  calmar: 'w.calmar',
  volatility: 'w.volatility',
  profitFactor: 'w.profit_factor',
  maxLossSingleTrade: 'w.max_loss_single_trade',
  totalTrades: 'w.total_trades',
  volume: 'w.volume',
  followers: 'p.followers',
  aum: 'coalesce(c.aum, 0)',
  copierPnl: 'c.realised_pnl',
  copierReturn: 'c.realised_return',
  copiersInProfit: 'c.profit_share',
  risk: 'p.risk',
  daysLeading: '-p.registered_at',
} as const;
export type LeaderboardSort = keyof typeof leaderboardSorts;
export const leaderboardLimitMax = 100;
export const riskLevels = ['low', 'medium', 'high'] as const;
export const strategies = ['spot', 'futures', 'mixed'] as const;
export const statuses = ['active', 'retired', 'blocked', 'failed'] as const;
export const listings = ['all', 'ranked', 'new'] as const;

/** Which providers are listed; money and ratios are decimal text. */
export interface LeaderboardFilters {
  readonly minAum?: string | undefined;
  readonly minFollowers?: number | undefined;
  /** Absolute value, a fraction: 0.2 lists drawdowns of 20 % and less. */
  readonly maxDrawdown?: string | undefined;
  readonly riskLevel?: (typeof riskLevels)[number] | undefined;
  readonly strategy?: (typeof strategies)[number] | undefined;
  readonly status?: (typeof statuses)[number] | undefined;
  readonly listed?: (typeof listings)[number] | undefined;
  /** Part of the name or id, in any case. */
  readonly text?: string | undefined;
}

export interface LeaderboardQuery extends LeaderboardFilters {
  readonly period: Period;
  readonly sort: LeaderboardSort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** A provider as a card of the leaderboard. */
export interface ProviderCard {
  readonly userId: string;
  readonly displayName: string;
  /** Address of a picture made from the id. */
  readonly avatar: string;
  readonly status: string;
  readonly strategy: string | null;
  readonly risk: number | null;
  readonly riskLevel: string | null;
  /** Ranked from 7 days and 5 closed positions; younger ones are new. */
  readonly isNew: boolean;
  readonly daysLeading: number;
  readonly followers: number;
  readonly aum: string;
  readonly feeModel: string;
  readonly profitSharePct: string;
  readonly roi30d: string | null;
  readonly copierPnl: string | null;
  readonly copierReturn: string | null;
  readonly copiersInProfit: string | null;
  readonly overview: string | null;
  /** Of the window that was asked for. */
  readonly roi: string | null;
  readonly totalPnl: string;
  readonly winRate: string | null;
  readonly maxDrawdown: string | null;
  readonly sharpe: string | null;
  readonly totalTrades: number;
  /** Growth of 10,000, at most 60 points. */
  readonly equityCurve: readonly string[];
  readonly asOf: string;
  readonly proof: Proof;
}

/** Where a figure comes from: its log position and a hash over figures, position and formula version. */
export interface Proof {
  readonly logPartition: number;
  readonly logOffset: number;
  readonly formulaVersion: number;
  readonly hash: string;
}

export interface LeaderboardPage {
  readonly period: Period;
  readonly items: readonly ProviderCard[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** A cursor that wasn't made by this leaderboard with the same window, sort and order. */
export class BadCursor extends Error {}

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** One page of the leaderboard; rows without the figure come last, equal ones by id. */
export async function readLeaderboard(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<LeaderboardPage> {
  const { sql, values } = leaderboardStatement(query);
  const { rows } = await pool.query<Row>(sql, values);
  const { limit, period } = query;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const next = hasMore ? writeCursor(query, last['sort_value'] as string | null, String(last['provider_id'])) : null;
  return { period, items: page.map(cardOf), next };
}

/** The statement of a page: the places are found in narrow rows first, then shown with all of their figures. */
export function leaderboardStatement(query: LeaderboardQuery): { readonly sql: string; readonly values: unknown[] } {
  const { sort, order, period, limit } = query;
  const values: unknown[] = [period];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const column = leaderboardSorts[sort];
  const conditions = ['w.period = $1', ...filtersOf(query, parameter)];
  if (query.cursor !== undefined) {
    const { value, id } = readCursor(query.cursor, query);
    conditions.push(pageAfter(column, order, value, id, parameter));
  }
  const sql = `SELECT f.sort_value::text, ${cardColumns}
    FROM (SELECT w.provider_id, ${column} AS sort_value FROM provider_periods w JOIN providers p USING (provider_id)
            LEFT JOIN provider_copiers c USING (provider_id)
           WHERE ${conditions.join(' AND ')}
           ORDER BY 2 ${order} NULLS LAST, 1 LIMIT ${parameter(limit + 1, 'int')}) f
    ${cardTables} AND w.period = $1
    ORDER BY f.sort_value ${order} NULLS LAST, f.provider_id`;
  return { sql, values };
}

/** Columns of a card, and the tables they are in beside `f`, which names the providers. */
export const cardColumns = `p.*, s.as_of, s.log_partition, s.log_offset, s.formula_version, s.hash, w.roi, w.total_pnl,
  w.win_rate, w.max_drawdown, w.sharpe, w.total_trades, m.roi AS roi_30d, n.sparkline, coalesce(c.aum, 0) AS aum,
  c.realised_pnl AS copier_pnl, c.realised_return, c.profit_share, ${leaderboardSorts.overview} AS overview`;
export const cardTables = `JOIN providers p USING (provider_id) JOIN provider_stats s USING (provider_id)
    JOIN provider_midnights n USING (provider_id) LEFT JOIN provider_copiers c USING (provider_id)
    JOIN provider_periods m ON m.provider_id = f.provider_id AND m.period = '30d'
    JOIN provider_periods w ON w.provider_id = f.provider_id`;

function filtersOf(query: LeaderboardFilters, parameter: (value: unknown, type: string) => string): string[] {
  const { minAum, minFollowers, maxDrawdown, riskLevel, strategy, status, listed, text: words } = query;
  const conditions: string[] = [];
  if (minAum !== undefined) conditions.push(`coalesce(c.aum, 0) >= ${parameter(minAum, 'numeric')}`);
  if (minFollowers !== undefined) conditions.push(`p.followers >= ${parameter(minFollowers, 'int')}`);
  if (maxDrawdown !== undefined) conditions.push(`w.max_drawdown >= - ${parameter(maxDrawdown, 'numeric')}`);
  if (riskLevel !== undefined) conditions.push(`p.risk_level = ${parameter(riskLevel, 'text')}`);
  if (strategy !== undefined) conditions.push(`p.strategy = ${parameter(strategy, 'text')}`);
  if (status !== undefined) conditions.push(`p.status = ${parameter(status, 'text')}`);
  if (listed === 'ranked') conditions.push('p.ranked');
  if (listed === 'new') conditions.push('NOT p.ranked');
  if (words !== undefined) {
    // A text is looked for as it is: % and _ are no patterns.
    const pattern = parameter(`%${words.replace(/[\\%_]/g, '\\$&')}%`, 'text');
    conditions.push(`(p.display_name ILIKE ${pattern} OR p.provider_id ILIKE ${pattern})`);
  }
  return conditions;
}

function pageAfter(
  column: string,
  order: 'asc' | 'desc',
  value: string | null,
  id: string,
  parameter: (value: unknown, type: string) => string,
): string {
  const after = parameter(id, 'text');
  if (value === null) return `${column} IS NULL AND w.provider_id > ${after}`;
  const beyond = order === 'asc' ? '>' : '<';
  const at = parameter(value, 'numeric');
  return `(${column} ${beyond} ${at} OR ${column} IS NULL OR (${column} = ${at} AND w.provider_id > ${after}))`;
}

const dayMs = 86_400_000;

/** A row of `cardColumns` as a card. */
export function cardOf(row: Row): ProviderCard {
  const exact = (name: string): string | null =>
    row[name] === null || row[name] === undefined ? null : text(decimal(String(row[name])));
  const words = (name: string): string | null => (row[name] as string | null | undefined) ?? null;
  const id = String(row['provider_id']);
  const money = (name: string): string | null => {
    const value = exact(name);
    return value === null ? null : text(roundAmount(decimal(value)));
  };
  return {
    userId: id,
    displayName: String(row['display_name']),
    avatar: `/v1/avatars/${encodeURIComponent(id)}.svg`,
    status: String(row['status']),
    strategy: words('strategy'),
    risk: row['risk'] === null ? null : Number(row['risk']),
    riskLevel: words('risk_level'),
    isNew: row['ranked'] !== true,
    daysLeading: Math.max(0, Math.floor((Number(row['as_of']) - Number(row['registered_at'])) / dayMs)),
    followers: Number(row['followers']),
    aum: money('aum') ?? '0',
    feeModel: String(row['fee_model']),
    profitSharePct: text(decimal(String(row['profit_share_ratio'])).times('100')),
    roi30d: exact('roi_30d'),
    copierPnl: money('copier_pnl'),
    copierReturn: exact('realised_return'),
    copiersInProfit: exact('profit_share'),
    overview: row['overview'] === null ? null : published(decimal(String(row['overview']))),
    roi: exact('roi'),
    totalPnl: exact('total_pnl') ?? '0',
    winRate: exact('win_rate'),
    maxDrawdown: exact('max_drawdown'),
    sharpe: exact('sharpe'),
    totalTrades: Number(row['total_trades']),
    equityCurve: JSON.parse(String(row['sparkline'])) as string[],
    asOf: new Date(Number(row['as_of'])).toISOString(),
    proof: {
      logPartition: Number(row['log_partition']),
      logOffset: Number(row['log_offset']),
      formulaVersion: Number(row['formula_version']),
      hash: String(row['hash']),
    },
  };
}

const writeCursor = ({ period, sort, order }: LeaderboardQuery, value: string | null, id: string): string =>
  Buffer.from(JSON.stringify([period, sort, order, value, id])).toString('base64url');

function readCursor(cursor: string, query: LeaderboardQuery): { readonly value: string | null; readonly id: string } {
  const parts = parsed(cursor);
  const [period, sort, order, value, id] = parts;
  const belongs = period === query.period && sort === query.sort && order === query.order;
  if (parts.length !== 5 || !belongs || typeof id !== 'string')
    throw new BadCursor(
      'The cursor does not belong to this leaderboard, period, sort and order; start from the first page.',
    );
  if (value === null) return { value, id };
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return { value, id };
  throw new BadCursor('The cursor is damaged; start from the first page.');
}

function parsed(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
