import { isZero, zero, type Decimal } from '../money.js';
import { payable } from '../settlement/charge.js';
import { freeFunds, withFlow } from './change-funds.js';
import { noDue, type Copy } from './copy.js';
import type { CopyTerms } from './terms.js';
import { unsettledAfterCharge, unsettledAfterFlow, unsettledAfterMeasure, unsettledShare } from './unsettled.js';

/** What a copy can pay its provider with, ≥ 0, 8 decimals: all of its cash once it is flat and stopping, else what isn't bound. */
export const payableBy = (copy: Copy, equity: Decimal): Decimal =>
  payable(copy.fees?.settling ? copy.cash : freeFunds(copy, equity));

/** What of a copy isn't its follower's to take out: what is due, and the share of the profit that isn't settled yet. */
export function heldBack({ fees }: Copy, equity: Decimal): Decimal {
  if (fees === null) return zero;
  return fees.unsettled ? fees.due.plus(unsettledShare(fees.unsettled, equity)) : fees.due;
}

/** The copy after its follower put money in (> 0) or took it out (< 0). */
export function withCopyFunds(copy: Copy, amount: Decimal, equity: Decimal): Copy {
  const after = withFlow(copy, amount, equity);
  const { fees } = copy;
  if (!fees?.unsettled) return after;
  return { ...after, fees: { ...fees, unsettled: unsettledAfterFlow(fees.unsettled, amount, equity, fees.due) } };
}

/** The copy that was measured to be settled. */
export function withMeasure(copy: Copy, equity: Decimal, at: number): Copy {
  const { fees } = copy;
  if (!fees?.unsettled) return copy;
  return { ...copy, fees: { ...fees, unsettled: unsettledAfterMeasure(fees.unsettled, equity, at) } };
}

/** A settlement of a copy, and the moment that it settles. Settlements of a copy are charged in the order of their moments. */
export interface ChargedFor {
  readonly settlementId: string;
  /** ms */
  readonly at: number;
}

/** Whether a copy was charged for it before, or for a later one. */
export const wasCharged = (copy: Copy, { settlementId, at }: ChargedFor): boolean => {
  const { chargedAt, chargedIds } = copy.fees ?? noDue;
  return at < chargedAt || chargedIds.includes(settlementId);
};

/**
 * The copy after it paid its provider: a flow, no loss. The peak moves in proportion, and the equity from which slTotalAmt
 * counts by the amount, so that neither limit comes nearer by it.
 * @param equityBefore copy equity just before
 */
export function withCharge(
  terms: CopyTerms,
  copy: Copy,
  charge: ChargedFor & { readonly charged: Decimal; readonly due: Decimal; readonly equityBefore: Decimal },
): Copy {
  const { charged, due, equityBefore, settlementId, at } = charge;
  const { settling, chargedAt, chargedIds, unsettled } = copy.fees ?? noDue;
  const ids = at === chargedAt ? [...chargedIds, settlementId] : [settlementId];
  const left = unsettled && unsettledAfterCharge(unsettled, charged);
  const fees = { due, settling, chargedAt: at, chargedIds: ids, unsettled: left };
  if (isZero(charged)) return { ...copy, fees };
  const lossBase = (copy.lossBase ?? terms.copyTotalAmt).minus(charged);
  return { ...withFlow(copy, charged.neg(), equityBefore), lossBase, fees };
}
