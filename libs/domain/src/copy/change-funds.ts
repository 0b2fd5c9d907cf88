import { isZero, max, min, roundAmount, zero, type Decimal } from '../money.js';
import { marginInUse, type Copy } from './copy.js';
import type { CopyTerms } from './terms.js';

/** Money that may leave the copy: there in cash, and not bound as margin or reserved. Can be negative. */
export const freeFunds = (copy: Copy, equity: Decimal): Decimal => min(copy.cash, equity.minus(marginInUse(copy)));

/** copyTotalAmt after so much was taken out: profit goes first, then the money put in. */
export function totalAfterTakingOut(terms: CopyTerms, equity: Decimal, amount: Decimal): Decimal {
  const profit = max(zero, equity.minus(terms.copyTotalAmt));
  return terms.copyTotalAmt.minus(max(zero, amount.minus(profit)));
}

/**
 * The copy after money came in (> 0) or went out (< 0). The peak moves in proportion, so that a flow brings the copy
 * neither nearer to maxLoss nor further from it; slTotalAmt counts from here.
 * @param equity copy equity just before
 */
export function withFlow(copy: Copy, amount: Decimal, equity: Decimal): Copy {
  const after = equity.plus(amount);
  const peak = equity.lte(zero) || isZero(copy.peak) ? after : roundAmount(copy.peak.times(after).div(equity));
  return { ...copy, cash: copy.cash.plus(amount), peak, lossBase: after };
}
