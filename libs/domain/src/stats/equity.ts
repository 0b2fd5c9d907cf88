import { zero, type Decimal } from '../money.js';
import { unrealised, type Position } from '../order/position.js';
import { netPnl, type Figures } from './figures.js';

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

/**
 * Starting capital + funds + realised − fees + unrealised.
 * @param funds deposits − withdrawals + funding, and what a venue's own figure differed by
 */
export const equity = (
  startingCapital: Decimal,
  funds: Decimal,
  figures: Pick<Figures, 'grossPnl' | 'fees'>,
  unrealisedPnl: Decimal,
): Decimal => startingCapital.plus(funds).plus(netPnl(figures)).plus(unrealisedPnl);

/** Σ abs(quantity) × mark × contract size; a position without a mark stands at its cost. */
export function notionalSum(
  positions: Iterable<Position & { readonly instrument: string }>,
  valuation: (instrument: string) => { readonly mark: Decimal | undefined; readonly contractSize: Decimal },
): Decimal {
  let sum: Decimal = zero;
  for (const { instrument, quantity, averageCost } of positions) {
    const { mark, contractSize } = valuation(instrument);
    sum = sum.plus(
      quantity
        .abs()
        .times(mark ?? averageCost)
        .times(contractSize),
    );
  }
  return sum;
}
