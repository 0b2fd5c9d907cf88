import type {
  ProfitShareSettled,
  SettlementReceipt,
  SubscriptionReceipt,
  SubscriptionSettled,
} from '@slipstream/contracts';
import { decimal, text, zero, type Decimal } from '@slipstream/domain';
import type { EarnedFacts, Notice, SubscribersFacts } from './notification.js';

/**
 * Each follower is told of each receipt; a provider once per record, cause and moment, added up: a crowd of followers is
 * settled in a few records.
 */
export function profitShareSettled({ receipts }: ProfitShareSettled): Notice[] {
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
      profitShareRatio: receipt.profitShareRatio,
      paid: receipt.providerGross,
      stillDue: receipt.dueAfter,
      equityAfter: receipt.equityAfter,
    },
  }));
  const groups = grouped(receipts, ({ providerId, cause, until }) => JSON.stringify([providerId, cause, until]));
  return [...paid, ...groups.map(earned)];
}

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
  return { recipient: `provider/${providerId}`, occurredAt: latest(receipts), facts };
}

/** As for profit shares: each follower per receipt, a provider once per record and outcome. */
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
  const groups = grouped(receipts, ({ providerId, paid }) => JSON.stringify([providerId, paid]));
  return [...asked, ...groups.map(subscribers)];
}

function subscribers(receipts: Group<SubscriptionReceipt>): Notice {
  const [first] = receipts;
  const facts: SubscribersFacts = {
    type: typeOf(first),
    providerId: first.providerId,
    copies: receipts.length,
    price: sum(receipts, (receipt) => receipt.price),
    platformFee: sum(receipts, (receipt) => receipt.platformFee),
    earned: sum(receipts, (receipt) => receipt.providerNet),
  };
  return { recipient: `provider/${first.providerId}`, occurredAt: latest(receipts), facts };
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

const latest = (receipts: readonly { readonly occurredAt: number }[]): number =>
  receipts.reduce((last, { occurredAt }) => Math.max(last, occurredAt), 0);
