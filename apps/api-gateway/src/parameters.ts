import { periods } from '@slipstream/domain';
import {
  leaderboardLimitMax,
  leaderboardSorts,
  listings,
  outcomesLimitMax,
  riskLevels,
  statuses,
  strategies,
  tradesLimitMax,
  type LeaderboardQuery,
  type LeaderboardSort,
} from '@slipstream/read-model';
import { z } from 'zod';
import { Problem } from './problem.js';

const sorts = Object.keys(leaderboardSorts) as [LeaderboardSort, ...LeaderboardSort[]];
/** One of some words. */
export const oneOf = <const T extends readonly string[]>(name: string, values: T) =>
  z.enum(values, { error: `${name} must be one of ${values.join(', ')}` });
/** A parameter that isn't repeated. */
export const once = (name: string) => z.string({ error: `${name} must be given once` });
/** Items of a page. */
export const limitUpTo = (most: number) => {
  const error = `limit must be a whole number from 1 to ${most}`;
  return z
    .string({ error: 'limit must be given once' })
    .regex(/^\d{1,3}$/, { error })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= most, { error });
};
const decimalText = (name: string) =>
  once(name).regex(/^\d{1,18}(\.\d{1,18})?$/, { error: `${name} must be a decimal number, 0 or above` });

const leaderboardParameters = z.strictObject({
  period: oneOf('period', periods).default('30d'),
  sort: oneOf('sort', sorts).default('overview'),
  order: z.enum(['asc', 'desc'], { error: 'order must be asc or desc' }).default('desc'),
  limit: limitUpTo(leaderboardLimitMax).default(50),
  cursor: once('cursor').max(500, { error: 'cursor is too long' }).optional(),
  minAum: decimalText('minAum').optional(),
  minFollowers: once('minFollowers')
    .regex(/^\d{1,9}$/, { error: 'minFollowers must be a whole number' })
    .transform(Number)
    .optional(),
  maxDrawdown: decimalText('maxDrawdown').optional(),
  riskLevel: oneOf('riskLevel', riskLevels).optional(),
  strategy: oneOf('strategy', strategies).optional(),
  status: oneOf('status', statuses).optional(),
  listed: oneOf('listed', listings).default('all'),
  text: once('text')
    .max(100, { error: 'text is too long' })
    .refine((words) => !words.includes('\0'), { error: 'text has an unprintable character' })
    .optional(),
});

/**
 * The query of the leaderboard.
 * @throws Problem naming what is wrong with it
 */
export function leaderboardQuery(query: unknown): LeaderboardQuery {
  return checked(leaderboardParameters.safeParse(query));
}

const outcomesParameters = z.strictObject({
  after: once('after')
    .regex(/^\d{1,15}$/, { error: 'after must be an order number' })
    .transform(Number)
    .default(0),
  limit: limitUpTo(outcomesLimitMax).default(50),
});

const tradesParameters = z.strictObject({
  cursor: once('cursor').max(500, { error: 'cursor is too long' }).optional(),
  limit: limitUpTo(tradesLimitMax).default(50),
});

/**
 * Which trades of a provider are asked for.
 * @throws Problem naming what is wrong with it
 */
export function tradesQuery(query: unknown): { before?: { at: number; id: string } | undefined; limit: number } {
  const { cursor, limit } = checked(tradesParameters.safeParse(query));
  if (cursor === undefined) return { limit };
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('\n');
  if (id === undefined || !/^-?\d{1,16}$/.test(at ?? ''))
    throw new Problem(400, 'bad_parameter', 'The cursor is damaged; start from the first page.');
  return { before: { at: Number(at), id }, limit };
}

/** Cursor of the page of trades after a place. */
export const tradesCursor = (place: { at: number; id: string } | null): string | null =>
  place && Buffer.from(`${place.at}\n${place.id}`).toString('base64url');

/**
 * Which outcomes of a copy are asked for.
 * @throws Problem naming what is wrong with it
 */
export const outcomesQuery = (query: unknown): { readonly after: number; readonly limit: number } =>
  checked(outcomesParameters.safeParse(query));

/**
 * What was parsed.
 * @throws Problem naming everything that is wrong with it
 */
export function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys' ? `unknown parameter ${issue.keys.join(', ')}` : issue.message,
  );
  throw new Problem(400, 'bad_parameter', `${sentences.join('; ')}.`);
}
