import { Entity, Index } from 'typeorm';
import { Exact, ExactOrNull, Int, KeyInt, KeyLong, KeyText, Long, LongOrNull, Text, TextOrNull } from './columns.js';

/** A copy; written from one partition of accounts.events. */
@Entity({ name: 'copies', schema: 'read_model' })
@Index('copies_by_provider', ['providerId'])
@Index('copies_by_partition', ['accountsPartition'])
export class CopyRow {
  @KeyText('copy_id') copyId!: string;
  @Text('account_id') accountId!: string;
  @Text('provider_id') providerId!: string;
  @Int('accounts_partition') accountsPartition!: number;
  /** Partition of providers.events whose marks value it. */
  @Int('line') line!: number;
  /** starting, active, stopping, stopped or refused. */
  @Text('status') status!: string;
  @TextOrNull('stop_reason') stopReason!: string | null;
  @Exact('copy_total_amt') copyTotalAmt!: string;
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

/** What a copy holds; no row when flat. */
@Entity({ name: 'copied_positions', schema: 'read_model' })
export class CopiedPositionRow {
  @KeyText('copy_id') copyId!: string;
  @KeyText('instrument') instrument!: string;
  @KeyText('position_side') positionSide!: string;
  /** Signed: short is negative. */
  @Exact('quantity') quantity!: string;
  @Exact('average_cost') averageCost!: string;
}

/** The one decision on a provider order for a copy, and its end if an order was placed. */
@Entity({ name: 'outcomes', schema: 'read_model' })
export class OutcomeRow {
  @KeyText('copy_id') copyId!: string;
  @KeyLong('order_no') orderNo!: number;
  /** placed or skipped. */
  @Text('decision') decision!: string;
  @TextOrNull('reason') reason!: string | null;
  @TextOrNull('side') side!: string | null;
  @ExactOrNull('quantity') quantity!: string | null;
  @ExactOrNull('reserved') reserved!: string | null;
  /** Null when the provider order was never seen (record_unreadable). */
  @ExactOrNull('provider_price') providerPrice!: string | null;
  @Long('decided_at') decidedAt!: number;
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

/** Counts of a latency per bucket; one set of rows per partition, summed when read. */
@Entity({ name: 'latency_histogram', schema: 'read_model' })
export class LatencyRow {
  @KeyText('stage') stage!: string;
  @KeyInt('accounts_partition') accountsPartition!: number;
  @KeyLong('up_to_ms') upToMs!: number;
  @Long('n') n!: number;
}
