import type { CopiesMeasured, CopySkipped, CopyStopping, FeeTerms } from '@slipstream/contracts';
import { createHash } from 'node:crypto';
import { isTotal, kindOf, totalKey } from './total.js';

/** Who is told: the account of a follower, or a provider. */
export type Recipient = `account/${string}` | `provider/${string}`;

/** What there is to be told of. `webhook_disabled` comes from the deliveries, all others from the journals. */
export const notificationTypes = [
  'copy_started',
  'copy_refused',
  'copy_stopped',
  'orders_skipped',
  'max_loss_reached',
  'copy_liquidated',
  'settlement',
  'subscription_paid',
  'subscription_unpaid',
  'terms_announced',
  'terms_changed',
  'provider_retired',
  'webhook_disabled',
] as const;
export type NotificationType = (typeof notificationTypes)[number];

interface OfCopy {
  readonly copyId: string;
  readonly providerId: string;
}
type Cause = CopiesMeasured['cause'];

/** Facts of a notification by its type. Money, prices and ratios are decimal strings, times milliseconds of market time. */
export type Facts =
  | ({ readonly type: 'copy_started'; readonly copyTotalAmt: string; readonly fees: FeeTerms | null } & OfCopy)
  | ({ readonly type: 'copy_refused'; readonly reason: string; readonly returned: string } & OfCopy)
  | ({
      readonly type: 'copy_stopped';
      readonly reason: CopyStopping['reason'] | null;
      readonly returned: string;
    } & OfCopy)
  | SkippedFacts
  | ({ readonly type: 'max_loss_reached'; readonly subPosCloseType: CopyStopping['subPosCloseType'] } & OfCopy)
  | LiquidatedFacts
  | PaidFacts
  | EarnedFacts
  | SubscriptionFacts
  | SubscribersFacts
  | TermsFacts
  | RetiredFacts
  | DisabledFacts;

/** One window of the digest of a copy. */
export interface SkippedFacts extends OfCopy {
  readonly type: 'orders_skipped';
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
  readonly skipped: number;
  readonly reasons: Readonly<Partial<Record<CopySkipped['reason'], number>>>;
}

interface LiquidatedFacts extends OfCopy {
  readonly type: 'copy_liquidated';
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly mark: string;
  readonly equity: string;
  readonly maintenance: string;
}

/** A settlement as the follower sees it. */
interface PaidFacts extends OfCopy {
  readonly type: 'settlement';
  readonly settlementId: string;
  readonly cause: Cause;
  readonly from: number;
  readonly until: number;
  readonly newProfit: string;
  /** What the copy is short of its high watermark; 0 where it stands at it. */
  readonly gapAfter: string;
  readonly profitShareRatio: string;
  /** Left from settlements before; part of what is paid now or still due. */
  readonly dueBefore: string;
  readonly paid: string;
  readonly stillDue: string;
  readonly equityAfter: string;
}

/** All settlements of a provider's copies for one cause and moment, added up: earned = gross − platformFee. */
export interface EarnedFacts {
  readonly type: 'settlement';
  readonly providerId: string;
  readonly cause: Cause;
  readonly until: number;
  readonly copies: number;
  readonly gross: string;
  readonly platformFee: string;
  readonly earned: string;
  readonly stillDue: string;
}

interface SubscriptionFacts extends OfCopy {
  readonly type: 'subscription_paid' | 'subscription_unpaid';
  readonly chargeId: string;
  readonly price: string;
  readonly available: string;
  readonly from: number;
  readonly until: number;
}

/** All months of a provider's copies that are due at one moment, added up; earned is 0 where they weren't paid. */
export interface SubscribersFacts {
  readonly type: 'subscription_paid' | 'subscription_unpaid';
  readonly providerId: string;
  readonly from: number;
  readonly copies: number;
  readonly price: string;
  readonly platformFee: string;
  readonly earned: string;
}

/** `copyId` for a follower, null for the provider; `effectiveFrom` null: in force now. */
interface TermsFacts {
  readonly type: 'terms_announced' | 'terms_changed';
  readonly providerId: string;
  readonly copyId: string | null;
  readonly fees: FeeTerms;
  readonly effectiveFrom: number | null;
}

/** `copyId` and how it closes for a follower, null for the provider. */
interface RetiredFacts {
  readonly type: 'provider_retired';
  readonly providerId: string;
  readonly copyId: string | null;
  readonly subPosCloseType: CopyStopping['subPosCloseType'] | null;
}

interface DisabledFacts {
  readonly type: 'webhook_disabled';
  readonly webhookId: string;
  readonly url: string;
  readonly reason: 'gone' | 'failing' | 'backlog';
}

/** One thing that one recipient is told. */
export interface Notice {
  readonly recipient: Recipient;
  /** Milliseconds of market time. */
  readonly occurredAt: number;
  readonly facts: Facts;
}

/** Where a notice comes from: an entry of the list that one record gives. */
export interface Origin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly ordinal: number;
}

/**
 * Id of a notification: the same event tells the same recipient under the same id, for ever. A total has the id of what is
 * added up, whatever its parts come from.
 */
export function notificationId({ topic, partition, offset, ordinal }: Origin, { recipient, facts }: Notice): string {
  const origin = isTotal(facts) ? `total/${totalKey(facts)}` : `${topic}/${partition}/${offset}/${ordinal}`;
  return `ntf_${hashOf(`${origin}/${recipient}`)}`;
}

/** 24 characters of a SHA-256. */
export const hashOf = (name: string): string => createHash('sha256').update(name).digest('base64url').slice(0, 24);

/** Told after all else of the same moment: what a settlement at a boundary or stop makes way for. */
const lastTypes: readonly NotificationType[] = ['terms_changed', 'copy_stopped'];

/**
 * Order among notifications of the same time, as text that sorts like its numbers. That of a total doesn't depend on its
 * parts: it neither moves when they come, nor with the order in which they do.
 */
export function placeOf({ topic, partition, offset, ordinal, facts }: Origin & Pick<Notice, 'facts'>): string {
  const rank = lastTypes.includes(facts.type) ? 1 : 0;
  if (isTotal(facts)) return `${rank}/${topic}/${kindOf(facts)}`;
  const [p, o, n] = [pad(partition, 4), pad(offset, 16), pad(ordinal, 6)];
  return `${rank}/${topic}/${p}/${o}/${n}`;
}

/** Whether a place in the journals is before another one of the same topic. */
export const isBefore = (one: Origin, other: Origin): boolean =>
  (one.partition - other.partition || one.offset - other.offset || one.ordinal - other.ordinal) < 0;

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** ISO 8601. A time that no calendar has keeps its number: it is the journal's word all the same. */
export const timestampOf = (at: number): string => (Math.abs(at) > 8.64e15 ? String(at) : new Date(at).toISOString());
