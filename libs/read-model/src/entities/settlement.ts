import { Entity, Index } from 'typeorm';
import {
  Exact,
  ExactOrNull,
  Flag,
  Int,
  KeyInt,
  KeyLong,
  KeyText,
  Long,
  LongOrNull,
  Text,
  TextOrNull,
} from './columns.js';

/** A receipt of a settlement; the figures and their formulas are those of `SettlementFigures` in libs/domain. */
@Entity({ name: 'settlements' })
@Index('settlements_by_copy', ['copyId', 'until'])
export class SettlementRow {
  @KeyText('settlement_id') settlementId!: string;
  @Text('account_id') accountId!: string;
  @Text('copy_id') copyId!: string;
  @Text('provider_id') providerId!: string;
  /** Where the receipt lies in settlements.events; the same partition of accounts.events is the account's. */
  @Int('log_partition') logPartition!: number;
  @Long('log_offset') logOffset!: number;
  /** period, stop or retirement. */
  @Text('cause') cause!: string;
  /** weekly or monthly: the copy's, when it was settled. */
  @Text('settlement_period') settlementPeriod!: string;
  @Long('from_at') from!: number;
  @Long('until_at') until!: number;
  @Exact('equity_opening') equityOpening!: string;
  @Exact('deposits') deposits!: string;
  @Exact('withdrawals') withdrawals!: string;
  @Exact('pnl') pnl!: string;
  @Exact('equity_before') equityBefore!: string;
  /** Part of equityBefore; null: told from later on. */
  @ExactOrNull('unrealised') unrealised!: string | null;
  @Exact('gap_opening') gapOpening!: string;
  @Exact('gap_withdrawn') gapWithdrawn!: string;
  @Exact('gap_before') gapBefore!: string;
  @Exact('new_profit') newProfit!: string;
  @Exact('gap_after') gapAfter!: string;
  @Exact('profit_share_ratio') profitShareRatio!: string;
  @Exact('accrued') accrued!: string;
  @Exact('due_before') dueBefore!: string;
  @Exact('available') available!: string;
  @Exact('provider_gross') providerGross!: string;
  @Exact('due_after') dueAfter!: string;
  @Exact('platform_fee_ratio') platformFeeRatio!: string;
  @Exact('platform_fee') platformFee!: string;
  @Exact('provider_net') providerNet!: string;
  @Exact('equity_after') equityAfter!: string;
  /** Offset of CopiesMeasured in accounts.events. */
  @Long('measured_at') measuredAt!: number;
  /** Offset of ProfitShareCharged there; null: nothing was owed. */
  @LongOrNull('charged_at') chargedAt!: number | null;
  @Long('occurred_at') occurredAt!: number;
  /** SHA-256 over all of the above, see `receiptProofOf`. */
  @Text('hash') hash!: string;
  /** How many settlements of the copy had begun before; its flows have the same number. */
  @Int('period_no') periodNo!: number;
  /** How often it was told again. */
  @Int('duplicates') duplicates!: number;
}

/** Money that came into a copy or left it. */
@Entity({ name: 'share_flows' })
export class ShareFlowRow {
  @KeyText('copy_id') copyId!: string;
  /** So many settlements of the copy had begun: that of the receipt which counts it. */
  @KeyInt('period_no') periodNo!: number;
  /** Where CopyShareMoved lies in settlements.events. */
  @KeyLong('log_offset') logOffset!: number;
  @Int('log_partition') logPartition!: number;
  @Text('provider_id') providerId!: string;
  /** deposit or withdrawal. */
  @Text('kind') kind!: string;
  @Exact('amount') amount!: string;
  @Exact('equity_before') equityBefore!: string;
  @Exact('gap_before') gapBefore!: string;
  @Exact('gap_after') gapAfter!: string;
  /** What was due then, with what was asked for. */
  @Exact('due') due!: string;
  @Long('occurred_at') occurredAt!: number;
}

/** A record that measured copies, and the marks it valued them at. */
@Entity({ name: 'measures' })
export class MeasureRow {
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyLong('log_offset') logOffset!: number;
  @Long('at') at!: number;
  @Text('cause') cause!: string;
  /** JSON of `Mark[]`, by instrument; of too many the first. */
  @Text('marks') marks!: string;
  @Int('left_out') leftOut!: number;
}

/** A month of a subscription, paid whole or not at all. */
@Entity({ name: 'subscription_charges' })
@Index('subscription_charges_by_copy', ['copyId', 'from'])
export class SubscriptionChargeRow {
  @KeyText('charge_id') chargeId!: string;
  @Text('account_id') accountId!: string;
  @Text('copy_id') copyId!: string;
  @Text('provider_id') providerId!: string;
  @Int('log_partition') logPartition!: number;
  @Long('log_offset') logOffset!: number;
  @Exact('price') price!: string;
  @Long('from_at') from!: number;
  @Long('until_at') until!: number;
  @Exact('available') available!: string;
  @Flag('paid') paid!: boolean;
  @Exact('platform_fee_ratio') platformFeeRatio!: string;
  @Exact('platform_fee') platformFee!: string;
  @Exact('provider_net') providerNet!: string;
  /** Offset of SubscriptionsCharged in accounts.events. */
  @Long('charged_at') chargedAt!: number;
  @Long('occurred_at') occurredAt!: number;
  @Text('hash') hash!: string;
  @Int('duplicates') duplicates!: number;
}

/** What a copy pays its provider: share and subscription as of now, and the sums of its receipts. */
@Entity({ name: 'copy_shares' })
@Index('copy_shares_by_account', ['accountId', 'providerId'])
@Index('copy_shares_by_provider', ['providerId', 'accountsPartition', 'followerNo', 'copyNo'])
export class CopyShareRow {
  @KeyText('copy_id') copyId!: string;
  @Text('account_id') accountId!: string;
  @Text('provider_id') providerId!: string;
  @Int('accounts_partition') accountsPartition!: number;
  /** The follower among the provider's in this partition, from 1, and the copy among the follower's: names for a provider to see. */
  @Int('follower_no') followerNo!: number;
  @Int('copy_no') copyNo!: number;
  /** Of the last record that was about it. */
  @Long('log_offset') logOffset!: number;
  /** running or ended: settled at its stop. */
  @Text('status') status!: string;
  /** Terms in force. */
  @Text('fee_model') feeModel!: string;
  @Exact('profit_share_ratio') profitShareRatio!: string;
  @Text('settlement_period') settlementPeriod!: string;
  /** JSON of `AnnouncedFees`. */
  @TextOrNull('announced') announced!: string | null;
  @Exact('started_with') startedWith!: string;
  @Long('started_at') startedAt!: number;
  /** The copy whose gap and rest due it began with. */
  @TextOrNull('carried_from') carriedFrom!: string | null;
  @Exact('carried_gap') carriedGap!: string;
  @Exact('carried_due') carriedDue!: string;
  /** Offset of CopyShareStarted; null: nothing tells of its start. */
  @LongOrNull('started_offset') startedOffset!: number | null;
  /** Settlements that have begun. */
  @Int('begun') begun!: number;
  /** All money that came in after the start, and that left. */
  @Exact('deposited') deposited!: string;
  @Exact('withdrawn') withdrawn!: string;
  /** Watermark − equity, and the equity it is of: at the last flow, measure or charge. */
  @Exact('gap') gap!: string;
  @Exact('equity') equity!: string;
  @Exact('due') due!: string;
  /** Moment of the last settlement, of the start before the first. */
  @Long('settled_at') settledAt!: number;
  @Flag('retirement_settled') retirementSettled!: boolean;
  /** From then on. */
  @Exact('opening_equity') openingEquity!: string;
  @Exact('opening_gap') openingGap!: string;
  @Exact('opening_deposits') openingDeposits!: string;
  @Exact('opening_withdrawals') openingWithdrawals!: string;
  @Exact('opening_gap_withdrawn') openingGapWithdrawn!: string;
  /** JSON of `PendingSettlement[]`: measured, and not charged yet. */
  @Text('pending') pending!: string;
  /** Sums over its receipts; the moment of the last one. */
  @Int('settlements') settlements!: number;
  @Exact('new_profit') newProfit!: string;
  @Exact('accrued') accrued!: string;
  @Exact('provider_gross') providerGross!: string;
  @Exact('platform_fee') platformFee!: string;
  @Exact('provider_net') providerNet!: string;
  @LongOrNull('last_settlement') lastSettlement!: number | null;
  @TextOrNull('subscription_id') subscriptionId!: string | null;
  /** active, or why it ended: stopped, unpaid, terms_changed. */
  @TextOrNull('subscription_status') subscriptionStatus!: string | null;
  /** Of the month that runs, or the first one. */
  @ExactOrNull('subscription_price') subscriptionPrice!: string | null;
  @LongOrNull('paid_until') paidUntil!: number | null;
  /** Sums over its months; the start of the last one. */
  @Int('months_paid') monthsPaid!: number;
  @Int('months_unpaid') monthsUnpaid!: number;
  @Exact('subscription_gross') subscriptionGross!: string;
  @Exact('subscription_fee') subscriptionFee!: string;
  @Exact('subscription_net') subscriptionNet!: string;
  @LongOrNull('last_month') lastMonth!: number | null;
}

/** Sums over the receipts of a provider whose moment lies in a UTC day: a settlement at midnight closes the day before. */
@Entity({ name: 'provider_earnings' })
export class ProviderEarningRow {
  @KeyText('provider_id') providerId!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  /** Days since 1970-01-01. */
  @KeyInt('day') day!: number;
  @KeyText('settlement_period') settlementPeriod!: string;
  /** End of the period that the day lies in. */
  @Long('period_until') periodUntil!: number;
  @Int('settlements') settlements!: number;
  @Exact('new_profit') newProfit!: string;
  @Exact('accrued') accrued!: string;
  @Exact('provider_gross') providerGross!: string;
  @Exact('platform_fee') platformFee!: string;
  @Exact('provider_net') providerNet!: string;
  /** Months that began in the day. */
  @Int('months_paid') monthsPaid!: number;
  @Int('months_unpaid') monthsUnpaid!: number;
  @Exact('subscription_gross') subscriptionGross!: string;
  @Exact('subscription_fee') subscriptionFee!: string;
  @Exact('subscription_net') subscriptionNet!: string;
}

/** What the followers of a provider in a partition still owe, and how far its journal was read about them. */
@Entity({ name: 'provider_dues' })
export class ProviderDueRow {
  @KeyText('provider_id') providerId!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  /** So many were numbered. */
  @Int('followers') followers!: number;
  @Exact('due') due!: string;
  @Long('as_of') asOf!: number;
  @Long('log_offset') logOffset!: number;
}
