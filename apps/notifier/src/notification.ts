import type { CopiesMeasured, CopySkipped, CopyStopping, FeeTerms } from '@slipstream/contracts';
import { createHash } from 'node:crypto';

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
  readonly profitShareRatio: string;
  readonly paid: string;
  readonly stillDue: string;
  readonly equityAfter: string;
}

/** The settlements of one journal record, added up for the provider: earned = gross − platformFee. */
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

/** The months of one journal record, added up for the provider; earned is 0 where they weren't paid. */
export interface SubscribersFacts {
  readonly type: 'subscription_paid' | 'subscription_unpaid';
  readonly providerId: string;
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

/** Id of a notification, also its webhook-id: the same event tells the same recipient under the same id, for ever. */
export function notificationId({ topic, partition, offset, ordinal }: Origin, recipient: Recipient): string {
  const name = `${topic}/${partition}/${offset}/${ordinal}/${recipient}`;
  return `ntf_${createHash('sha256').update(name).digest('base64url').slice(0, 24)}`;
}

/** Order among notifications of the same time, as text that sorts like its numbers. */
export function placeOf({ topic, partition, offset, ordinal }: Origin): string {
  const [p, o, n] = [pad(partition, 4), pad(offset, 16), pad(ordinal, 6)];
  return `${topic}/${p}/${o}/${n}`;
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** ISO 8601. A time that no calendar has keeps its number: it is the journal's word all the same. */
export const timestampOf = (at: number): string => (Math.abs(at) > 8.64e15 ? String(at) : new Date(at).toISOString());
