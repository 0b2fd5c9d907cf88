import { SubscriptionChargeRow } from '../entities/settlement.js';
import { rowOf } from '../rows.js';
import { inAccounts, inSettlements, type LogPlace } from './log-place.js';
import { hashedMonth } from './receipt-proof.js';
import { figures } from './receipt.js';
import { rounding } from './steps.js';

/** A month of a subscription. */
export interface ShownMonth {
  readonly kind: 'subscription';
  readonly chargeId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly from: string;
  readonly until: string;
  readonly price: string;
  readonly paid: boolean;
  /** Money in the wallet it was to be paid from. */
  readonly available: string;
  readonly platformFeeRatio: string;
  readonly platformFee: string;
  readonly providerNet: string;
  readonly proof: { readonly receipt: LogPlace; readonly charge: LogPlace; readonly hash: string };
}

/** A month with its two steps. */
export interface MonthReceipt extends ShownMonth {
  readonly accountId: string;
  readonly occurredAt: string;
  readonly steps: readonly MonthStep[];
  readonly rounding: string;
  readonly proof: ShownMonth['proof'] & { readonly hashed: string };
}

export interface MonthStep {
  readonly name: 'platformFee' | 'providerNet';
  readonly formula: string;
  readonly value: string;
}

type Raw = Readonly<Record<string, unknown>>;
const time = (ms: number): string => new Date(ms).toISOString();

/** A row of subscription_charges, as pg gives it, in a list. */
export function shownMonth(raw: Raw): ShownMonth {
  const row = rowOf(SubscriptionChargeRow, raw);
  const { chargeId, copyId, providerId, from, until, paid, logPartition: partition, logOffset, chargedAt, hash } = row;
  return {
    ...{ kind: 'subscription', chargeId, copyId, providerId, from: time(from), until: time(until), paid },
    ...figures(row, ['price', 'available', 'platformFeeRatio', 'platformFee', 'providerNet']),
    proof: { receipt: inSettlements(partition, logOffset), charge: inAccounts(partition, chargedAt), hash },
  };
}

/** A row of subscription_charges with all that is known of it. */
export function monthReceiptOf(raw: Raw): MonthReceipt {
  const row = rowOf(SubscriptionChargeRow, raw);
  const shown = shownMonth(raw);
  return {
    ...shown,
    ...{ accountId: row.accountId, occurredAt: time(row.occurredAt), steps: stepsOf(shown), rounding },
    proof: { ...shown.proof, hashed: hashedMonth(row) },
  };
}

function stepsOf({ paid, price, available, platformFeeRatio, platformFee, providerNet }: ShownMonth): MonthStep[] {
  const unpaid = `nothing was paid, since available < price: ${available} < ${price}`;
  const fee = `round(price × platformFeeRatio) = round(${price} × ${platformFeeRatio})`;
  const net = `price − platformFee = ${price} − ${platformFee}`;
  return [
    { name: 'platformFee', formula: paid ? fee : unpaid, value: platformFee },
    { name: 'providerNet', formula: paid ? net : unpaid, value: providerNet },
  ];
}
