import {
  leaderboardLimitMax,
  leaderboardSorts,
  outcomesLimitMax,
  type LeaderboardQuery,
  type LeaderboardSort,
} from '@slipstream/read-model';
import { z } from 'zod';
import { Problem } from './problem.js';

const sorts = Object.keys(leaderboardSorts) as [LeaderboardSort, ...LeaderboardSort[]];

const leaderboardParameters = z.strictObject({
  sort: z.enum(sorts, { error: `sort must be one of ${sorts.join(', ')}` }).default('roiAll'),
  order: z.enum(['asc', 'desc'], { error: 'order must be asc or desc' }).default('desc'),
  limit: z
    .string({ error: 'limit must be given once' })
    .regex(/^\d{1,3}$/, { error: `limit must be a whole number from 1 to ${leaderboardLimitMax}` })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= leaderboardLimitMax, {
      error: `limit must be a whole number from 1 to ${leaderboardLimitMax}`,
    })
    .default(50),
  cursor: z.string({ error: 'cursor must be given once' }).max(500, { error: 'cursor is too long' }).optional(),
});

/**
 * The query of the leaderboard.
 * @throws Problem naming what is wrong with it
 */
export function leaderboardQuery(query: unknown): LeaderboardQuery {
  return checked(leaderboardParameters.safeParse(query));
}

const outcomesSentence = `limit must be a whole number from 1 to ${outcomesLimitMax}`;
const outcomesParameters = z.strictObject({
  after: z
    .string({ error: 'after must be given once' })
    .regex(/^\d{1,15}$/, { error: 'after must be an order number' })
    .transform(Number)
    .default(0),
  limit: z
    .string({ error: 'limit must be given once' })
    .regex(/^\d{1,3}$/, { error: outcomesSentence })
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= outcomesLimitMax, { error: outcomesSentence })
    .default(50),
});

/**
 * Which outcomes of a copy are asked for.
 * @throws Problem naming what is wrong with it
 */
export const outcomesQuery = (query: unknown): { readonly after: number; readonly limit: number } =>
  checked(outcomesParameters.safeParse(query));

function checked<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys' ? `unknown parameter ${issue.keys.join(', ')}` : issue.message,
  );
  throw new Problem(400, 'bad_parameter', `${sentences.join('; ')}.`);
}
