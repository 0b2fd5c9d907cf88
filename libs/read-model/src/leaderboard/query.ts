import type { Period } from '@slipstream/domain';

/**
 * What the leaderboard can be sorted by, and the column behind it: `w` the window, `p` the provider's place (what it is listed
 * by beside). `overview` is the default; its formula is in `overviewOwn` of the domain.
 */
export const leaderboardSorts = {
  overview: 'p.overview',
  roi: 'w.roi',
  totalPnl: 'w.total_pnl',
  winRate: 'w.win_rate',
  maxDrawdown: 'w.max_drawdown',
  sharpe: 'w.sharpe',
  sortino: 'w.sortino',
  calmar: 'w.calmar',
  volatility: 'w.volatility',
  profitFactor: 'w.profit_factor',
  maxLossSingleTrade: 'w.max_loss_single_trade',
  totalTrades: 'w.total_trades',
  volume: 'w.volume',
  followers: 'p.followers',
  aum: 'p.aum',
  copierPnl: 'p.copier_pnl',
  copierReturn: 'p.copier_return',
  copiersInProfit: 'p.copiers_in_profit',
  risk: 'p.risk',
  daysLeading: '-p.registered_at',
} as const;
export type LeaderboardSort = keyof typeof leaderboardSorts;
/** Compared as whole numbers: converting ten thousand of them takes milliseconds. */
export const wholeSorts: readonly LeaderboardSort[] = ['totalTrades', 'followers', 'risk', 'daysLeading'];

export const leaderboardLimitMax = 100;
export const riskLevels = ['low', 'medium', 'high'] as const;
export const strategies = ['spot', 'futures', 'mixed'] as const;
export const statuses = ['active', 'retired', 'blocked', 'failed'] as const;
export const listings = ['all', 'ranked', 'new'] as const;

/** Which providers are listed; money and ratios are decimal text. */
export interface LeaderboardFilters {
  readonly minAum?: string | undefined;
  readonly minFollowers?: number | undefined;
  /** Absolute value, a fraction: 0.2 lists drawdowns of 20 % and less. */
  readonly maxDrawdown?: string | undefined;
  readonly riskLevel?: (typeof riskLevels)[number] | undefined;
  readonly strategy?: (typeof strategies)[number] | undefined;
  readonly status?: (typeof statuses)[number] | undefined;
  readonly listed?: (typeof listings)[number] | undefined;
  /** Part of the name or id, in any case. */
  readonly text?: string | undefined;
}

export interface LeaderboardQuery extends LeaderboardFilters {
  readonly period: Period;
  readonly sort: LeaderboardSort;
  readonly order: 'asc' | 'desc';
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}
