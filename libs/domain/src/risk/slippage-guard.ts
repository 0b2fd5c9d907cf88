import type { OrderLeg, OrderTerms } from '@slipstream/contracts';
import { decimal, one } from '../money.js';

/** An open or increase isn't sent when the mark is worse than the provider's price by more than this. */
const slippageGuardRatio = decimal('0.005');

/** Whether the slippage guard holds an order back: opens and increases whose mark is worse by more than 0.5 %. */
export function isGuarded(
  terms: Pick<OrderTerms, 'guard' | 'providerPrice' | 'mark'>,
  side: OrderLeg['side'],
): boolean {
  if (!terms.guard || terms.providerPrice === null) return false;
  const price = decimal(terms.providerPrice);
  const mark = decimal(terms.mark);
  return side === 'buy'
    ? mark.gt(price.times(one.plus(slippageGuardRatio)))
    : mark.lt(price.times(one.minus(slippageGuardRatio)));
}
