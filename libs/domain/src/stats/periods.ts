import { decimal, text, type Decimal } from '../money.js';
import { calmar } from './calmar.js';
import { netPnl, type Figures } from './figures.js';
import { maxDrawdown } from './max-drawdown.js';
import { profitFactor } from './profit-factor.js';
import { published } from './published.js';
import type { Returns } from './returns.js';
import { roi } from './roi.js';
import { sharpe } from './sharpe.js';
import { sortino } from './sortino.js';
import { volatility } from './volatility.js';
import { winRate } from './win-rate.js';

/** Windows of the statistics and their complete UTC days; `all` has all days of the series. */
export const periods = ['7d', '30d', '90d', 'all'] as const;
export type Period = (typeof periods)[number];
export const daysOf: Readonly<Record<Exclude<Period, 'all'>, number>> = { '7d': 7, '30d': 30, '90d': 90 };

/** All metrics of one window as they are published: ratios rounded to 10 decimals, null where there is nothing to say. */
export interface PeriodStats {
  readonly days: number;
  readonly fills: number;
  readonly orders: number;
  readonly totalTrades: number;
  readonly wonTrades: number;
  readonly winRate: string | null;
  readonly grossPnl: string;
  readonly fees: string;
  readonly totalPnl: string;
  readonly profitFactor: string | null;
  readonly maxLossSingleTrade: string | null;
  readonly averagePositionNotional: string | null;
  readonly averageHoldingMs: number | null;
  readonly longTrades: number;
  readonly longPnl: string;
  readonly shortPnl: string;
  readonly volume: string;
  readonly peakExposure: string | null;
  readonly averageLeverage: string | null;
  readonly peakLeverage: string | null;
  readonly roi: string | null;
  readonly maxDrawdown: string | null;
  readonly sharpe: string | null;
  readonly sortino: string | null;
  readonly calmar: string | null;
  readonly volatility: string | null;
  readonly profitDays: number;
  readonly lossDays: number;
}

/** What a window says of orders and closed positions. */
export type FigureStats = Omit<PeriodStats, keyof ReturnStats>;
/** What a window says of returns: it changes at midnight only. */
export type ReturnStats = Pick<
  PeriodStats,
  'days' | 'roi' | 'maxDrawdown' | 'sharpe' | 'sortino' | 'calmar' | 'volatility' | 'profitDays' | 'lossDays'
>;

/** @param figures of the window's complete days and of the day that runs */
export function figureStats(figures: Figures): FigureStats {
  const { closedPositions, wonPositions, profit, loss, worst, closedCost, holdingMs } = figures;
  const perPosition = (sum: Decimal): Decimal | null =>
    closedPositions === 0 ? null : sum.div(decimal(String(closedPositions)));
  const { leveragedOrders, leverage } = figures;
  const meanLeverage = leveragedOrders === 0 ? null : leverage.div(decimal(String(leveragedOrders)));
  const holding = perPosition(decimal(String(holdingMs)));
  return {
    fills: figures.fills,
    orders: figures.orders,
    totalTrades: closedPositions,
    wonTrades: wonPositions,
    winRate: published(winRate(wonPositions, closedPositions)),
    grossPnl: text(figures.grossPnl),
    fees: text(figures.fees),
    totalPnl: text(netPnl(figures)),
    profitFactor: published(profitFactor(profit, loss)),
    maxLossSingleTrade: published(worst),
    averagePositionNotional: published(perPosition(closedCost)),
    averageHoldingMs: holding && Number(text(holding.round(0))),
    longTrades: figures.longPositions,
    longPnl: text(figures.longNetPnl),
    shortPnl: text(figures.shortNetPnl),
    volume: text(figures.volume),
    peakExposure: published(figures.peakExposure),
    averageLeverage: published(meanLeverage),
    peakLeverage: published(figures.peakLeverage),
  };
}

/** @param returns of the window's complete days */
export const returnStats = (returns: Returns): ReturnStats => ({
  days: returns.days,
  roi: published(roi(returns)),
  maxDrawdown: published(maxDrawdown(returns)),
  sharpe: published(sharpe(returns)),
  sortino: published(sortino(returns)),
  calmar: published(calmar(returns)),
  volatility: published(volatility(returns)),
  profitDays: returns.profitDays,
  lossDays: returns.lossDays,
});
