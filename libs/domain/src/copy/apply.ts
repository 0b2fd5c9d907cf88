import type { CopyPlaced, CopySkipped, OrderTerms, ProviderOrder } from '@slipstream/contracts';
import { decimal, isZero, zero, type Decimal } from '../money.js';
import { defaultLeverage } from '../sizing/facts.js';
import {
  positionAt,
  withPosition,
  withPositionAt,
  type Copy,
  type CopyOrder,
  type CopyPosition,
  type PositionCare,
} from './copy.js';
import { careOf, type CopyTerms } from './terms.js';

export { endOrder } from './end-order.js';

/** Where an order of a copy comes from. */
export type Cause = Pick<ProviderOrder, 'leadPositionId' | 'instrument' | 'positionSide' | 'marginMode'> & {
  readonly orderNo: number | null;
  readonly causeType: OrderTerms['causeType'];
  readonly providerPrice: string | null;
};

/** What a provider order is for the orders of copies that follow from it. */
export const providerCause = (order: ProviderOrder): Cause => ({
  orderNo: order.orderNo,
  causeType: 'provider_order',
  leadPositionId: order.leadPositionId,
  instrument: order.instrument,
  positionSide: order.positionSide,
  marginMode: order.marginMode,
  providerPrice: order.price,
});

/** The numbers of a placed order; a decision that was just made has them at hand, a replayed event is parsed. */
export interface PlacedAmounts {
  readonly quantity: Decimal;
  readonly reserved: Decimal;
  readonly target: Decimal;
}
export const amountsOf = (placed: CopyPlaced): PlacedAmounts => ({
  quantity: decimal(placed.quantity),
  reserved: decimal(placed.reserved),
  target: decimal(placed.target),
});

/** The copy after it placed an order: target and held move, money is reserved, the order is in flight. */
export function withPlaced(
  copy: Copy,
  terms: CopyTerms,
  cause: Cause,
  placed: CopyPlaced,
  amounts = amountsOf(placed),
): Copy {
  const at = positionAt(copy, cause.leadPositionId);
  const before = copy.positions[at] ?? noPosition(cause, terms);
  const { quantity, reserved, target } = amounts;
  const order: CopyOrder = {
    orderId: placed.orderId,
    orderNo: cause.orderNo,
    causeType: cause.causeType,
    leadPositionId: cause.leadPositionId,
    side: placed.side,
    quantity: placed.quantity,
    reserved: placed.reserved,
    providerPrice: cause.providerPrice,
  };
  const held = placed.side === 'buy' ? before.held.plus(quantity) : before.held.minus(quantity);
  // An order in flight keeps its position alive, even when target, held and quantity are all zero.
  const moved: CopyPosition = {
    leadPositionId: before.leadPositionId,
    instrument: before.instrument,
    positionSide: before.positionSide,
    target,
    held,
    quantity: before.quantity,
    cost: before.cost,
    leverage: placed.reduceOnly ? before.leverage : leverageOf(placed.leverage),
    margin: before.margin,
    care: placed.reduceOnly
      ? reducedCare(before.care, cause, { target, left: held.minus(target).abs(), quantity })
      : before.care,
  };
  return {
    status: copy.status,
    stop: copy.stop,
    fromOrder: copy.fromOrder,
    lastOrder: cause.orderNo ?? copy.lastOrder,
    cash: copy.cash,
    reserved: isZero(reserved) ? copy.reserved : copy.reserved.plus(reserved),
    peak: copy.peak,
    lossBase: copy.lossBase,
    restrictions: copy.restrictions,
    fees: copy.fees,
    ownOrders: cause.orderNo === null ? copy.ownOrders + 1 : copy.ownOrders,
    positions: withPositionAt(copy.positions, at, moved),
    orders: copy.orders.length === 0 ? [order] : [...copy.orders, order],
  };
}

/**
 * The care of a position after one of its reducing orders. A collared close takes a slice and leaves at least another one;
 * any other close leaves less than a lot, so what is left tells the two apart.
 */
function reducedCare(
  care: PositionCare,
  cause: Cause,
  { target, left, quantity }: { readonly target: Decimal; readonly left: Decimal; readonly quantity: Decimal },
): PositionCare {
  let slice: Decimal | null = null;
  // A target of exactly zero by an order of the provider is that of a close.
  const leadOver = care.leadOver || (cause.causeType === 'provider_order' && isZero(target));
  if (cause.causeType === 'provider_order') slice = left.gte(quantity) ? quantity : null;
  else if (cause.causeType === 'sliced_exit') slice = isZero(left) ? null : care.slice;
  return slice === care.slice && leadOver === care.leadOver ? care : { ...care, slice, leadOver };
}

/** The copy after it skipped an order; some reasons still move the target. */
export function withSkipped(copy: Copy, terms: CopyTerms, order: ProviderOrder, skipped: CopySkipped): Copy {
  const lastOrder = Math.max(copy.lastOrder, order.orderNo);
  const known = copy.positions[positionAt(copy, order.leadPositionId)];
  // The lead position is over: nothing more of it comes that would have to be skipped.
  const care = known && order.effect === 'close' ? { ...known.care, ended: null, leadOver: true } : known?.care;
  if (skipped.target === null && care === known?.care) return { ...copy, lastOrder };
  const before = known ?? noPosition(providerCause(order), terms);
  const target = skipped.target === null ? before.target : decimal(skipped.target);
  const position = { ...before, target, care: care ?? before.care };
  const inFlight = copy.orders.some((other) => other.leadPositionId === position.leadPositionId);
  const positions = inFlight
    ? withPositionAt(copy.positions, positionAt(copy, position.leadPositionId), position)
    : withPosition(copy, position);
  return { ...copy, lastOrder, positions };
}

const noPosition = (cause: Cause, terms: CopyTerms): CopyPosition => ({
  leadPositionId: cause.leadPositionId,
  instrument: cause.instrument,
  positionSide: cause.positionSide,
  target: zero,
  held: zero,
  quantity: zero,
  cost: zero,
  leverage: defaultLeverage,
  margin: zero,
  care: careOf(terms, cause.marginMode),
});

const leverages = new Map<string, Decimal>();
/** The same few texts come again and again. */
function leverageOf(value: string): Decimal {
  let known = leverages.get(value);
  if (!known) {
    if (leverages.size > 1000) leverages.clear();
    leverages.set(value, (known = decimal(value)));
  }
  return known;
}
