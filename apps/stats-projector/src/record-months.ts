import type {
  SubscriptionEnded,
  SubscriptionReceipt,
  SubscriptionSettled,
  SubscriptionStarted,
} from '@slipstream/contracts';
import { chargeProofOf, type SubscriptionChargeRow } from '@slipstream/read-model';
import { added, copyOf, earn, earningOf, putCopy, type Fees, type FeesChanges } from './fees.js';

const dayMs = 86_400_000;

/** A follower pays per month from now on. */
export function subscriptionStarted(
  fees: Fees,
  event: SubscriptionStarted,
  offset: number,
  changes: FeesChanges,
): void {
  const { subscriptionId, price: subscriptionPrice, paidUntil, occurredAt } = event;
  const subscription = { subscriptionId, subscriptionStatus: 'active', subscriptionPrice, paidUntil };
  putCopy(fees, changes, { ...copyOf(fees, event), ...subscription }, occurredAt, offset);
}

export function subscriptionEnded(fees: Fees, event: SubscriptionEnded, offset: number, changes: FeesChanges): void {
  const { subscriptionId, reason, occurredAt } = event;
  const subscription = { subscriptionId, subscriptionStatus: reason };
  putCopy(fees, changes, { ...copyOf(fees, event), ...subscription }, occurredAt, offset);
}

/** Months that were paid whole, or not at all. */
export function recordMonths(
  fees: Fees,
  { receipts }: SubscriptionSettled,
  offset: number,
  changes: FeesChanges,
): void {
  for (const receipt of receipts) {
    const { chargeId } = receipt;
    const first = changes.charges.get(chargeId);
    if (first !== undefined) changes.charges.set(chargeId, { ...first, duplicates: first.duplicates + 1 });
    else {
      changes.charges.set(chargeId, chargeRow(fees, receipt, offset));
      if (!fees.told.has(chargeId)) take(fees, receipt, offset, changes);
    }
  }
}

/** A month that is told for the first time: it counts on the day on which it begins. */
function take(fees: Fees, receipt: SubscriptionReceipt, offset: number, changes: FeesChanges): void {
  const { providerId, paid, price, platformFee, providerNet, from, until, occurredAt } = receipt;
  const row = copyOf(fees, receipt);
  const lastMonth = Math.max(row.lastMonth ?? from, from);
  const earning = earningOf(changes, {
    providerId,
    day: Math.floor(from / dayMs),
    settlementPeriod: row.settlementPeriod,
  });
  if (!paid) {
    earning.counts.monthsUnpaid += 1;
    putCopy(fees, changes, { ...row, monthsUnpaid: row.monthsUnpaid + 1, lastMonth }, occurredAt, offset);
    return;
  }
  earning.counts.monthsPaid += 1;
  earn(earning, { subscriptionGross: price, subscriptionFee: platformFee, subscriptionNet: providerNet });
  const after = {
    ...row,
    subscriptionPrice: price,
    paidUntil: until,
    monthsPaid: row.monthsPaid + 1,
    subscriptionGross: added(row.subscriptionGross, price),
    subscriptionFee: added(row.subscriptionFee, platformFee),
    subscriptionNet: added(row.subscriptionNet, providerNet),
    lastMonth,
  };
  putCopy(fees, changes, after, occurredAt, offset);
}

function chargeRow({ partition }: Fees, receipt: SubscriptionReceipt, logOffset: number): SubscriptionChargeRow {
  const row = { ...receipt, logPartition: partition, logOffset };
  return { ...row, hash: chargeProofOf(row), duplicates: 0 };
}
