import type { CopyOrdersPlaced, InsuranceDrawn } from '@slipstream/contracts';
import type { Instruments } from '../instrument.js';
import { isZero, text } from '../money.js';
import { isFlat, type Copy, type MarkOf } from './copy.js';
import { closeAll } from './own-orders.js';
import { endCopy, type CopyEnd } from './stop.js';
import type { CopyTerms } from './terms.js';

/** Whether a copy after an end has something left over, owes something, or may be over. */
export const needsCare = (copy: Copy): boolean => copy.status === 'stopping' || copy.cash.s === -1 || hasLeftOver(copy);

/** What follows from the end of an order: what it left over is closed at once; a flat copy is made whole, and stops. */
export function afterEnds(
  terms: CopyTerms,
  copy: Copy,
  occurredAt: number,
  instruments: Instruments,
  mark: MarkOf,
): (CopyOrdersPlaced | InsuranceDrawn | CopyEnd)[] {
  if (!isFlat(copy)) return closeLeftOver(terms, copy, occurredAt, instruments, mark);
  return [
    ...(copy.cash.s === -1 ? [insuranceDrawn(terms, copy, occurredAt)] : []),
    ...(copy.status === 'stopping' ? endCopy(terms, copy, occurredAt) : []),
  ];
}

/** A flat copy that owes more than it had: the insurance account bears it, never the wallet or another copy. */
function insuranceDrawn(terms: CopyTerms, copy: Copy, occurredAt: number): InsuranceDrawn {
  const { accountId, copyId, providerId } = terms;
  return { type: 'InsuranceDrawn', accountId, copyId, providerId, amount: text(copy.cash.neg()), occurredAt };
}

/** Held although the lead position is over, nothing of it is in flight and no slice of it is to come. */
function isLeftOver(copy: Copy, leadPositionId: string): boolean {
  const position = copy.positions.find((known) => known.leadPositionId === leadPositionId);
  return (
    position !== undefined &&
    isZero(position.target) &&
    position.care.slice === null &&
    !isZero(position.quantity) &&
    !copy.orders.some((order) => order.leadPositionId === leadPositionId)
  );
}
export const hasLeftOver = (copy: Copy): boolean =>
  copy.positions.some((position) => isZero(position.target) && isLeftOver(copy, position.leadPositionId));

/** Closes what is held of lead positions that are over. */
export const closeLeftOver = (
  terms: CopyTerms,
  copy: Copy,
  occurredAt: number,
  instruments: Instruments,
  mark: MarkOf,
): CopyOrdersPlaced[] =>
  closeAll(terms, copy, { causeType: 'late_fill', occurredAt }, instruments, mark, (id) => isLeftOver(copy, id));
