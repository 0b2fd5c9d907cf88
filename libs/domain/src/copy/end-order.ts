import type { CopyEnd, OrderEnd } from '@slipstream/contracts';
import type { FilledOrder } from '../settlement/order-commission.js';
import type { Instruments } from '../instrument.js';
import { decimal, isZero, one, roundAmount, text, zero, type Decimal } from '../money.js';
import {
  noOrders,
  positionAt,
  withPosition,
  withPositionAt,
  type Copy,
  type CopyOrder,
  type CopyPosition,
} from './copy.js';

/**
 * The end of one of the copy's orders: the copy after it and what is to be said of it; null when it isn't in flight.
 * @param commission what the platform takes for a filled order, from the copy's cash after the fill; nothing by default
 */
export function endOrder(
  copy: Copy,
  end: Omit<OrderEnd, 'status'>,
  providerId: string,
  instruments: Instruments,
  commission: (of: FilledOrder) => Decimal = () => zero,
): { readonly copy: Copy; readonly said: CopyEnd } | null {
  const order = copy.orders.find((one) => one.orderId === end.orderId);
  const position = order && copy.positions[positionAt(copy, order.leadPositionId)];
  if (!order || !position) return null;
  const filled = decimal(end.quantity);
  const fee = decimal(end.fee);
  const unfilled = order.quantity === end.quantity ? zero : decimal(order.quantity).minus(filled);
  const traded =
    end.price === null || isZero(filled)
      ? { quantity: position.quantity, cost: position.cost, realised: zero }
      : tradeCopy(position, order.side === 'buy' ? filled : filled.neg(), decimal(end.price), instruments);
  const { quantity, cost, realised } = traded;
  const gain = realised.minus(fee);
  const taken = commission({ filled, orderNo: order.orderNo, cash: copy.cash.plus(gain) });
  const said: CopyEnd = {
    accountId: end.accountId,
    copyId: end.copyId,
    orderId: end.orderId,
    orderNo: order.orderNo,
    providerId,
    type: isZero(filled) ? 'CopyRejected' : unfilled.gt(zero) ? 'CopyPartlyFilled' : 'CopyFilled',
    commission: text(taken),
    reason: isZero(filled) ? (end.reason ?? 'venue_rejected') : end.reason,
    instrument: position.instrument,
    positionSide: position.positionSide,
    side: order.side,
    quantity: end.quantity,
    price: end.price,
    providerPrice: order.providerPrice,
    fee: end.fee,
    feeAsset: end.feeAsset,
    realisedPnl: text(realised),
    released: order.reserved,
    occurredAt: end.occurredAt,
  };
  const moved: CopyPosition = {
    leadPositionId: position.leadPositionId,
    instrument: position.instrument,
    positionSide: position.positionSide,
    target: position.target,
    held: order.side === 'buy' ? position.held.minus(unfilled) : position.held.plus(unfilled),
    quantity,
    cost,
    leverage: position.leverage,
    margin: isZero(quantity) ? zero : roundAmount(cost.abs().times(inverseOf(position.leverage))),
    care: position.care,
  };
  return { copy: withEnd(copy, order, moved, isZero(taken) ? gain : gain.minus(taken)), said };
}

/**
 * A fill of a copied position by average cost, kept as the sum of cost so that nothing is divided before a part is closed.
 * The cost of the part is rounded to 8 decimals; all parts together realise exactly proceeds − cost.
 * @throws Error when the fill goes through zero: orders of copies are reduce-only
 */
function tradeCopy(
  position: CopyPosition,
  signed: Decimal,
  price: Decimal,
  instruments: Instruments,
): { readonly quantity: Decimal; readonly cost: Decimal; readonly realised: Decimal } {
  const before = position.quantity;
  const { contractSize } = instruments(position.instrument);
  const paid = contractSize === one ? price.times(signed) : price.times(signed).times(contractSize);
  const quantity = before.plus(signed);
  if (isZero(before) || before.s === signed.s) return { quantity, cost: position.cost.plus(paid), realised: zero };
  if (!isZero(quantity) && quantity.s !== before.s)
    throw new Error(`a fill of ${position.leadPositionId} goes through zero`);
  // The cost of what is closed, with the sign of the fill.
  const closed = isZero(quantity) ? position.cost.neg() : roundAmount(position.cost.times(signed).div(before));
  return { quantity, cost: position.cost.plus(closed), realised: roundAmount(closed.minus(paid)) };
}

const inverses = new WeakMap<Decimal, Decimal>();
/** 1 ÷ leverage, once per leverage. */
function inverseOf(leverage: Decimal): Decimal {
  let inverse = inverses.get(leverage);
  if (!inverse) inverses.set(leverage, (inverse = one.div(leverage)));
  return inverse;
}

function withEnd(copy: Copy, order: CopyOrder, position: CopyPosition, gain: Decimal): Copy {
  const orders = copy.orders.length === 1 ? noOrders : copy.orders.filter((other) => other !== order);
  // What is still in flight keeps the position alive.
  const busy = orders.some((other) => other.leadPositionId === order.leadPositionId);
  return {
    status: copy.status,
    stop: copy.stop,
    fromOrder: copy.fromOrder,
    lastOrder: copy.lastOrder,
    cash: copy.cash.plus(gain),
    reserved: order.reserved === '0' ? copy.reserved : copy.reserved.minus(decimal(order.reserved)),
    peak: copy.peak,
    lossBase: copy.lossBase,
    restrictions: copy.restrictions,
    fees: copy.fees,
    ownOrders: copy.ownOrders,
    positions: busy
      ? withPositionAt(copy.positions, positionAt(copy, position.leadPositionId), position)
      : withPosition(copy, position),
    orders,
  };
}
