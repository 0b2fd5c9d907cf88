import type { AppliedFill } from '@slipstream/contracts';
import { decimal, max, min, zero, type Decimal } from '../money.js';
import { positionNetPnl, type LeadPositionFigures } from './lead-position.js';

/**
 * What a provider's own orders and closed lead positions add up to in some time. Figures of two times that don't overlap
 * are merged, so windows are made of days.
 */
export interface Figures {
  readonly fills: number;
  readonly orders: number;
  /** Σ realised PnL: the venue's figure also for a quantity beyond the known position. */
  readonly grossPnl: Decimal;
  /** Σ fees, positive = cost. */
  readonly fees: Decimal;
  /** Σ price × quantity × contract size of fills. */
  readonly volume: Decimal;
  /** Largest notional of all positions ÷ equity after an order; null: no order, or no equity to divide by. */
  readonly peakExposure: Decimal | null;
  /** Orders that told the leverage they were placed with, Σ and largest of it; null: none told. */
  readonly leveragedOrders: number;
  readonly leverage: Decimal;
  readonly peakLeverage: Decimal | null;
  readonly closedPositions: number;
  readonly wonPositions: number;
  /** Σ net PnL of closed positions that won, and abs Σ of those that lost. */
  readonly profit: Decimal;
  readonly loss: Decimal;
  /** Worst closed position: net PnL ÷ its largest cost; null: none. */
  readonly worst: Decimal | null;
  /** Σ largest cost and Σ holding time of closed positions. */
  readonly closedCost: Decimal;
  readonly holdingMs: number;
  readonly longPositions: number;
  readonly longNetPnl: Decimal;
  readonly shortNetPnl: Decimal;
}

export const noFigures: Figures = {
  fills: 0,
  orders: 0,
  grossPnl: zero,
  fees: zero,
  volume: zero,
  peakExposure: null,
  leveragedOrders: 0,
  leverage: zero,
  peakLeverage: null,
  closedPositions: 0,
  wonPositions: 0,
  profit: zero,
  loss: zero,
  worst: null,
  closedCost: zero,
  holdingMs: 0,
  longPositions: 0,
  longNetPnl: zero,
  shortNetPnl: zero,
};

/** netPnl = grossPnl − fees. */
export const netPnl = (figures: Pick<Figures, 'grossPnl' | 'fees'>): Decimal => figures.grossPnl.minus(figures.fees);

const either =
  (choose: (a: Decimal, b: Decimal) => Decimal) =>
  (a: Decimal | null, b: Decimal | null): Decimal | null =>
    a === null ? b : b === null ? a : choose(a, b);
const larger = either(max);
const smaller = either(min);

/** Figures of both times. */
export const merged = (a: Figures, b: Figures): Figures => ({
  fills: a.fills + b.fills,
  orders: a.orders + b.orders,
  grossPnl: a.grossPnl.plus(b.grossPnl),
  fees: a.fees.plus(b.fees),
  volume: a.volume.plus(b.volume),
  peakExposure: larger(a.peakExposure, b.peakExposure),
  leveragedOrders: a.leveragedOrders + b.leveragedOrders,
  leverage: a.leverage.plus(b.leverage),
  peakLeverage: larger(a.peakLeverage, b.peakLeverage),
  closedPositions: a.closedPositions + b.closedPositions,
  wonPositions: a.wonPositions + b.wonPositions,
  profit: a.profit.plus(b.profit),
  loss: a.loss.plus(b.loss),
  worst: smaller(a.worst, b.worst),
  closedCost: a.closedCost.plus(b.closedCost),
  holdingMs: a.holdingMs + b.holdingMs,
  longPositions: a.longPositions + b.longPositions,
  longNetPnl: a.longNetPnl.plus(b.longNetPnl),
  shortNetPnl: a.shortNetPnl.plus(b.shortNetPnl),
});

/**
 * Figures of one provider order. A fill through zero comes in two parts and is counted at the first.
 * @param leverage it was placed with; null where the source doesn't tell
 * @param exposure notional of all positions ÷ equity after it
 */
export function orderFigures(
  fills: readonly AppliedFill[],
  contractSize: Decimal,
  leverage: Decimal | null,
  exposure: Decimal | null,
): Figures {
  let { fills: count, grossPnl, fees, volume } = noFigures;
  for (const fill of fills) {
    if (fill.part !== 'rest') count += 1;
    grossPnl = grossPnl.plus(decimal(fill.realisedPnl));
    fees = fees.plus(decimal(fill.fee));
    volume = volume.plus(decimal(fill.price).times(decimal(fill.quantity)));
  }
  const counted = { fills: count, orders: 1, grossPnl, fees, volume: volume.times(contractSize) };
  const leveraged = leverage === null ? {} : { leveragedOrders: 1, leverage, peakLeverage: leverage };
  return { ...noFigures, ...counted, ...leveraged, peakExposure: exposure };
}

/** Figures of a lead position that was closed. */
export function closedFigures(position: LeadPositionFigures): Figures {
  const net = positionNetPnl(position);
  const won = net.gt(zero);
  const isLong = position.direction === 'long';
  return {
    ...noFigures,
    closedPositions: 1,
    wonPositions: won ? 1 : 0,
    profit: won ? net : zero,
    loss: won ? zero : net.neg(),
    worst: position.largestCost.gt(zero) ? net.div(position.largestCost) : null,
    closedCost: position.largestCost,
    holdingMs: Math.max(0, (position.closedAt ?? position.openedAt) - position.openedAt),
    longPositions: isLong ? 1 : 0,
    longNetPnl: isLong ? net : zero,
    shortNetPnl: isLong ? zero : net,
  };
}
