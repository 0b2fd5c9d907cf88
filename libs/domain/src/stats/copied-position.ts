import type { CopyEnd } from '@slipstream/contracts';
import { decimal, isZero, zero, type Decimal } from '../money.js';

/** What a copy holds of a lead position. Signed: short is negative. */
export interface CopiedHolding {
  readonly quantity: Decimal;
  /** Quantity × average cost × contract size. */
  readonly cost: Decimal;
}

/**
 * What a copy holds of a lead position after the end of an order. What was traded adds its price to the cost and what it
 * realised is no cost any more: so the two always come to the copy's cash, with nothing divided, and whichever way the
 * fills went.
 */
export function afterCopyEnd(
  { quantity, cost }: CopiedHolding,
  end: Pick<CopyEnd, 'side' | 'quantity' | 'price' | 'realisedPnl'>,
  contractSize: Decimal,
): CopiedHolding {
  const filled = decimal(end.quantity);
  if (end.price === null || isZero(filled)) return { quantity, cost };
  const traded = end.side === 'buy' ? filled : filled.neg();
  const after = quantity.plus(traded);
  const paid = decimal(end.price).times(traded).times(contractSize);
  return { quantity: after, cost: isZero(after) ? zero : cost.plus(paid).plus(decimal(end.realisedPnl)) };
}
