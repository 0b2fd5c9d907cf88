import type { CopyEnd } from '@slipstream/contracts';
import { decimal, isZero, one } from '../money.js';
import { trade, type Position } from '../order/position.js';

/**
 * What a copy holds after the end of an order, at average cost; nothing filled changes nothing. Never throws: a fill
 * through zero, which no copy may have, leaves the rest at its price.
 */
export function afterFill(position: Position, end: Pick<CopyEnd, 'side' | 'quantity' | 'price'>): Position {
  const filled = decimal(end.quantity);
  if (end.price === null || isZero(filled)) return position;
  const change = end.side === 'buy' ? filled : filled.neg();
  const price = decimal(end.price);
  const quantity = position.quantity.plus(change);
  const throughZero = !isZero(quantity) && !isZero(position.quantity) && quantity.s !== position.quantity.s;
  return throughZero ? { quantity, averageCost: price } : trade(position, change, price, one).position;
}
