import { checked } from '@slipstream/streams';
import { z } from 'zod';
import { notificationTypes, type NotificationType, type Recipient } from './notification.js';
import { parseCursor, type FeedQuery, type ReadMark } from './read-feed.js';

export const feedLimitMax = 200;
const idsMax = 1000;
const kinds = ['account', 'provider'] as const;

const idText = z
  .string({ error: 'give an id' })
  .min(1, { error: 'is empty' })
  .max(200, { error: 'is longer than 200 characters' })
  .refine((id) => !id.includes('\0'), { error: 'has an unprintable character' });

/** `account/<id>` or `provider/<id>` of a path. @throws BadRequestException */
export function recipientOf(kind: string, id: string): Recipient {
  return recipientFrom(`${kind}/${id}`);
}

/** `account/<id>` or `provider/<id>`. @throws BadRequestException */
export const recipientFrom = (text: unknown): Recipient => checked(recipientText, text);

const recipientText = z
  .string({ error: 'recipient must be account/<id> or provider/<id>' })
  .transform((text, context): Recipient => {
    const slash = text.indexOf('/');
    const [kind, id] = [text.slice(0, slash), text.slice(slash + 1)];
    if (kinds.some((known) => known === kind) && idText.safeParse(id).success) return text as Recipient;
    context.addIssue({ code: 'custom', message: `"${text.slice(0, 100)}" is not account/<id> or provider/<id>` });
    return z.NEVER;
  });

const limit = z
  .string({ error: 'give it once' })
  .regex(/^\d{1,3}$/, { error: `must be a whole number from 1 to ${feedLimitMax}` })
  .transform(Number)
  .refine((count) => count >= 1 && count <= feedLimitMax, { error: `must be from 1 to ${feedLimitMax}` });

const feedParameters = z.strictObject({
  limit: limit.optional(),
  unread: z.enum(['true', 'false'], { error: 'must be true or false' }).optional(),
  cursor: z
    .string({ error: 'give it once' })
    .max(500, { error: 'is too long' })
    .transform((text, context) => {
      const cursor = parseCursor(text);
      if (cursor === null) context.addIssue({ code: 'custom', message: 'is not the `next` of a page' });
      return cursor;
    })
    .optional(),
});

/** The page of a feed that is asked for. @throws BadRequestException */
export function feedQuery(query: unknown): FeedQuery {
  const { limit: count = 50, unread, cursor = null } = checked(feedParameters, query);
  return { limit: count, unread: unread === 'true', below: cursor };
}

const readBody = z.union(
  [z.strictObject({ ids: z.array(idText).min(1).max(idsMax) }), z.strictObject({ upTo: idText })],
  { error: `give {"upTo": id}, or {"ids": [1 to ${idsMax} ids]}` },
);

/** Which notifications are read. @throws BadRequestException */
export const readMark = (body: unknown): ReadMark => checked(readBody, body);

/** A webhook that is wanted; `types` null: all. */
export interface WantedWebhook {
  readonly recipient: Recipient;
  readonly url: string;
  readonly types: readonly NotificationType[] | null;
}

const webhookBody = z.strictObject({
  recipient: recipientText,
  url: z.string({ error: 'give a URL' }).max(2000, { error: 'is longer than 2000 characters' }),
  types: z
    .array(z.enum(notificationTypes, { error: `use ${notificationTypes.join(', ')}` }))
    .min(1, { error: 'name at least one type, or leave it out for all' })
    .nullish(),
});

/** @throws BadRequestException */
export function wantedWebhook(body: unknown): WantedWebhook {
  const { recipient, url, types } = checked(webhookBody, body);
  return { recipient, url, types: types ? [...new Set(types)].sort() : null };
}

const overlapMsMax = 30 * 86_400_000;
const rotateBody = z.strictObject({
  overlapMs: z
    .number({ error: 'must be milliseconds' })
    .int()
    .min(0)
    .max(overlapMsMax, { error: 'must be at most 30 days' })
    .optional(),
});

/** How long the old secret goes on to sign; undefined where nothing is said. @throws BadRequestException */
export const rotation = (body: unknown): number | undefined => checked(rotateBody, body ?? {}).overlapMs;

const logParameters = z.strictObject({
  limit: limit.optional(),
  before: z
    .string({ error: 'give it once' })
    .regex(/^\d{1,18}$/, { error: 'must be the number of a delivery' })
    .optional(),
});

export interface LogQuery {
  readonly limit: number;
  /** Number of the delivery below which the page begins. */
  readonly before: string | null;
}

/** The page of a delivery log. @throws BadRequestException */
export function logQuery(query: unknown): LogQuery {
  const { limit: count = 50, before = null } = checked(logParameters, query);
  return { limit: count, before };
}

const listParameters = z.strictObject({ recipient: recipientText });

/** Whose webhooks are asked for. @throws BadRequestException */
export const webhooksOf = (query: unknown): Recipient => checked(listParameters, query).recipient;
