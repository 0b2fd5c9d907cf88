import { zero, type Decimal } from '../money.js';
import { unrealised, type Position } from '../order/position.js';
import { netPnl, type Totals } from './totals.js';

/** What a position of an instrument is valued at. */
export interface Valuation {
  readonly mark: Decimal;
  readonly contractSize: Decimal;
}

/** Σ unrealised PnL; a position without a mark stands at its cost. */
export function unrealisedSum(
  positions: Iterable<Position & { readonly instrument: string }>,
  valuation: (instrument: string) => Valuation | undefined,
): Decimal {
  let sum: Decimal = zero;
  for (const position of positions) {
    const at = valuation(position.instrument);
    if (at !== undefined) sum = sum.plus(unrealised(position, at.mark, at.contractSize));
  }
  return sum;
}

/** Provider equity = starting capital + realised − fees + unrealised. */
export const equity = (startingCapital: Decimal, totals: Totals, unrealisedPnl: Decimal): Decimal =>
  startingCapital.plus(netPnl(totals)).plus(unrealisedPnl);
