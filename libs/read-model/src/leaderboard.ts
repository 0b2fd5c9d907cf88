import type { Period } from '@slipstream/domain';
import type { Pool } from 'pg';
import { cardColumns, cardOf, cardTables, windowTables, type ProviderCard, type Row } from './card.js';

/**
 * What the leaderboard can be sorted by, and the column behind it: `w` the window, `p` the provider's place (what it is listed
 * by beside). `overview` is the default; its formula is in `overviewOwn` of the domain.
 */
export const leaderboardSorts = {
  overview: 'p.overview',
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
  aum: 'p.aum',
  copierPnl: 'p.copier_pnl',
  copierReturn: 'p.copier_return',
  copiersInProfit: 'p.copiers_in_profit',
  risk: 'p.risk',
  daysLeading: '-p.registered_at',
} as const;
export type LeaderboardSort = keyof typeof leaderboardSorts;
/** Compared as whole numbers: converting ten thousand of them takes milliseconds. */
const wholeSorts: readonly LeaderboardSort[] = ['totalTrades', 'followers', 'risk', 'daysLeading'];
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

export interface LeaderboardPage {
  readonly period: Period;
  readonly items: readonly ProviderCard[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** A cursor that wasn't made by this leaderboard with the same window, sort and order. */
export class BadCursor extends Error {}

/** One page of the leaderboard; rows without the figure come last, equal ones by id. */
export async function readLeaderboard(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<LeaderboardPage> {
  const rows = (await fromTheTop(pool, query)) ?? (await ask(pool, leaderboardStatement(query)));
  const { limit, period } = query;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const next = hasMore ? writeCursor(query, last['sort_value'] as string | null, String(last['provider_id'])) : null;
  return { period, items: page.map(cardOf), next };
}

/** A statement and its parameters. */
interface Asked {
  readonly sql: string;
  readonly values: unknown[];
}

const ask = async (pool: Pick<Pool, 'query'>, { sql, values }: Asked): Promise<readonly Row[]> =>
  (await pool.query<Row>(sql, values)).rows;

/** Window or places. */
type Table = 'w' | 'p';
const nameOf = (table: Table, period: Period): string => (table === 'w' ? windowTables[period] : 'provider_places');
const where = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

/** What a page is made of: the table that is sorted, and conditions on it and on the other one. */
function partsOf(query: LeaderboardQuery) {
  const { sort, order } = query;
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const column = leaderboardSorts[sort];
  const [lead, other]: [Table, Table] = column.includes('w.') ? ['w', 'p'] : ['p', 'w'];
  const filters = filtersOf(query, parameter);
  const onLead = filters.filter((one) => one.includes(`${lead}.`));
  const onOther = filters.filter((one) => one.includes(`${other}.`));
  if (lead === 'p') onLead.push('p.status IS NOT NULL');
  if (query.cursor !== undefined) {
    const { value, id } = readCursor(query.cursor, query);
    const at = value === null ? null : parameter(value, wholeSorts.includes(sort) ? 'bigint' : 'numeric');
    onLead.push(pageAfter(column, `${lead}.provider_id`, order, at, parameter(id, 'text')));
  }
  return { lead, other, column, values, onLead, onOther };
}

/**
 * The statement of a page. The places are found in one table where it can be: tables are read as a whole, and a join of two
 * takes longer than all the rest. Then they are shown with all of their figures.
 */
export function leaderboardStatement(query: LeaderboardQuery): Asked {
  const { lead, other, column, values, onLead, onOther } = partsOf(query);
  const joined = onOther.length === 0 ? '' : `JOIN ${nameOf(other, query.period)} ${other} USING (provider_id)`;
  const sql = cardsOf(
    query,
    `SELECT ${lead}.provider_id, ${column} AS sort_value FROM ${nameOf(lead, query.period)} ${lead} ${joined}
      ${where([...onLead, ...onOther])} ${firstOf(query, query.limit + 1)}`,
  );
  return { sql, values };
}

const firstOf = ({ order }: LeaderboardQuery, rows: number): string =>
  `ORDER BY 2 ${order} NULLS LAST, 1 LIMIT ${rows}`;

/** @param places selects `provider_id` and `sort_value` */
const cardsOf = ({ period, order }: LeaderboardQuery, places: string): string =>
  `SELECT f.sort_value::text, ${cardColumns} FROM (${places}) f ${cardTables(period)}
    ORDER BY f.sort_value ${order} NULLS LAST, f.provider_id`;

/** Where fewer than this part pass, a join is the shorter way. */
const shareMin = 0.3;
const reserveFactor = 1.3;
const reserve = 50;

/**
 * A page whose filters on the other table nearly everyone passes: the first of the sorted table, and of them those who pass.
 * @returns undefined where that isn't the shorter way, or not enough of the first passed
 */
async function fromTheTop(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<readonly Row[] | undefined> {
  const { lead, other, column, values, onLead, onOther } = partsOf(query);
  if (onOther.length === 0) return undefined;
  const share = await shareOf(pool, query, other);
  if (share < shareMin) return undefined;
  const wanted = query.limit + 1;
  const candidates = Math.ceil((wanted / share) * reserveFactor) + reserve;
  const first = `SELECT ${lead}.provider_id, ${column} AS sort_value FROM ${nameOf(lead, query.period)} ${lead}
    ${where(onLead)} ${firstOf(query, candidates)}`;
  const passed = `SELECT t.provider_id, t.sort_value FROM first t CROSS JOIN LATERAL
      (SELECT * FROM ${nameOf(other, query.period)} g WHERE g.provider_id = t.provider_id OFFSET 0) ${other}
    ${where(onOther)} ${firstOf(query, wanted)}`;
  const rows = await ask(pool, { sql: cardsOf(query, `WITH first AS MATERIALIZED (${first}) ${passed}`), values });
  return rows.length === wanted ? rows : undefined;
}

/** Which part of a table's rows the planner thinks to pass its filters: from what it has sampled, in no time. */
async function shareOf(pool: Pick<Pool, 'query'>, query: LeaderboardQuery, table: Table): Promise<number> {
  const { maxDrawdown, ...ofPlaces } = query;
  const values: unknown[] = [];
  const parameter = (value: unknown, type: string): string => `$${values.push(value)}::${type}`;
  const conditions = filtersOf(table === 'w' ? { maxDrawdown } : ofPlaces, parameter);
  const name = nameOf(table, query.period);
  const plan = await pool.query<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    `EXPLAIN (FORMAT JSON) SELECT 1 FROM ${name} ${table} ${where(conditions)}`,
    values,
  );
  const all = await pool.query<{ rows: number }>(
    `SELECT reltuples AS rows FROM pg_class WHERE oid = '${name}'::regclass`,
  );
  const passing = plan.rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
  return Math.min(1, passing / Math.max(1, all.rows[0]?.rows ?? 1));
}

function filtersOf(query: LeaderboardFilters, parameter: (value: unknown, type: string) => string): string[] {
  const { minAum, minFollowers, maxDrawdown, riskLevel, strategy, status, listed, text: words } = query;
  const conditions: string[] = [];
  if (minAum !== undefined) conditions.push(`p.aum >= ${parameter(minAum, 'numeric')}`);
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
    conditions.push(`p.searched LIKE lower(${pattern})`);
  }
  return conditions;
}

/** @param at the parameters of the last row's figure, null for none, and of its id: `after` */
function pageAfter(column: string, idColumn: string, order: 'asc' | 'desc', at: string | null, after: string): string {
  if (at === null) return `${column} IS NULL AND ${idColumn} > ${after}`;
  const beyond = order === 'asc' ? '>' : '<';
  return `(${column} ${beyond} ${at} OR ${column} IS NULL OR (${column} = ${at} AND ${idColumn} > ${after}))`;
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
  const figure = wholeSorts.includes(query.sort) ? /^-?\d{1,18}$/ : /^-?\d+(\.\d+)?$/;
  if (typeof value === 'string' && figure.test(value)) return { value, id };
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
