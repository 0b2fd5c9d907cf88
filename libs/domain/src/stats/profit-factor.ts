import { isZero, type Decimal } from '../money.js';

/** Σ positive ÷ abs Σ negative net PnL of closed positions; null without a loss. */
export const profitFactor = (profit: Decimal, loss: Decimal): Decimal | null =>
  isZero(loss) ? null : profit.div(loss);
