import { Entity, Index } from 'typeorm';
import {
  Exact,
  ExactOrNull,
  Flag,
  Int,
  IntOrNull,
  KeyInt,
  KeyLong,
  KeyText,
  Long,
  LongOrNull,
  Text,
  TextOrNull,
} from './columns.js';

/** A provider; written from providers.events partition `line`. */
@Entity({ name: 'providers' })
export class ProviderRow {
  @KeyText('provider_id') providerId!: string;
  @Int('line') line!: number;
  @Text('display_name') displayName!: string;
  @Exact('starting_capital') startingCapital!: string;
  /** Terms in force. */
  @Text('fee_model') feeModel!: string;
  @Exact('profit_share_ratio') profitShareRatio!: string;
  @ExactOrNull('subscription_price') subscriptionPrice!: string | null;
  @Text('visibility') visibility!: string;
  @Int('level') level!: number;
  @Flag('retired') retired!: boolean;
  @Flag('blocked') blocked!: boolean;
  /** What it has traded. */
  @Flag('traded_spot') tradedSpot!: boolean;
  @Flag('traded_futures') tradedFutures!: boolean;
  /** Copies that are owed its orders. */
  @Int('followers') followers!: number;
  /** active, retired, blocked or failed (its equity was lost). */
  @Text('status') status!: string;
  /** spot, futures or mixed; null before the first order. */
  @TextOrNull('strategy') strategy!: string | null;
  /** From 7 days and 5 closed positions. */
  @Flag('ranked') ranked!: boolean;
  @IntOrNull('risk') risk!: number | null;
  @TextOrNull('risk_level') riskLevel!: string | null;
  /** Overview rank without the copies' part. */
  @Exact('overview_own') overviewOwn!: string;
  @Long('registered_at') registeredAt!: number;
}

/**
 * What changes at midnights and with flows only: figures of the complete days of each window, the curve of the cards, and the
 * series of returns, from which the next day is computed.
 */
@Entity({ name: 'provider_midnights' })
export class ProviderMidnightRow {
  @KeyText('provider_id') providerId!: string;
  /** Figures of the complete days of each window, JSON. */
  @Text('base_7d') base7d!: string;
  @Text('base_30d') base30d!: string;
  @Text('base_90d') base90d!: string;
  @Text('base_all') baseAll!: string;
  /** Growth of 10,000 at the last midnights, at most 60 points, JSON. */
  @Text('sparkline') sparkline!: string;
  /** Series that ended with all of its equity, JSON, oldest first. */
  @Text('ended_series') endedSeries!: string;
  /** First day of the series that runs. */
  @Text('series_from') seriesFrom!: string;
  @Int('series_days') seriesDays!: number;
  @Exact('series_sum') seriesSum!: string;
  @Exact('series_squares') seriesSquares!: string;
  @Exact('series_downside') seriesDownside!: string;
  @Exact('series_growth') seriesGrowth!: string;
  @Exact('series_peak') seriesPeak!: string;
  @Exact('series_drawdown') seriesDrawdown!: string;
  @Int('series_profit_days') seriesProfitDays!: number;
  @Int('series_loss_days') seriesLossDays!: number;
  @Exact('series_equity_plus') seriesEquityPlus!: string;
  @Exact('series_day_factor') seriesDayFactor!: string;
  @Exact('series_last_return') seriesLastReturn!: string;
  @Flag('series_ended') seriesEnded!: boolean;
  /** The last midnight that closed a day; null before the first. */
  @LongOrNull('series_boundary') seriesBoundary!: number | null;
}

/** Statistics of a provider over all time, with the log position of all of its figures. */
@Entity({ name: 'provider_stats' })
export class ProviderStatsRow {
  @KeyText('provider_id') providerId!: string;
  /** Event time of the last change. */
  @Long('as_of') asOf!: number;
  @Int('log_partition') logPartition!: number;
  @Long('log_offset') logOffset!: number;
  @Int('formula_version') formulaVersion!: number;
  /** SHA-256 over all published figures of the provider, the log position and the formula version. */
  @Text('hash') hash!: string;
  @Long('fills') fills!: number;
  @Long('orders') orders!: number;
  /** Σ copies owed an outcome. */
  @Long('owed') owed!: number;
  @Exact('gross_pnl') grossPnl!: string;
  @Exact('fees') fees!: string;
  @Exact('net_pnl') netPnl!: string;
  /** Deposits − withdrawals + funding, and what a venue's own equity differed by. */
  @Exact('funds') funds!: string;
  @Long('closed_positions') closedPositions!: number;
  @Long('won_positions') wonPositions!: number;
  @ExactOrNull('win_rate') winRate!: string | null;
  @ExactOrNull('roi_all') roiAll!: string | null;
  @ExactOrNull('max_drawdown') maxDrawdown!: string | null;
  /** Figures of the windows that nothing is sorted by, JSON by period. */
  @Text('more') more!: string;
  /** Figures of the running day, JSON. */
  @Text('running_day') runningDay!: string;
  /** Flows, and followers that came and went, of the running day. */
  @Exact('day_flows') dayFlows!: string;
  @Int('day_joined') dayJoined!: number;
  @Int('day_left') dayLeft!: number;
}

/**
 * The metrics of a window that leaderboards sort by, as they are published: short rows, since they are read as a whole. What
 * rests on returns changes at midnights only, the figures with every fill. One partition per period.
 */
@Entity({ name: 'provider_periods' })
export class ProviderPeriodRow {
  @KeyText('period') period!: string;
  @KeyText('provider_id') providerId!: string;
  @Int('days') days!: number;
  @ExactOrNull('roi') roi!: string | null;
  @ExactOrNull('max_drawdown') maxDrawdown!: string | null;
  @ExactOrNull('sharpe') sharpe!: string | null;
  @ExactOrNull('sortino') sortino!: string | null;
  @ExactOrNull('calmar') calmar!: string | null;
  @ExactOrNull('volatility') volatility!: string | null;
  @Int('profit_days') profitDays!: number;
  @Int('loss_days') lossDays!: number;
  @Long('total_trades') totalTrades!: number;
  @ExactOrNull('win_rate') winRate!: string | null;
  @Exact('total_pnl') totalPnl!: string;
  @ExactOrNull('profit_factor') profitFactor!: string | null;
  @ExactOrNull('max_loss_single_trade') maxLossSingleTrade!: string | null;
  @Exact('volume') volume!: string;
}

/** Columns of a window that a fill changes. */
export const figureProperties = [
  'totalTrades',
  'winRate',
  'totalPnl',
  'profitFactor',
  'maxLossSingleTrade',
  'volume',
] as const satisfies (keyof ProviderPeriodRow)[];

/** A lead position from flat to flat; open while `closedAt` is null. */
@Entity({ name: 'lead_positions' })
@Index('lead_positions_open', { synchronize: false })
@Index('lead_positions_closed', { synchronize: false })
export class LeadPositionRow {
  @KeyText('provider_id') providerId!: string;
  @KeyText('lead_position_id') leadPositionId!: string;
  @Text('instrument') instrument!: string;
  @Text('position_side') positionSide!: string;
  /** long or short: how it was opened. */
  @Text('direction') direction!: string;
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

/** An order of a provider. */
@Entity({ name: 'provider_orders' })
@Index('provider_orders_by_position', ['providerId', 'leadPositionId'])
export class ProviderOrderRow {
  @KeyText('provider_id') providerId!: string;
  @KeyLong('order_no') orderNo!: number;
  @Text('lead_position_id') leadPositionId!: string;
  @Text('effect') effect!: string;
  @Text('instrument') instrument!: string;
  @Text('side') side!: string;
  @Exact('price') price!: string;
  @Exact('quantity') quantity!: string;
  /** Realised, gross of fees. */
  @Exact('pnl') pnl!: string;
  @Exact('fees') fees!: string;
  /** Notional ÷ equity before it. */
  @ExactOrNull('usage') usage!: string | null;
  @ExactOrNull('leverage') leverage!: string | null;
  @Int('owed') owed!: number;
  @Long('occurred_at') occurredAt!: number;
}

/** One complete UTC day of a provider. */
@Entity({ name: 'provider_daily' })
export class ProviderDayRow {
  @KeyText('provider_id') providerId!: string;
  /** `2024-04-22`. */
  @KeyText('day') day!: string;
  /** At its end. */
  @Exact('equity') equity!: string;
  /** Deposits − withdrawals. */
  @Exact('flows') flows!: string;
  /** Null on days without a running series. */
  @ExactOrNull('return') return!: string | null;
  /** Π(1 + r) of its series up to this day. */
  @ExactOrNull('growth') growth!: string | null;
  /** Of its series up to this day. */
  @ExactOrNull('drawdown') drawdown!: string | null;
  @Exact('net_pnl') netPnl!: string;
  @Int('followers') followers!: number;
  @Int('joined') joined!: number;
  @Int('went') went!: number;
  /** Σ min(copyTotalAmt, copy equity) at its end; null: not measured. */
  @ExactOrNull('aum') aum!: string | null;
  /** All figures, JSON. */
  @Text('figures') figures!: string;
}

/** How far a partition of providers.events is in market time. */
@Entity({ name: 'lines' })
export class LineRow {
  @KeyInt('line') line!: number;
  @Long('watermark') watermark!: number;
}

/** Latest mark of an instrument on a line. */
@Entity({ name: 'line_marks' })
export class LineMarkRow {
  @KeyInt('line') line!: number;
  @KeyText('instrument') instrument!: string;
  @Exact('price') price!: string;
  /** Units of the asset in a quantity of 1. */
  @Exact('contract_size') contractSize!: string;
}
