import { isZero, zero, type Decimal } from '../money.js';

/** A position by average cost. Quantity is signed: short is negative. */
export interface Position {
  readonly quantity: Decimal;
  /** 0 when flat. */
  readonly averageCost: Decimal;
}

export const flat: Position = { quantity: zero, averageCost: zero };

export interface Traded {
  readonly position: Position;
  /** Quantity that was closed, ≥ 0. */
  readonly closed: Decimal;
  /** Gross of fees: closed × (price − average cost) × contract size, with the sign of the position. */
  readonly realised: Decimal;
}

/**
 * A trade of a signed quantity, by average cost (DOMAIN, Provider orders and positions). Increasing moves the average
 * cost to (average × quantity + price × traded) ÷ sum; reducing leaves it.
 * @throws Error when the trade goes through zero: the caller splits it first
 */
export function trade(position: Position, quantity: Decimal, price: Decimal, contractSize: Decimal): Traded {
  const before = position.quantity;
  if (isZero(before)) return { position: { quantity, averageCost: price }, closed: zero, realised: zero };
  const after = before.plus(quantity);
  if (before.s === quantity.s) {
    const cost = position.averageCost.times(before).plus(price.times(quantity));
    return { position: { quantity: after, averageCost: cost.div(after) }, closed: zero, realised: zero };
  }
  if (!isZero(after) && after.s !== before.s) throw new Error('a trade through zero must be split');
  // quantity has the other sign, so (average − price) × quantity is the gain of long and short alike.
  const realised = position.averageCost.minus(price).times(quantity).times(contractSize);
  const rest = isZero(after) ? flat : { quantity: after, averageCost: position.averageCost };
  return { position: rest, closed: quantity.abs(), realised };
}

/** (mark − average cost) × quantity × contract size. */
export const unrealised = (position: Position, mark: Decimal, contractSize: Decimal): Decimal =>
  isZero(position.quantity) ? zero : mark.minus(position.averageCost).times(position.quantity).times(contractSize);
