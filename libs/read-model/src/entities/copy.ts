import { Entity, Index } from 'typeorm';
import { Exact, ExactOrNull, Int, KeyInt, KeyLong, KeyText, Long, LongOrNull, Text, TextOrNull } from './columns.js';

/** A copy; written from one partition of accounts.events. */
@Entity({ name: 'copies' })
@Index('copies_by_provider', ['providerId'])
@Index('copies_by_partition', ['accountsPartition'])
@Index('copies_by_account', ['accountId'])
export class CopyRow {
  @KeyText('copy_id') copyId!: string;
  @Text('account_id') accountId!: string;
  @Text('provider_id') providerId!: string;
  @Int('accounts_partition') accountsPartition!: number;
  /** Partition of providers.events whose marks value it. */
  @Int('line') line!: number;
  /** starting, active, paused, stopping, stopped or refused. */
  @Text('status') status!: string;
  @TextOrNull('stop_reason') stopReason!: string | null;
  @Exact('copy_total_amt') copyTotalAmt!: string;
  /** Money put in, less what was taken out; negative when profit was taken out beyond it. */
  @Exact('put_in') putIn!: string;
  /** Money put in at the start and later, whatever was taken out. */
  @Exact('invested') invested!: string;
  /** Money it began with. */
  @Exact('started_with') startedWith!: string;
  /** Π(equity before ÷ equity after the flow before it) over all flows, and equity just after the last one. */
  @Exact('growth') growth!: string;
  @Exact('base') base!: string;
  /** Losses borne by the insurance account. */
  @Exact('insured') insured!: string;
  @LongOrNull('from_order') fromOrder!: number | null;
  /** Gross of fees. */
  @Exact('realised_pnl') realisedPnl!: string;
  @Exact('fees') fees!: string;
  @ExactOrNull('returned') returned!: string | null;
  @Long('placed') placed!: number;
  @Long('skipped') skipped!: number;
  @Long('filled') filled!: number;
  @Long('rejected') rejected!: number;
  @Long('requested_at') requestedAt!: number;
  @LongOrNull('stopped_at') stoppedAt!: number | null;
}

/** The one decision on a provider order for a copy, and its end if an order was placed. */
@Entity({ name: 'outcomes' })
export class OutcomeRow {
  @KeyText('copy_id') copyId!: string;
  @KeyLong('order_no') orderNo!: number;
  /** placed or skipped. */
  @Text('decision') decision!: string;
  @TextOrNull('reason') reason!: string | null;
  @TextOrNull('side') side!: string | null;
  @TextOrNull('lead_position_id') leadPositionId!: string | null;
  @ExactOrNull('quantity') quantity!: string | null;
  /** What the copy should hold after the decision; null where that is as before. */
  @ExactOrNull('target') target!: string | null;
  @ExactOrNull('reserved') reserved!: string | null;
  /** Null when the provider order was never seen (record_unreadable). */
  @ExactOrNull('provider_price') providerPrice!: string | null;
  @Long('decided_at') decidedAt!: number;
  /** From the provider's fill at the edge to the decision in the journal, and to the end; null where the edge told no time. */
  @LongOrNull('decided_after_ms') decidedAfterMs!: number | null;
  @LongOrNull('ended_after_ms') endedAfterMs!: number | null;
  /** Further decisions on the same order: always 0, or a promise is broken. */
  @Int('duplicates') duplicates!: number;
  @TextOrNull('end_type') endType!: string | null;
  @TextOrNull('end_reason') endReason!: string | null;
  @ExactOrNull('filled_quantity') filledQuantity!: string | null;
  @ExactOrNull('price') price!: string | null;
  /** Positive = worse than the provider. */
  @ExactOrNull('slippage_amount') slippageAmount!: string | null;
  @ExactOrNull('slippage_bp') slippageBp!: string | null;
  @ExactOrNull('fee') fee!: string | null;
  @TextOrNull('fee_asset') feeAsset!: string | null;
  @ExactOrNull('realised_pnl') realisedPnl!: string | null;
  @LongOrNull('ended_at') endedAt!: number | null;
  /** Further ends of the same order: always 0, or a promise is broken. */
  @Int('end_duplicates') endDuplicates!: number;
}

/** An order of a copy for a cause of its own (TP, SL, stop, by hand, a join …), and its end. */
@Entity({ name: 'own_orders' })
@Index('own_orders_by_copy', ['copyId'])
export class OwnOrderRow {
  @KeyText('order_id') orderId!: string;
  @Text('copy_id') copyId!: string;
  @Text('cause_type') causeType!: string;
  @Text('lead_position_id') leadPositionId!: string;
  @Text('instrument') instrument!: string;
  @Text('side') side!: string;
  @Exact('quantity') quantity!: string;
  @Exact('mark') mark!: string;
  @Long('placed_at') placedAt!: number;
  @TextOrNull('end_type') endType!: string | null;
  @TextOrNull('end_reason') endReason!: string | null;
  @ExactOrNull('filled_quantity') filledQuantity!: string | null;
  @ExactOrNull('price') price!: string | null;
  @ExactOrNull('fee') fee!: string | null;
  @ExactOrNull('realised_pnl') realisedPnl!: string | null;
  @LongOrNull('ended_at') endedAt!: number | null;
}

/** What a copy should hold of a lead position, and what it holds; no row when both are nothing. */
@Entity({ name: 'copied_lead_positions' })
export class CopiedLeadPositionRow {
  @KeyText('copy_id') copyId!: string;
  @KeyText('lead_position_id') leadPositionId!: string;
  @Text('instrument') instrument!: string;
  @Text('position_side') positionSide!: string;
  /** Signed: short is negative. */
  @Exact('target') target!: string;
  @Exact('quantity') quantity!: string;
  /** Quantity × average cost × contract size. */
  @Exact('cost') cost!: string;
}

/** Counts of a latency per bucket; one set of rows per partition, summed when read. */
@Entity({ name: 'latency_histogram' })
export class LatencyRow {
  @KeyText('stage') stage!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyLong('up_to_ms') upToMs!: number;
  @Long('n') n!: number;
}
