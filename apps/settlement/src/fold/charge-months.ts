import {
  listEntriesMax,
  streams,
  type ChargeSubscription,
  type CopyConfirmed,
  type CopyStopped,
  type FeeTerms,
  type MarketTicked,
  type SubscriptionCharge,
  type SubscriptionDue,
  type SubscriptionEnded,
  type SubscriptionReceipt,
  type SubscriptionsCharged,
  type SubscriptionSettled,
  type SubscriptionStarted,
} from '@slipstream/contracts';
import {
  decimal,
  endSubscription,
  monthDue,
  startSubscription,
  text,
  withAnnouncedPrice,
  withMonthPaid,
  type Decimal,
  type Subscription,
} from '@slipstream/domain';
import type { Meta, Outgoing } from '@slipstream/streams';
import type { Rules } from './rules.js';
import type { Pair, Shared, Shares } from './state.js';

type Ids = Pick<Shared, 'accountId' | 'copyId' | 'providerId'>;

/** The month that is due at a moment, as accounts are asked for it; null while the one that is paid runs. */
function monthAsked(
  { accountId, copyId, providerId }: Ids,
  subscription: Subscription,
  at: number,
  { platformFeeRatio }: Rules,
): SubscriptionCharge | null {
  const month = monthDue(subscription, at);
  if (month === null) return null;
  const { chargeId, price, from, until } = month;
  const ids = { accountId, copyId, providerId };
  return { ...ids, chargeId, price: text(price), from, until, platformFeeRatio: text(platformFeeRatio) };
}

/** A copy of a provider that takes a price per month: the first one is due at once, unless an earlier copy has paid it. */
export function firstMonth(
  state: Shares,
  ids: Ids,
  { fees, announced }: Pick<CopyConfirmed, 'announced'> & { readonly fees: FeeTerms },
  at: number,
  rules: Rules,
): (SubscriptionStarted | SubscriptionDue)[] {
  if (fees.feeModel !== 'subscription' || fees.subscriptionPrice === null) return [];
  const { accountId, copyId, providerId } = ids;
  const pair = state.pair(ids);
  const subscription = subscriptionFrom(pair, copyId, decimal(fees.subscriptionPrice), at, announced);
  const { subscriptionId, price, paidUntil } = subscription;
  const started: SubscriptionStarted = {
    type: 'SubscriptionStarted',
    ...{ accountId, copyId, providerId, subscriptionId, price: text(price), paidUntil, occurredAt: at },
  };
  // A month that is asked for already may reach beyond now: what is due after it a tick will tell.
  const month = pair.monthsAsked.length === 0 ? monthAsked(ids, subscription, at, rules) : null;
  return [started, ...(month ? [{ type: 'SubscriptionDue' as const, charges: [month] }] : [])];
}

/** @param announced terms that the copy began with, and that hold later */
function subscriptionFrom(
  pair: Pair,
  copyId: string,
  price: Decimal,
  at: number,
  announced: CopyConfirmed['announced'],
): Subscription {
  const begun = startSubscription({ subscriptionId: `${copyId}/subscription`, price, at }, pair.subscription);
  const later = announced?.fees.subscriptionPrice ?? null;
  if (announced === null || later === null) return begun;
  return withAnnouncedPrice(begun, { price: decimal(later), effectiveFrom: announced.effectiveFrom }, at);
}

export function subscriptionStarted(state: Shares, event: SubscriptionStarted): void {
  const pair = state.pair(event);
  // The share of the copy has begun before, or has left behind what was announced until now.
  const announced = state.share(event.copyId)?.announced ?? null;
  const subscription = subscriptionFrom(pair, event.copyId, decimal(event.price), event.occurredAt, announced);
  state.setPair({ ...pair, subscription, copyId: event.copyId });
}

/**
 * Whether a share takes the place of the price before the next month begins, or just then: the copies are measured after
 * the tick, and the subscription ends with that.
 */
function endsWithTerms(state: Shares, { copyId }: Pair, { paidUntil }: Subscription): boolean {
  const announced = state.share(copyId)?.announced ?? null;
  return announced !== null && announced.effectiveFrom <= paidUntil && announced.fees.feeModel !== 'subscription';
}

/** Subscriptions of a line whose month is over, cut to records of a usual length. */
export function chargeMonths(state: Shares, { line, at }: MarketTicked, rules: Rules): SubscriptionDue[] {
  if (line === null) return [];
  const charges = state
    .dueOn(line, at)
    .flatMap((pair) =>
      pair.subscription === null || endsWithTerms(state, pair, pair.subscription)
        ? []
        : (monthAsked(pair, pair.subscription, at, rules) ?? []),
    );
  const events: SubscriptionDue[] = [];
  for (let i = 0; i < charges.length; i += listEntriesMax)
    events.push({ type: 'SubscriptionDue', charges: charges.slice(i, i + listEntriesMax) });
  return events;
}

export function monthsDue(state: Shares, { charges }: SubscriptionDue): void {
  for (const charge of charges) {
    const pair = state.pair(charge);
    const { chargeId, platformFeeRatio } = charge;
    state.setPair({ ...pair, monthsAsked: [...pair.monthsAsked, { chargeId, platformFeeRatio }] });
  }
}

/** The accounts are asked; journal and inbox have the same partitions. */
export function askWallets({ charges }: SubscriptionDue, { partition }: Meta): Outgoing[] {
  const record: ChargeSubscription = { type: 'ChargeSubscription', charges };
  return [{ to: streams.accountsCommands, record, key: null, partition }];
}

/** Receipts of months; access ends with one that wasn't paid. */
export function settleMonths(
  state: Shares,
  event: SubscriptionsCharged,
  rules: Rules,
  meta: Meta,
): (SubscriptionSettled | SubscriptionEnded)[] {
  const receipts: SubscriptionReceipt[] = [];
  const ended: SubscriptionEnded[] = [];
  for (const { platformFee, providerNet, ...said } of event.charges) {
    const { accountId, copyId, providerId, occurredAt } = said;
    const { monthsAsked, subscription, copyId: owner } = state.pair(said);
    const asked = monthsAsked.find(({ chargeId }) => chargeId === said.chargeId);
    if (asked === undefined || subscription === null) continue;
    const platformFeeRatio = asked.platformFeeRatio ?? text(rules.platformFeeRatio);
    const parts = { platformFeeRatio, platformFee, providerNet };
    receipts.push({ ...said, ...parts, chargedAt: meta.offset });
    const { subscriptionId } = subscription;
    const what = { accountId, copyId, providerId, subscriptionId, occurredAt };
    if (!said.paid && subscription.status === 'active' && owner === copyId)
      ended.push({ type: 'SubscriptionEnded', ...what, reason: 'unpaid' });
  }
  return receipts.length === 0 ? [] : [{ type: 'SubscriptionSettled', receipts }, ...ended];
}

export function monthsSettled(state: Shares, { receipts }: SubscriptionSettled): void {
  for (const receipt of receipts) {
    const pair = state.pair(receipt);
    if (pair.subscription === null || !pair.monthsAsked.some(({ chargeId }) => chargeId === receipt.chargeId)) continue;
    const { paid, price, from, until } = receipt;
    // A month that was asked for before the subscription began anew is paid too, but isn't its next.
    const counts = paid && until > pair.subscription.paidUntil;
    const subscription = counts
      ? withMonthPaid(pair.subscription, { price: decimal(price), from, until })
      : pair.subscription;
    const monthsAsked = pair.monthsAsked.filter(({ chargeId }) => chargeId !== receipt.chargeId);
    state.setPair({ ...pair, subscription, monthsAsked });
  }
}

/** The copy has stopped: no further month. What is paid stays paid, for the next copy of the pair. */
export function endAtStop(state: Shares, event: CopyStopped): SubscriptionEnded[] {
  const { accountId, copyId, providerId, occurredAt } = event;
  const { subscription, copyId: owner } = state.pair(event);
  if (subscription?.status !== 'active' || owner !== copyId) return [];
  const { subscriptionId } = subscription;
  const ids = { accountId, copyId, providerId, subscriptionId };
  return [{ type: 'SubscriptionEnded', ...ids, reason: 'stopped', occurredAt }];
}

export function subscriptionEnded(state: Shares, event: SubscriptionEnded): void {
  const pair = state.pair(event);
  if (pair.subscription) state.setPair({ ...pair, subscription: endSubscription(pair.subscription) });
}

/**
 * The provider takes something else from a settlement on: a share where it took a price per month (which ends, what is paid
 * isn't given back), or a price where it took a share.
 */
export function changeModel(
  state: Shares,
  shared: Shared,
  until: number,
  rules: Rules,
): (SubscriptionStarted | SubscriptionDue | SubscriptionEnded)[] {
  const { announced, feeModel, accountId, copyId, providerId } = shared;
  if (announced === null || announced.effectiveFrom > until || announced.fees.feeModel === feeModel) return [];
  if (announced.fees.feeModel === 'subscription')
    return firstMonth(state, shared, { fees: announced.fees, announced: null }, until, rules);
  const { subscription } = state.pair(shared);
  if (subscription?.status !== 'active') return [];
  const ids = { accountId, copyId, providerId, subscriptionId: subscription.subscriptionId };
  return [{ type: 'SubscriptionEnded', ...ids, reason: 'terms_changed', occurredAt: until }];
}
