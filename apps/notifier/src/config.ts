import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the notifier reads from its environment beside what every service does. */
export interface NotifierConfig {
  readonly feed: FeedPolicy;
  readonly webhooks: WebhookPolicy;
}

/** The rows of the feed are a function of the journals and of this. */
export interface FeedPolicy {
  /** Length of the digest's windows. */
  readonly windowMs: number;
  /** Newest notifications that are kept per recipient. */
  readonly rowsMax: number;
}

export interface WebhookPolicy {
  /** http and loopback addresses are allowed: for development only. */
  readonly toLoopback: boolean;
  /** Webhooks per recipient. */
  readonly perRecipientMax: number;
  /** How long a rotated secret goes on to sign. */
  readonly secretOverlapMs: number;
  /** Waits after the first, second, … failed attempt; after one more it is given up. */
  readonly retryDelaysMs: readonly number[];
  /** How long the delivery of a total waits for further parts of it. */
  readonly totalDelayMs: number;
  readonly timeoutMs: number;
  /** After so long another process may take a delivery over. */
  readonly leaseMs: number;
  /** Attempts at once in this process. */
  readonly concurrency: number;
  readonly pollMs: number;
  /** A webhook all of whose attempts fail for so long is switched off. */
  readonly disableAfterMs: number;
  /** Deliveries that may wait for one webhook; beyond, it is switched off. */
  readonly backlogMax: number;
  /** Ended deliveries that are kept per webhook. */
  readonly logMax: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

/** Immediately, then 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: the schedule Standard Webhooks suggests. */
const standardDelaysMs = [5000, 300_000, 0.5 * hourMs, ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hourMs)].join(
  ',',
);

const shape = {
  SKIP_DIGEST_HOURS: whole(1, 24).default(24),
  FEED_ROWS_MAX: whole(1, 100_000).default(1000),
  WEBHOOKS_TO_LOOPBACK: z.enum(['true', 'false']).default('false'),
  WEBHOOKS_MAX: whole(1, 100).default(10),
  WEBHOOK_SECRET_OVERLAP_MS: whole(0, 30 * dayMs).default(dayMs),
  WEBHOOK_RETRY_DELAYS_MS: z
    .string()
    .regex(/^\d{1,9}(,\d{1,9}){0,19}$/)
    .default(standardDelaysMs),
  SETTLEMENT_WEBHOOK_DELAY_SECONDS: whole(0, 3600).default(60),
  WEBHOOK_TIMEOUT_MS: whole(100, 60_000).default(12_000),
  WEBHOOK_LEASE_MS: whole(500, 600_000).default(60_000),
  WEBHOOK_CONCURRENCY: whole(1, 256).default(16),
  WEBHOOK_POLL_MS: whole(10, 60_000).default(1000),
  WEBHOOK_DISABLE_AFTER_MS: whole(0, 90 * dayMs).default(5 * dayMs),
  WEBHOOK_BACKLOG_MAX: whole(10, 1_000_000).default(10_000),
  WEBHOOK_LOG_MAX: whole(10, 100_000).default(1000),
};
const advice: Record<keyof typeof shape, string> = {
  SKIP_DIGEST_HOURS: 'give 1, 2, 3, 4, 6, 8, 12 or 24 hours',
  FEED_ROWS_MAX: 'give a number from 1 to 100000',
  WEBHOOKS_TO_LOOPBACK: 'use true (development) or false',
  WEBHOOKS_MAX: 'give a number from 1 to 100',
  WEBHOOK_SECRET_OVERLAP_MS: 'give milliseconds, at most 30 days',
  WEBHOOK_RETRY_DELAYS_MS: 'give up to 20 waits in milliseconds, separated by commas',
  SETTLEMENT_WEBHOOK_DELAY_SECONDS: 'give seconds, at most 3600',
  WEBHOOK_TIMEOUT_MS: 'give milliseconds from 100 to 60000',
  WEBHOOK_LEASE_MS: 'give milliseconds from 500 to 600000, more than WEBHOOK_TIMEOUT_MS',
  WEBHOOK_CONCURRENCY: 'give a number from 1 to 256',
  WEBHOOK_POLL_MS: 'give milliseconds from 10 to 60000',
  WEBHOOK_DISABLE_AFTER_MS: 'give milliseconds, at most 90 days',
  WEBHOOK_BACKLOG_MAX: 'give a number from 10 to 1000000',
  WEBHOOK_LOG_MAX: 'give a number from 10 to 100000',
};
const whether = z
  .object(shape)
  .refine((of) => 24 % of.SKIP_DIGEST_HOURS === 0, { path: ['SKIP_DIGEST_HOURS'] })
  .refine((of) => of.WEBHOOK_LEASE_MS > of.WEBHOOK_TIMEOUT_MS, { path: ['WEBHOOK_LEASE_MS'] });

/**
 * The notifier's configuration.
 * @throws Error naming each wrong variable, its value and what to do
 */
export function loadNotifierConfig(environment: Environment): NotifierConfig {
  const given = Object.keys(shape).map((name) => [name, environment[name] === '' ? undefined : environment[name]]);
  const parsed = whether.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => issue.path[0] as keyof typeof shape))];
    const lines = names.map((name) => `${name} is ${JSON.stringify(environment[name] ?? null)}: ${advice[name]}`);
    throw new Error(`notifier can't start: ${lines.join('; ')}.`);
  }
  const value = parsed.data;
  return {
    feed: { windowMs: value.SKIP_DIGEST_HOURS * hourMs, rowsMax: value.FEED_ROWS_MAX },
    webhooks: {
      toLoopback: value.WEBHOOKS_TO_LOOPBACK === 'true',
      perRecipientMax: value.WEBHOOKS_MAX,
      secretOverlapMs: value.WEBHOOK_SECRET_OVERLAP_MS,
      retryDelaysMs: value.WEBHOOK_RETRY_DELAYS_MS.split(',').map(Number),
      totalDelayMs: value.SETTLEMENT_WEBHOOK_DELAY_SECONDS * 1000,
      timeoutMs: value.WEBHOOK_TIMEOUT_MS,
      leaseMs: value.WEBHOOK_LEASE_MS,
      concurrency: value.WEBHOOK_CONCURRENCY,
      pollMs: value.WEBHOOK_POLL_MS,
      disableAfterMs: value.WEBHOOK_DISABLE_AFTER_MS,
      backlogMax: value.WEBHOOK_BACKLOG_MAX,
      logMax: value.WEBHOOK_LOG_MAX,
    },
  };
}
