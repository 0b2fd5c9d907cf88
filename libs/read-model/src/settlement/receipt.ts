import { streams } from '@slipstream/contracts';
import { SettlementRow, SubscriptionChargeRow } from '../entities/settlement.js';
import { plain } from '../report.js';
import { rowOf } from '../rows.js';
import { stepsOf, type ReceiptInputs, type ReceiptStep } from './steps.js';

/** Where a record lies. */
export interface LogPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** A settlement in a list. */
export interface ShownSettlement {
  readonly kind: 'profit_share';
  readonly settlementId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** period, stop or retirement. */
  readonly cause: string;
  readonly settlementPeriod: string;
  readonly from: string;
  readonly until: string;
  readonly profitShareRatio: string;
  readonly equityBefore: string;
  readonly equityAfter: string;
  readonly gapBefore: string;
  readonly gapAfter: string;
  readonly newProfit: string;
  readonly accrued: string;
  readonly dueBefore: string;
  /** What the follower paid. */
  readonly providerGross: string;
  readonly dueAfter: string;
  readonly platformFee: string;
  readonly providerNet: string;
}

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

/** A settlement with all that is needed to work it out by hand. */
export interface Receipt {
  readonly kind: 'profit_share';
  readonly settlementId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly cause: string;
  readonly settlementPeriod: string;
  readonly from: string;
  readonly until: string;
  readonly occurredAt: string;
  readonly inputs: ReceiptInputs;
  readonly steps: readonly ReceiptStep[];
  readonly proof: {
    readonly receipt: LogPlace;
    /** CopiesMeasured: equity at the marks of the moment. */
    readonly measure: LogPlace;
    /** ProfitShareCharged; null: nothing was owed. */
    readonly charge: LogPlace | null;
    readonly hash: string;
  };
}

type Raw = Readonly<Record<string, unknown>>;
const time = (ms: number): string => new Date(ms).toISOString();

const inputNames = [
  ...(['equityOpening', 'deposits', 'withdrawals', 'pnl', 'gapOpening', 'gapWithdrawn'] as const),
  ...(['profitShareRatio', 'dueBefore', 'available', 'platformFeeRatio'] as const),
];
const resultNames = [
  ...(['equityBefore', 'gapBefore', 'newProfit', 'gapAfter', 'accrued', 'providerGross'] as const),
  ...(['dueAfter', 'platformFee', 'providerNet', 'equityAfter'] as const),
];

/** Some figures of a row in plain notation. */
export const figures = <K extends string>(row: Readonly<Record<K, string>>, names: readonly K[]): Record<K, string> =>
  Object.fromEntries(names.map((name) => [name, plain(row[name])])) as Record<K, string>;

/** A row of settlements, as pg gives it, in a list. */
export function shownSettlement(raw: Raw): ShownSettlement {
  const row = rowOf(SettlementRow, raw);
  const { settlementId, copyId, providerId, cause, settlementPeriod, from, until } = row;
  const { profitShareRatio, equityBefore, equityAfter, gapBefore, gapAfter, newProfit, accrued, ...rest } = figures(
    row,
    [...inputNames, ...resultNames],
  );
  const { dueBefore, providerGross, dueAfter, platformFee, providerNet } = rest;
  return {
    ...{ kind: 'profit_share', settlementId, copyId, providerId, cause, settlementPeriod },
    ...{ from: time(from), until: time(until) },
    ...{ profitShareRatio, equityBefore, equityAfter, gapBefore, gapAfter, newProfit, accrued },
    ...{ dueBefore, providerGross, dueAfter, platformFee, providerNet },
  };
}

/** A row of subscription_charges. */
export function shownMonth(raw: Raw): ShownMonth {
  const row = rowOf(SubscriptionChargeRow, raw);
  const { chargeId, copyId, providerId, from, until, paid, logPartition: partition, logOffset, chargedAt, hash } = row;
  return {
    ...{ kind: 'subscription', chargeId, copyId, providerId, from: time(from), until: time(until), paid },
    ...figures(row, ['price', 'available', 'platformFeeRatio', 'platformFee', 'providerNet']),
    proof: {
      receipt: { topic: streams.settlementsEvents.topic, partition, offset: logOffset },
      charge: { topic: streams.accountsEvents.topic, partition, offset: chargedAt },
      hash,
    },
  };
}

/** A row of settlements with all that is known of it. */
export function receiptOf(raw: Raw): Receipt {
  const row = rowOf(SettlementRow, raw);
  const { settlementId, accountId, copyId, providerId, cause, settlementPeriod, from, until, occurredAt } = row;
  const { logPartition: partition, logOffset, measuredAt, chargedAt, hash } = row;
  const inAccounts = (offset: number): LogPlace => ({ topic: streams.accountsEvents.topic, partition, offset });
  const inputs = figures(row, inputNames);
  return {
    ...{ kind: 'profit_share', settlementId, accountId, copyId, providerId, cause, settlementPeriod },
    ...{ from: time(from), until: time(until), occurredAt: time(occurredAt) },
    inputs,
    steps: stepsOf({ ...inputs, ...figures(row, resultNames) }),
    proof: {
      receipt: { topic: streams.settlementsEvents.topic, partition, offset: logOffset },
      measure: inAccounts(measuredAt),
      charge: chargedAt === null ? null : inAccounts(chargedAt),
      hash,
    },
  };
}
