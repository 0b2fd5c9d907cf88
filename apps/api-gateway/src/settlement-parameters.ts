import {
  accountSettlementsLimitMax,
  earningsGroupings,
  earningsLimitMax,
  receiptsLimitMax,
  type EarningsQuery,
  type ReceiptPlace,
} from '@slipstream/read-model';
import { z } from 'zod';
import { checked, limitUpTo, once, oneOf } from './parameters.js';
import { Problem } from './problem.js';

const dayMs = 86_400_000;
const cursor = once('cursor').max(500, { error: 'cursor is too long' }).optional();

/** A UTC day as days since 1970-01-01. */
const day = (name: string) => {
  const error = `${name} must be a day, YYYY-MM-DD`;
  return once(name)
    .regex(/^\d{4}-\d{2}-\d{2}$/, { error })
    .refine((text) => isDay(text), { error })
    .transform((text) => Date.parse(text) / dayMs);
};

/** 2026-02-30 is none. */
function isDay(text: string): boolean {
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

const earningsParameters = z
  .strictObject({
    by: oneOf('by', earningsGroupings).default('period'),
    from: day('from').optional(),
    to: day('to').optional(),
    cursor,
    limit: limitUpTo(earningsLimitMax).default(50),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, { error: 'from must be before to' });

/** Numbers that a group is told apart by. */
const numbersOf = { period: 2, follower: 2, copy: 3 } as const;

/**
 * Which earnings of a provider are asked for.
 * @throws Problem naming what is wrong with it
 */
export function earningsQuery(query: unknown): EarningsQuery {
  const { by, from = null, to = null, cursor, limit } = checked(earningsParameters.safeParse(query));
  if (cursor === undefined) return { by, from, to, limit };
  const [grouping, ...numbers] = read(cursor);
  const isWhole = (text: string): boolean => /^-?\d{1,16}$/.test(text);
  if (grouping !== by || numbers.length !== numbersOf[by] || !numbers.every(isWhole))
    throw new Problem(400, 'bad_parameter', 'The cursor is damaged or of another grouping; start from the first page.');
  return { by, from, to, limit, after: numbers.map(Number) };
}

/** Cursor of the page of groups after one. */
export const earningsCursor = (by: EarningsQuery['by'], group: readonly number[] | null): string | null =>
  group && written([by, ...group.map(String)]);

const receiptsParameters = z.strictObject({ cursor, limit: limitUpTo(receiptsLimitMax).default(50) });

/**
 * Which receipts of a copy are asked for.
 * @throws Problem naming what is wrong with it
 */
export function receiptsQuery(query: unknown): { readonly before?: ReceiptPlace | undefined; readonly limit: number } {
  const { cursor, limit } = checked(receiptsParameters.safeParse(query));
  if (cursor === undefined) return { limit };
  const [at = '', id] = read(cursor);
  if (id === undefined || !/^-?\d{1,16}$/.test(at)) throw damaged();
  return { before: { at: Number(at), id }, limit };
}

/** Cursor of the page of receipts after a place. */
export const receiptsCursor = (place: ReceiptPlace | null): string | null =>
  place && written([String(place.at), place.id]);

const accountParameters = z.strictObject({ cursor, limit: limitUpTo(accountSettlementsLimitMax).default(50) });

/**
 * Which providers of an account are asked for.
 * @throws Problem naming what is wrong with it
 */
export function accountQuery(query: unknown): { readonly after?: string | undefined; readonly limit: number } {
  const { cursor, limit } = checked(accountParameters.safeParse(query));
  if (cursor === undefined) return { limit };
  const [kind, after] = read(cursor);
  if (kind !== 'account' || after === undefined) throw damaged();
  return { after, limit };
}

/** Cursor of the page of providers after one. */
export const accountCursor = (providerId: string | null): string | null =>
  providerId && written(['account', providerId]);

// A line break is in no id.
const written = (parts: readonly string[]): string => Buffer.from(parts.join('\n')).toString('base64url');
const read = (cursor: string): string[] => {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (text.includes('\0')) throw damaged();
  return text.split('\n');
};
const damaged = (): Problem => new Problem(400, 'bad_parameter', 'The cursor is damaged; start from the first page.');
