import type { Copy } from '../copy/copy.js';
import type { CopyTerms } from '../copy/terms.js';
import type { Decimal } from '../money.js';

/**
 * Whether the copy has lost what it may at most: `maxLoss`, a fraction below its flow-adjusted peak, or `slTotalAmt`,
 * money since the start or the last change of funds (DOMAIN, Copying).
 */
export function isLossReached(terms: CopyTerms, copy: Copy, equity: Decimal): boolean {
  if (terms.maxLoss && equity.lte(copy.peak.minus(copy.peak.times(terms.maxLoss)))) return true;
  if (!terms.slTotalAmt) return false;
  return (copy.lossBase ?? terms.copyTotalAmt).minus(equity).gte(terms.slTotalAmt);
}
