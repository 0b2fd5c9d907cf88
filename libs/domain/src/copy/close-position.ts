import type { CopyPlaced, OrderTerms } from '@slipstream/contracts';
import { ownOrderId } from '../ids.js';
import { cutToLot, type Instruments } from '../instrument.js';
import { isZero, text } from '../money.js';
import type { Copy, CopyPosition } from './copy.js';
import type { CopyTerms } from './terms.js';

/**
 * The order with which a copy closes what it holds of one lead position for a cause of its own, or null when it holds
 * less than a lot. Reduce-only: it never opens.
 */
export function closingOrder(
  terms: CopyTerms,
  copy: Copy,
  position: CopyPosition,
  causeType: OrderTerms['causeType'],
  instruments: Instruments,
): CopyPlaced | null {
  const quantity = cutToLot(position.held.abs(), instruments(position.instrument));
  if (isZero(quantity)) return null;
  return {
    accountId: terms.accountId,
    copyId: terms.copyId,
    orderId: ownOrderId(terms.copyId, causeType, copy.ownOrders + 1),
    side: position.held.s === 1 ? 'sell' : 'buy',
    quantity: text(quantity),
    reduceOnly: true,
    leverage: text(position.leverage),
    reserved: '0',
    target: '0',
  };
}
