import type { Period } from '@slipstream/domain';
import type { Pool } from 'pg';
import { readCards, type ProviderCard } from '../card.js';
import { writeCursor } from './cursor.js';
import { placesStatements } from './places.js';
import type { LeaderboardQuery } from './query.js';

export interface LeaderboardPage {
  readonly period: Period;
  readonly items: readonly ProviderCard[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/**
 * One page of the leaderboard: public providers only; those without the figure come last, equal ones by id. Cards are read
 * right after the places: each is of one moment, a figure that changed in between is the new one.
 * @throws BadCursor
 */
export async function readLeaderboard(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<LeaderboardPage> {
  const { limit, period } = query;
  const places = await placesOf(pool, query);
  const page = places.slice(0, limit);
  const last = page.at(-1);
  const hasMore = places.length > limit && last !== undefined;
  const next = hasMore ? writeCursor(query, { value: last.sort_value, id: last.provider_id }) : null;
  const items = await readCards(
    pool,
    period,
    page.map(({ provider_id: id }) => id),
  );
  return { period, items, next };
}

interface Place {
  readonly provider_id: string;
  readonly sort_value: string | null;
}

/** The places of a page and the one behind it. */
async function placesOf(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<readonly Place[]> {
  let places: readonly Place[] = [];
  for (const { sql, values } of await placesStatements(pool, query)) {
    places = (await pool.query<Place>(sql, values)).rows;
    if (places.length > query.limit) break;
  }
  return places;
}
