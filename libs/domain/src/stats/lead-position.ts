import type { AppliedFill, ProviderOrderTaken } from '@slipstream/contracts';
import { decimal, max, zero, type Decimal } from '../money.js';
import { flat, type Position } from '../order/position.js';
import { carried } from './published.js';

/** A provider's position from flat to flat, as the statistics see it. */
export interface LeadPositionFigures extends Position {
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly positionSide: 'long' | 'short' | 'net';
  readonly openedByOrderNo: number;
  readonly direction: 'long' | 'short';
  /** Largest quantity × average cost × contract size it ever had. */
  readonly largestCost: Decimal;
  /** Realised, gross of fees. */
  readonly pnl: Decimal;
  readonly fees: Decimal;
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/**
 * The lead position after one provider order, or undefined when the order belongs to none: a reduce of a position of
 * which nothing was known. PnL and fee of a quantity beyond the known position stay out (totals have them); a fill
 * that is partly beyond it is split by quantity.
 */
export function afterOrder(
  position: LeadPositionFigures | undefined,
  taken: ProviderOrderTaken,
  contractSize: Decimal,
): LeadPositionFigures | undefined {
  const { order } = taken;
  const before = position ?? opened(taken);
  if (before === undefined) return undefined;
  const quantity = decimal(taken.positionAfter);
  const averageCost = decimal(taken.averageCostAfter ?? '0');
  let { pnl, fees } = before;
  for (const fill of taken.fills) {
    pnl = pnl.plus(knownShare(fill, decimal(fill.realisedPnl)));
    fees = fees.plus(knownShare(fill, decimal(fill.fee)));
  }
  return {
    ...before,
    quantity,
    averageCost,
    largestCost: max(before.largestCost, quantity.abs().times(averageCost).times(contractSize)),
    pnl,
    fees,
    closedAt: quantity.eq(zero) ? order.occurredAt : null,
  };
}

/** net PnL = PnL of its reducing fills − fees of all its fills. */
export const positionNetPnl = (position: Pick<LeadPositionFigures, 'pnl' | 'fees'>): Decimal =>
  position.pnl.minus(position.fees);

/** Won: net PnL above zero. */
export const isWon = (position: Pick<LeadPositionFigures, 'pnl' | 'fees'>): boolean =>
  positionNetPnl(position).gt(zero);

function opened(taken: ProviderOrderTaken): LeadPositionFigures | undefined {
  const { order } = taken;
  if (!order.knownPosition || order.effect === 'reduce' || order.effect === 'close') return undefined;
  return {
    leadPositionId: order.leadPositionId,
    instrument: order.instrument,
    positionSide: order.positionSide,
    openedByOrderNo: order.openedByOrderNo,
    direction: order.side === 'buy' ? 'long' : 'short',
    ...flat,
    largestCost: zero,
    pnl: zero,
    fees: zero,
    openedAt: order.occurredAt,
    closedAt: null,
  };
}

function knownShare(fill: AppliedFill, amount: Decimal): Decimal {
  const excess = decimal(fill.excess);
  if (excess.eq(zero)) return amount;
  const quantity = decimal(fill.quantity);
  return carried(amount.times(quantity.minus(excess)).div(quantity));
}
