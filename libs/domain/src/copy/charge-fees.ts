import { isZero, type Decimal } from '../money.js';
import { payable } from '../settlement/charge.js';
import { freeFunds, withFlow } from './change-funds.js';
import { noDue, type Copy } from './copy.js';
import type { CopyTerms } from './terms.js';

/** What a copy can pay its provider with, ≥ 0, 8 decimals: all of its cash once it is flat and stopping, else what isn't bound. */
export const payableBy = (copy: Copy, equity: Decimal): Decimal =>
  payable(copy.fees?.settling ? copy.cash : freeFunds(copy, equity));

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
  const { settling, chargedAt, chargedIds } = copy.fees ?? noDue;
  const ids = at === chargedAt ? [...chargedIds, settlementId] : [settlementId];
  const fees = { due, settling, chargedAt: at, chargedIds: ids };
  if (isZero(charged)) return { ...copy, fees };
  const lossBase = (copy.lossBase ?? terms.copyTotalAmt).minus(charged);
  return { ...withFlow(copy, charged.neg(), equityBefore), lossBase, fees };
}
