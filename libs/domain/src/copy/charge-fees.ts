import { isZero, max, zero, type Decimal } from '../money.js';
import { freeFunds, withFlow } from './change-funds.js';
import type { Copy } from './copy.js';
import type { CopyTerms } from './terms.js';

/** What a copy can pay its provider with, ≥ 0: all of its cash once it is flat and stopping, else what isn't bound. */
export const payableBy = (copy: Copy, equity: Decimal): Decimal =>
  max(zero, copy.fees?.settling ? copy.cash : freeFunds(copy, equity));

/**
 * The copy after it paid its provider: a flow, no loss. The peak moves in proportion, and the equity from which slTotalAmt
 * counts by the amount, so that neither limit comes nearer by it.
 * @param equityBefore copy equity just before
 */
export function withCharge(
  terms: CopyTerms,
  copy: Copy,
  charge: { readonly charged: Decimal; readonly due: Decimal; readonly equityBefore: Decimal },
): Copy {
  const { charged, due, equityBefore } = charge;
  const fees = { due, settling: copy.fees?.settling ?? false };
  if (isZero(charged)) return { ...copy, fees };
  const lossBase = (copy.lossBase ?? terms.copyTotalAmt).minus(charged);
  return { ...withFlow(copy, charged.neg(), equityBefore), lossBase, fees };
}
