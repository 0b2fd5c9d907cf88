import type { CopyPlaced, OrderEnd, OrderTerms } from '@slipstream/contracts';
import type { Instrument } from '../instrument.js';
import { paperFee, paperPrice } from '../market/paper-fill.js';
import { decimal, text, type Decimal } from '../money.js';
import { isGuarded } from '../risk/slippage-guard.js';

/** The end of an order at the paper venue: held back by the slippage guard, or filled whole at the mark it carries. */
export function paperEnd(
  placed: CopyPlaced,
  terms: OrderTerms,
  slippageBasisPoints: Decimal,
  instrument: Instrument,
): OrderEnd {
  const { accountId, copyId, orderId, side, quantity } = placed;
  const ids = { accountId, copyId, orderId, feeAsset: 'USDT', occurredAt: terms.occurredAt };
  if (isGuarded(terms, side))
    return { ...ids, status: 'rejected', reason: 'slippage_guard', quantity: '0', price: null, fee: '0' };
  const price = paperPrice(decimal(terms.mark), side, slippageBasisPoints, instrument);
  const fee = text(paperFee(price, decimal(quantity)));
  return { ...ids, status: 'filled', reason: null, quantity, price: text(price.price), fee };
}
