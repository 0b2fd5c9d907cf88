import type { AppliedFill } from '@slipstream/contracts';
import { decimal, zero, type Decimal } from '../money.js';

/** Counts and money of all orders of a provider; fees are positive when they cost. */
export interface Totals {
  readonly fills: number;
  readonly orders: number;
  readonly grossPnl: Decimal;
  readonly fees: Decimal;
}

export const noTotals: Totals = { fills: 0, orders: 0, grossPnl: zero, fees: zero };

/**
 * Totals with one more provider order: grossPnl = Σ realised (the venue's figure also for a quantity beyond the known
 * position), fees = Σ fee. A fill through zero comes in two parts and is counted at the first.
 */
export function addOrder(totals: Totals, fills: readonly AppliedFill[]): Totals {
  let { fills: count, grossPnl, fees } = totals;
  for (const fill of fills) {
    if (fill.part !== 'rest') count += 1;
    grossPnl = grossPnl.plus(decimal(fill.realisedPnl));
    fees = fees.plus(decimal(fill.fee));
  }
  return { fills: count, orders: totals.orders + 1, grossPnl, fees };
}

/** netPnl = grossPnl − fees. */
export const netPnl = (totals: Pick<Totals, 'grossPnl' | 'fees'>): Decimal => totals.grossPnl.minus(totals.fees);
