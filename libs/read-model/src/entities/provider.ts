import { Entity, Index } from 'typeorm';
import { Exact, ExactOrNull, Flag, Int, KeyInt, KeyText, Long, LongOrNull, Text } from './columns.js';

/** A provider; written from providers.events partition `line`. */
@Entity({ name: 'providers', schema: 'read_model' })
export class ProviderRow {
  @KeyText('provider_id') providerId!: string;
  @Int('line') line!: number;
  @Text('display_name') displayName!: string;
  @Exact('starting_capital') startingCapital!: string;
  @Exact('profit_share_ratio') profitShareRatio!: string;
  @Long('registered_at') registeredAt!: number;
}

/** Statistics of a provider: what is published, and under it what the next day is computed from. */
@Entity({ name: 'provider_stats', schema: 'read_model' })
@Index('provider_stats_by_roi_all', { synchronize: false })
@Index('provider_stats_by_net_pnl', { synchronize: false })
@Index('provider_stats_by_win_rate', { synchronize: false })
@Index('provider_stats_by_max_drawdown', { synchronize: false })
export class ProviderStatsRow {
  @KeyText('provider_id') providerId!: string;
  /** Event time of the last change. */
  @Long('as_of') asOf!: number;
  @Int('log_partition') logPartition!: number;
  @Long('log_offset') logOffset!: number;
  @Int('formula_version') formulaVersion!: number;
  @Long('fills') fills!: number;
  @Long('orders') orders!: number;
  /** Σ copies owed an outcome. */
  @Long('owed') owed!: number;
  @Exact('gross_pnl') grossPnl!: string;
  @Exact('fees') fees!: string;
  @Exact('net_pnl') netPnl!: string;
  @Long('closed_positions') closedPositions!: number;
  @Long('won_positions') wonPositions!: number;
  @ExactOrNull('win_rate') winRate!: string | null;
  @ExactOrNull('roi_all') roiAll!: string | null;
  @ExactOrNull('max_drawdown') maxDrawdown!: string | null;
  @Int('series_days') seriesDays!: number;
  @Exact('series_day_start_equity') seriesDayStartEquity!: string;
  @Exact('series_last_return') seriesLastReturn!: string;
  @Exact('series_growth') seriesGrowth!: string;
  @Exact('series_peak') seriesPeak!: string;
  @Exact('series_drawdown') seriesDrawdown!: string;
  @Flag('series_ended') seriesEnded!: boolean;
  /** The last midnight that closed a day; null before the first. */
  @LongOrNull('series_boundary') seriesBoundary!: number | null;
}

/** A lead position from flat to flat; open while `closedAt` is null. */
@Entity({ name: 'lead_positions', schema: 'read_model' })
@Index('lead_positions_open', { synchronize: false })
@Index('lead_positions_closed', { synchronize: false })
export class LeadPositionRow {
  @KeyText('provider_id') providerId!: string;
  @KeyText('lead_position_id') leadPositionId!: string;
  @Text('instrument') instrument!: string;
  @Text('position_side') positionSide!: string;
  @Long('opened_by_order_no') openedByOrderNo!: number;
  /** Signed: short is negative. */
  @Exact('quantity') quantity!: string;
  /** 0 when closed. */
  @Exact('average_cost') averageCost!: string;
  @Exact('largest_cost') largestCost!: string;
  @Exact('pnl') pnl!: string;
  @Exact('fees') fees!: string;
  @Long('opened_at') openedAt!: number;
  @LongOrNull('closed_at') closedAt!: number | null;
}

/** One complete UTC day of a provider's base series. */
@Entity({ name: 'provider_daily', schema: 'read_model' })
export class ProviderDayRow {
  @KeyText('provider_id') providerId!: string;
  /** `2024-04-22`. */
  @KeyText('day') day!: string;
  @Exact('equity') equity!: string;
  @Exact('return') return!: string;
  /** Π(1 + r) up to this day. */
  @Exact('growth') growth!: string;
}

/** How far a partition of providers.events is in market time. */
@Entity({ name: 'lines', schema: 'read_model' })
export class LineRow {
  @KeyInt('line') line!: number;
  @Long('watermark') watermark!: number;
}

/** Latest mark of an instrument on a line. */
@Entity({ name: 'line_marks', schema: 'read_model' })
export class LineMarkRow {
  @KeyInt('line') line!: number;
  @KeyText('instrument') instrument!: string;
  @Exact('price') price!: string;
  /** Units of the asset in a quantity of 1. */
  @Exact('contract_size') contractSize!: string;
}
