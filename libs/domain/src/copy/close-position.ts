import type { CopyPlaced, OrderTerms } from '@slipstream/contracts';
import { ownOrderId } from '../ids.js';
import { cutToLot, type Instruments } from '../instrument.js';
import { isZero, text, zero, type Decimal } from '../money.js';
import type { Copy, CopyPosition } from './copy.js';
import type { CopyTerms } from './terms.js';

/**
 * The order with which a copy closes what it holds of one lead position, or a part of it, for a cause of its own; null
 * when that is less than a lot. Reduce-only: it never opens.
 * @param wanted quantity ≥ 0, all that is held without it
 * @param target what the position is to be afterwards
 */
export function closingOrder(
  terms: CopyTerms,
  copy: Copy,
  position: CopyPosition,
  causeType: OrderTerms['causeType'],
  instruments: Instruments,
  wanted: Decimal = position.held.abs(),
  target: (left: Decimal) => Decimal = () => zero,
): CopyPlaced | null {
  const quantity = cutToLot(wanted, instruments(position.instrument));
  if (isZero(quantity)) return null;
  const sells = position.held.s === 1;
  const left = sells ? position.held.minus(quantity) : position.held.plus(quantity);
  return {
    accountId: terms.accountId,
    copyId: terms.copyId,
    orderId: ownOrderId(terms.copyId, causeType, copy.ownOrders + 1),
    side: sells ? 'sell' : 'buy',
    quantity: text(quantity),
    reduceOnly: true,
    leverage: text(position.leverage),
    reserved: '0',
    target: text(target(left)),
  };
}
