import type { Pool } from 'pg';
import { decimal, roundAmount, text } from '@slipstream/domain';
import { statsOf } from './report.js';

/** What the leaderboard can be sorted by, and the column behind it. */
export const leaderboardSorts = {
  roiAll: 's.roi_all',
  netPnl: 's.net_pnl',
  winRate: 's.win_rate',
  maxDrawdown: 's.max_drawdown',
  followers: 'coalesce(f.active_followers, 0)',
  aum: 'coalesce(f.aum, 0)',
} as const;
export type LeaderboardSort = keyof typeof leaderboardSorts;
export const leaderboardLimitMax = 100;

export interface LeaderboardQuery {
  readonly sort: LeaderboardSort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

/** A place on the leaderboard. */
export interface LeaderboardItem extends ReturnType<typeof statsOf> {
  readonly displayName: string;
  /** Ranked from 7 days and 5 closed positions; younger ones are new. */
  readonly isNew: boolean;
  readonly activeFollowers: number;
  readonly aum: string;
  readonly asOf: string;
}

export interface LeaderboardPage {
  readonly items: readonly LeaderboardItem[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** A cursor that wasn't made by this leaderboard with the same sort and order. */
export class BadCursor extends Error {}

const rankedFromDays = 7;
const rankedFromClosedPositions = 5;

/** One page of the leaderboard; rows without the figure come last, equal ones by id. */
export async function readLeaderboard(pool: Pool, query: LeaderboardQuery): Promise<LeaderboardPage> {
  const { sort, order, limit } = query;
  const column = leaderboardSorts[sort];
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, query);
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT s.*, p.display_name, coalesce(f.active_followers, 0) AS active_followers, coalesce(f.aum, 0) AS aum,
            (${column})::text AS sort_value
       FROM read_model.provider_stats s
       JOIN read_model.providers p USING (provider_id)
       LEFT JOIN read_model.provider_followers f USING (provider_id)
      ${after === undefined ? '' : `WHERE ${pageAfter(column, order, after.value)}`}
      ORDER BY ${column} ${order} NULLS LAST, s.provider_id
      LIMIT $1`,
    after === undefined ? [limit + 1] : [limit + 1, after.id, ...(after.value === null ? [] : [after.value])],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    items: page.map(itemOf),
    next: hasMore ? writeCursor(query, last['sort_value'] ?? null, last['provider_id'] ?? '') : null,
  };
}

function pageAfter(column: string, order: 'asc' | 'desc', value: string | null): string {
  if (value === null) return `${column} IS NULL AND s.provider_id > $2`;
  const beyond = order === 'asc' ? '>' : '<';
  return `(${column} ${beyond} $3::numeric OR ${column} IS NULL OR (${column} = $3::numeric AND s.provider_id > $2))`;
}

function itemOf(row: Record<string, string | null>): LeaderboardItem {
  const stats = statsOf(row);
  return {
    ...stats,
    displayName: row['display_name'] ?? stats.providerId,
    isNew: Number(row['series_days']) < rankedFromDays || stats.closedPositions < rankedFromClosedPositions,
    activeFollowers: Number(row['active_followers']),
    aum: text(roundAmount(decimal(row['aum'] ?? '0'))),
    asOf: new Date(Number(row['as_of'])).toISOString(),
  };
}

const writeCursor = ({ sort, order }: LeaderboardQuery, value: string | null, id: string): string =>
  Buffer.from(JSON.stringify([sort, order, value, id])).toString('base64url');

function readCursor(cursor: string, query: LeaderboardQuery): { readonly value: string | null; readonly id: string } {
  const parts = parsed(cursor);
  const [sort, order, value, id] = parts;
  if (parts.length !== 4 || sort !== query.sort || order !== query.order || typeof id !== 'string')
    throw new BadCursor('The cursor does not belong to this leaderboard, sort and order; start from the first page.');
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
