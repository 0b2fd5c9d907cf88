import type {
  ProfitShareSettled,
  SettlementReceipt,
  SubscriptionReceipt,
  SubscriptionSettled,
} from '@slipstream/contracts';
import { decimal, isZero, text, zero, type Decimal } from '@slipstream/domain';
import type { EarnedFacts, Notice, SubscribersFacts } from './notification.js';

/**
 * Each follower is told of each receipt. A provider is told of all of one cause and moment at once; what a record gives is a
 * part of that. Copies that pay no share, since their provider takes a subscription, are not told of nothing.
 */
export function profitShareSettled(event: ProfitShareSettled): Notice[] {
  const receipts = event.receipts.filter((receipt) => !isWithoutShare(receipt));
  const paid = receipts.map((receipt): Notice => ({
    recipient: `account/${receipt.accountId}`,
    occurredAt: receipt.occurredAt,
    facts: {
      type: 'settlement',
      settlementId: receipt.settlementId,
      copyId: receipt.copyId,
      providerId: receipt.providerId,
      cause: receipt.cause,
      from: receipt.from,
      until: receipt.until,
      newProfit: receipt.newProfit,
      gapAfter: receipt.gapAfter,
      profitShareRatio: receipt.profitShareRatio,
      dueBefore: receipt.dueBefore,
      paid: receipt.providerGross,
      stillDue: receipt.dueAfter,
      equityAfter: receipt.equityAfter,
    },
  }));
  const groups = grouped(receipts, ({ providerId, cause, until }) => JSON.stringify([providerId, cause, until]));
  return [...paid, ...groups.map(earned)];
}

const isWithoutShare = (receipt: SettlementReceipt): boolean =>
  [receipt.profitShareRatio, receipt.dueBefore, receipt.providerGross].every((amount) => isZero(decimal(amount)));

function earned(receipts: Group<SettlementReceipt>): Notice {
  const { providerId, cause, until } = receipts[0];
  const facts: EarnedFacts = {
    type: 'settlement',
    providerId,
    cause,
    until,
    copies: receipts.length,
    gross: sum(receipts, (receipt) => receipt.providerGross),
    platformFee: sum(receipts, (receipt) => receipt.platformFee),
    earned: sum(receipts, (receipt) => receipt.providerNet),
    stillDue: sum(receipts, (receipt) => receipt.dueAfter),
  };
  return { recipient: `provider/${providerId}`, occurredAt: until, facts };
}

/** As for profit shares: each follower per receipt, a provider once per outcome and moment. */
export function subscriptionSettled({ receipts }: SubscriptionSettled): Notice[] {
  const asked = receipts.map((receipt): Notice => ({
    recipient: `account/${receipt.accountId}`,
    occurredAt: receipt.occurredAt,
    facts: {
      type: typeOf(receipt),
      chargeId: receipt.chargeId,
      copyId: receipt.copyId,
      providerId: receipt.providerId,
      price: receipt.price,
      available: receipt.available,
      from: receipt.from,
      until: receipt.until,
    },
  }));
  const groups = grouped(receipts, ({ providerId, paid, from }) => JSON.stringify([providerId, paid, from]));
  return [...asked, ...groups.map(subscribers)];
}

function subscribers(receipts: Group<SubscriptionReceipt>): Notice {
  const [first] = receipts;
  const { providerId, from } = first;
  const facts: SubscribersFacts = {
    type: typeOf(first),
    providerId,
    from,
    copies: receipts.length,
    price: sum(receipts, (receipt) => receipt.price),
    platformFee: sum(receipts, (receipt) => receipt.platformFee),
    earned: sum(receipts, (receipt) => receipt.providerNet),
  };
  return { recipient: `provider/${providerId}`, occurredAt: from, facts };
}

const typeOf = ({ paid }: SubscriptionReceipt) => (paid ? 'subscription_paid' : 'subscription_unpaid');

type Group<T> = readonly [T, ...T[]];

/** In the order of the first of each. */
function grouped<T>(receipts: readonly T[], keyOf: (receipt: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const receipt of receipts) {
    const group = groups.get(keyOf(receipt));
    if (group === undefined) groups.set(keyOf(receipt), [receipt]);
    else group.push(receipt);
  }
  return [...groups.values()];
}

const sum = <T>(receipts: readonly T[], amountOf: (receipt: T) => string): string =>
  text(receipts.reduce<Decimal>((total, receipt) => total.plus(decimal(amountOf(receipt))), zero));
