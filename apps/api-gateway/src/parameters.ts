import {
  leaderboardLimitMax,
  leaderboardSorts,
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
  const parsed = leaderboardParameters.safeParse(query);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys' ? `unknown parameter ${issue.keys.join(', ')}` : issue.message,
  );
  throw new Problem(400, 'bad_parameter', `${sentences.join('; ')}.`);
}
