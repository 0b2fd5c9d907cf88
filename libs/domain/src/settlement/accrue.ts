import { max, roundAmount, zero, type Decimal } from '../money.js';
import { isBoundary } from './boundary.js';
import { settledWith, withEquity, type CopyShare } from './copy-share.js';
import type { AccruedFigures, PendingSettlement } from './pending.js';
import { causedAt, settlementIdOf, type SettlementCause } from './settlement-cause.js';

/** A settlement that has begun: the copy is measured, its charge is still to come. */
export interface Accrual {
  readonly share: CopyShare;
  readonly pending: PendingSettlement;
}

/**
 * The first step of a settlement: the new profit bears its share, which is due from here on, and the watermark moves. What
 * flows afterwards counts for the next period, charged or not. Null where there is nothing to do: the copy has ended, the
 * cause was settled before, the boundary isn't after the last settlement, or is none of the copy's own periods. The terms
 * of the state hold; announced ones after it, so a boundary goes before a stop that comes later.
 * @param equity copy equity at the marks of the moment; what was charged until here is out of it, what is pending is in it
 */
export function accrue(share: CopyShare, cause: SettlementCause, equity: Decimal): Accrual | null {
  if (!isOwed(share, cause)) return null;
  const figures = accruedAt(share, causedAt(cause), equity);
  const { until, gapAfter, accrued, newProfit } = figures;
  const { announced, copyId } = share;
  const changed = announced !== null && announced.effectiveFrom <= until;
  const pending = { settlementId: settlementIdOf(copyId, cause), copyId, cause: cause.kind, ...figures };
  return {
    pending,
    share: {
      ...share,
      status: cause.kind === 'stop' ? 'ended' : share.status,
      gap: gapAfter,
      equity,
      due: share.due.plus(accrued),
      terms: changed
        ? { profitShareRatio: announced.profitShareRatio, settlementPeriod: announced.settlementPeriod }
        : share.terms,
      announced: changed ? null : announced,
      settledAt: until,
      retirementSettled: share.retirementSettled || cause.kind === 'retirement',
      sinceSettled: settledWith(equity, gapAfter),
      pending: [...share.pending, pending],
      totals: {
        ...share.totals,
        settlements: share.totals.settlements + 1,
        newProfit: share.totals.newProfit.plus(newProfit),
        accrued: share.totals.accrued.plus(accrued),
      },
    },
  };
}

function isOwed(share: CopyShare, cause: SettlementCause): boolean {
  if (share.status === 'ended') return false;
  if (cause.kind === 'period')
    return cause.boundary > share.settledAt && isBoundary(cause.boundary, share.terms.settlementPeriod);
  return cause.kind === 'stop' || !share.retirementSettled;
}

/** The figures of a settlement up to what is owed. */
export function accruedAt(share: CopyShare, at: number, equity: Decimal): AccruedFigures {
  const { gap } = withEquity(share, equity);
  const { sinceSettled: opening, due, terms } = share;
  const newProfit = max(zero, gap.neg());
  return {
    from: share.settledAt,
    until: Math.max(at, share.settledAt),
    equityOpening: opening.equity,
    deposits: opening.deposits,
    withdrawals: opening.withdrawals,
    pnl: equity.minus(opening.equity).minus(opening.deposits).plus(opening.withdrawals),
    equityBefore: equity,
    gapOpening: opening.gap,
    gapWithdrawn: opening.gapWithdrawn,
    gapBefore: gap,
    newProfit,
    gapAfter: max(zero, gap),
    profitShareRatio: terms.profitShareRatio,
    accrued: roundAmount(newProfit.times(terms.profitShareRatio)),
    dueBefore: due,
  };
}
