import { decimal, roundAmount, type Decimal } from '../money.js';
import { nextPeriodStart, periodStart } from '../provider/period.js';
import { splitEarnings } from './platform-fee.js';

const dayMs = 86_400_000;

/** A follower's access to a provider that takes a price per month, in advance. */
export interface Subscription {
  readonly subscriptionId: string;
  /** `ended`: the copy was stopped, or a month wasn't paid. */
  readonly status: 'active' | 'ended';
  /** Per month; 8 decimals. */
  readonly price: Decimal;
  readonly announced: { readonly price: Decimal; /** ms. */ readonly effectiveFrom: number } | null;
  /** From the first of the month 00:00 UTC to the moment at which a month begins, ms. */
  readonly monthOffsetMs: number;
  /** End of the last month that was paid, and start of the next; ms. */
  readonly paidUntil: number;
}

/** Price of a month from `from` until `until` (ms): the parts as of a profit share. */
export interface SubscriptionReceipt {
  readonly chargeId: string;
  readonly from: number;
  readonly until: number;
  readonly available: Decimal;
  readonly providerGross: Decimal;
  readonly platformFeeRatio: Decimal;
  readonly platformFee: Decimal;
  readonly providerNet: Decimal;
}

export type SubscriptionCharge =
  | { readonly kind: 'paid'; readonly subscription: Subscription; readonly receipt: SubscriptionReceipt }
  /** Access ends: the copy stops with `copy_close`. */
  | {
      readonly kind: 'unpaid';
      readonly subscription: Subscription;
      readonly chargeId: string;
      readonly price: Decimal;
      readonly available: Decimal;
    };

/**
 * A subscription that begins; its first month is due at once. One that was ended within a month that is paid goes on in it.
 * @param previous of the same follower and provider
 */
export function startSubscription(
  start: { readonly subscriptionId: string; readonly price: Decimal; readonly at: number },
  previous: Subscription | null = null,
): Subscription {
  const { subscriptionId, at } = start;
  const price = roundAmount(start.price);
  if (previous && previous.paidUntil > at) return { ...previous, status: 'active', price, announced: null };
  const monthOffsetMs = at - periodStart(at, 'monthly');
  return { subscriptionId, status: 'active', price, announced: null, monthOffsetMs, paidUntil: at };
}

/** A month that is to be paid. */
export interface MonthDue {
  readonly chargeId: string;
  readonly price: Decimal;
  readonly from: number;
  readonly until: number;
}

/**
 * The next month, at the price it costs. Null while the month that is paid runs, and for a subscription that has ended.
 * The id is made of the month alone: a repeated charge has the same.
 */
export function monthDue(subscription: Subscription, at: number): MonthDue | null {
  const { paidUntil: from, announced, monthOffsetMs, subscriptionId } = subscription;
  if (subscription.status === 'ended' || at < from) return null;
  const price = announced !== null && announced.effectiveFrom <= from ? announced.price : subscription.price;
  return { chargeId: `${subscriptionId}/month-${from}`, price, from, until: monthAfter(from, monthOffsetMs) };
}

/** The subscription with a month paid that was due; it ended meanwhile or not. */
export function withMonthPaid(subscription: Subscription, month: Omit<MonthDue, 'chargeId'>): Subscription {
  const { announced } = subscription;
  const kept = announced !== null && announced.effectiveFrom <= month.from ? null : announced;
  return { ...subscription, price: month.price, announced: kept, paidUntil: month.until };
}

/**
 * The charge of the next month, whole or not at all; null where none is due.
 * @param available money that it can be paid with
 */
export function chargeMonth(
  subscription: Subscription,
  at: number,
  { available, platformFeeRatio }: { readonly available: Decimal; readonly platformFeeRatio: Decimal },
): SubscriptionCharge | null {
  const month = monthDue(subscription, at);
  if (!month) return null;
  const { chargeId, price, from, until } = month;
  if (available.lt(price))
    return { kind: 'unpaid', subscription: endSubscription(subscription), chargeId, price, available };
  return {
    kind: 'paid',
    subscription: withMonthPaid(subscription, month),
    receipt: { chargeId, from, until, available, platformFeeRatio, ...splitEarnings(price, platformFeeRatio) },
  };
}

/** The copy has stopped. What is paid stays paid. */
export const endSubscription = (subscription: Subscription): Subscription => ({ ...subscription, status: 'ended' });

/**
 * A new price holds from the first month that begins at effectiveFrom or later. A later announcement replaces it, unless it
 * is in force by then: it is the price until the later one holds.
 * @param at moment of the announcement, ms
 */
export function withAnnouncedPrice(
  subscription: Subscription,
  announced: { readonly price: Decimal; readonly effectiveFrom: number },
  at: number,
): Subscription {
  const { announced: earlier, price } = subscription;
  return {
    ...subscription,
    price: earlier !== null && earlier.effectiveFrom <= at ? earlier.price : price,
    announced: { ...announced, price: roundAmount(announced.price) },
  };
}

/** As it was saved. */
export function reviveSubscription(json: unknown): Subscription {
  const saved = json as Subscription;
  const number = (value: unknown): Decimal => decimal(value as string);
  const { announced } = saved;
  return {
    ...saved,
    price: number(saved.price),
    announced: announced && { ...announced, price: number(announced.price) },
  };
}

/** The same day and time of the next month, or its last day where it is shorter. */
function monthAfter(from: number, offsetMs: number): number {
  const first = nextPeriodStart(from, 'monthly');
  const lengthMs = nextPeriodStart(first, 'monthly') - first;
  return first + Math.min(offsetMs, lengthMs - dayMs + (offsetMs % dayMs));
}
