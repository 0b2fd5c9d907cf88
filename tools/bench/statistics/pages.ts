import { periods } from '@slipstream/domain';
import {
  leaderboardSorts,
  readLeaderboard,
  readSimilar,
  type LeaderboardQuery,
  type LeaderboardSort,
} from '@slipstream/read-model';
import type pg from 'pg';
import { median, quantile } from '../measure.ts';
import type { Random } from './random.ts';

/** Round trips, milliseconds. */
export interface Times {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface PageTimes extends Times {
  /** The combination of sort, order, window and filter with the slowest median, and the slowest single page. */
  readonly slowest: { readonly query: string; readonly p50: number };
  readonly slowestPage: string;
}

const limit = 50;
/** Pages read behind the first one; most readers go no further than the first. */
const depths = [0, 0, 0, 0, 1, 8];

/** Each filter alone, and several of those that people combine. */
const filters: readonly Partial<LeaderboardQuery>[] = [
  {},
  { minAum: '1000' },
  { minFollowers: 20 },
  { maxDrawdown: '0.2' },
  { riskLevel: 'low' },
  { riskLevel: 'medium' },
  { riskLevel: 'high' },
  { strategy: 'spot' },
  { strategy: 'futures' },
  { strategy: 'mixed' },
  { status: 'active' },
  { status: 'failed' },
  { status: 'retired' },
  { status: 'blocked' },
  { listed: 'ranked' },
  { listed: 'new' },
  { text: 'falcon' },
  { text: 'r' },
  { text: '3900' },
  { text: 'nobody is called so' },
  { listed: 'ranked', status: 'active', maxDrawdown: '0.3', minAum: '500' },
  { listed: 'ranked', status: 'active', riskLevel: 'low', strategy: 'futures', minFollowers: 5 },
  { minAum: '10', minFollowers: 1, maxDrawdown: '0.9', status: 'active', listed: 'ranked', text: 'o' },
  { maxDrawdown: '0.9', status: 'active', text: 'e' },
];

/** Every sort in both orders, for all windows, with every filter. */
export function combinations(): LeaderboardQuery[] {
  const sorts = Object.keys(leaderboardSorts) as LeaderboardSort[];
  return periods.flatMap((period) =>
    sorts.flatMap((sort) =>
      (['asc', 'desc'] as const).flatMap((order) => filters.map((one) => ({ period, sort, order, limit, ...one }))),
    ),
  );
}

/**
 * Reads pages over one connection: all combinations in random order, of each the first page and now and then some that
 * are deep in the list.
 */
export async function timePages(pool: pg.Pool, random: Random, pagesMax = Infinity): Promise<PageTimes> {
  const taken: number[] = [];
  let slowestPage = { query: '', ms: 0 };
  let slowest = { query: '', p50: 0 };
  for (const query of random.shuffle(combinations())) {
    const own: number[] = [];
    let cursor: string | null | undefined;
    for (let left = random.pick(depths); left >= 0 && cursor !== null; left--) {
      const startedMs = performance.now();
      const page = await readLeaderboard(pool, { ...query, cursor });
      own.push(performance.now() - startedMs);
      cursor = page.next;
    }
    taken.push(...own);
    const name = named(query);
    const longest = Math.max(...own);
    if (longest > slowestPage.ms) slowestPage = { query: name, ms: longest };
    if (own.length > 1 && median(own) > slowest.p50) slowest = { query: name, p50: median(own) };
    if (taken.length >= pagesMax) break;
  }
  return { ...timesOf(taken), slowest, slowestPage: slowestPage.query };
}

/** Reads the providers like some. */
export async function timeSimilar(
  pool: pg.Pool,
  ids: readonly string[],
  count: number,
  random: Random,
): Promise<Times> {
  const taken: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedMs = performance.now();
    await readSimilar(pool, random.pick(ids));
    taken.push(performance.now() - startedMs);
  }
  return timesOf(taken);
}

export function timesOf(taken: number[]): Times {
  const sorted = taken.sort((a, b) => a - b);
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? NaN };
}

const named = ({ sort, order, period, limit: _limit, ...filter }: LeaderboardQuery): string =>
  `${sort} ${order} ${period} ${JSON.stringify(filter)}`;
