import type { OrderEnd } from '@slipstream/contracts';
import { amountDecimals, cutToDecimals, isZero, max, min, roundAmount, zero, type Decimal } from '../money.js';
import type { Policy } from '../policy.js';

/** What the platform takes for one copied order. The whole of it is the platform's, and a fee in the PnL of the copy. */
export interface OrderCommission {
  readonly commissionId: string;
  readonly orderId: string;
  readonly commission: Decimal;
  readonly available: Decimal;
  /** min(commission, available); the rest is waived, an order leaves no debt. */
  readonly charged: Decimal;
}

/** An order of a copy that has come to its end: what was filled, and the cash of the copy after it. */
export interface FilledOrder {
  readonly filled: Decimal;
  /** Of the provider's order; null for one of the copy's own. */
  readonly orderNo: number | null;
  readonly cash: Decimal;
}

/**
 * The commission of an order of a copy that has come to its end; null where none is taken: none is configured, the order
 * has no fill, or nothing is available.
 * @param commission money per order
 * @param available money that the copy can pay with; below 0 is nothing
 */
export function orderCommission(
  order: { readonly orderId: string; readonly filled: Decimal },
  commission: Decimal,
  available: Decimal,
): OrderCommission | null {
  const { orderId, filled } = order;
  const there = max(zero, cutToDecimals(available, amountDecimals));
  const charged = min(roundAmount(commission), there);
  if (isZero(filled) || isZero(charged)) return null;
  return { commissionId: `${orderId}/commission`, orderId, commission, available: there, charged };
}

/** What is taken with the end of an order, for `endOrder`: that of the policy; orders of the copy's own causes are free. */
export const commissionAt =
  ({ copiedOrderCommission }: Pick<Policy, 'copiedOrderCommission'>, { orderId }: Pick<OrderEnd, 'orderId'>) =>
  ({ filled, orderNo, cash }: FilledOrder): Decimal =>
    orderNo === null ? zero : (orderCommission({ orderId, filled }, copiedOrderCommission, cash)?.charged ?? zero);
