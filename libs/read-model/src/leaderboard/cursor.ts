import type { Period } from '@slipstream/domain';

/** A cursor that wasn't made by this leaderboard with the same window, sort and order. */
export class BadCursor extends Error {}

/** What a cursor belongs to. */
interface Ranking {
  readonly period: Period;
  readonly sort: string;
  readonly order: 'asc' | 'desc';
}

/** Where a page ended: the figure of its last provider, decimal text or null for none, and the provider's id. */
export interface PageEnd {
  readonly value: string | null;
  readonly id: string;
}

/** The end of a page as text for addresses. */
export const writeCursor = ({ period, sort, order }: Ranking, { value, id }: PageEnd): string =>
  Buffer.from(JSON.stringify([period, sort, order, value, id])).toString('base64url');

/**
 * @param isWhole the figure is a whole number
 * @throws BadCursor
 */
export function readCursor(cursor: string, ranking: Ranking, isWhole: boolean): PageEnd {
  const parts = parsed(cursor);
  const [period, sort, order, value, id] = parts;
  const belongs = period === ranking.period && sort === ranking.sort && order === ranking.order;
  if (parts.length !== 5 || !belongs || typeof id !== 'string')
    throw new BadCursor(
      'The cursor does not belong to this leaderboard, period, sort and order; start from the first page.',
    );
  if (value === null) return { value, id };
  const figure = isWhole ? /^-?\d{1,18}$/ : /^-?\d+(\.\d+)?$/;
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
