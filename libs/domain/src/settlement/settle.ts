import { cutToDecimals, amountDecimals, max, min, roundAmount, zero, type Decimal } from '../money.js';
import { isBoundary } from './boundary.js';
import { settledWith, withEquity, type CopyShare } from './copy-share.js';
import { splitEarnings } from './platform-fee.js';
import { causedAt, settlementIdOf, type SettlementCause } from './settlement-cause.js';

/** What the state of the share doesn't know. */
export interface SettlementFacts {
  /** Copy equity at the marks of the moment. */
  readonly equity: Decimal;
  /** Money that the copy can pay with; below 0 is nothing. */
  readonly available: Decimal;
  readonly platformFeeRatio: Decimal;
}

/**
 * A settlement in figures, each from those above it:
 * equityBefore = equityOpening + deposits − withdrawals + pnl; gapBefore = gapOpening − pnl − gapWithdrawn;
 * newProfit = max(0, −gapBefore); gapAfter = max(0, gapBefore); accrued = newProfit × profitShareRatio, rounded half-even;
 * providerGross = min(dueBefore + accrued, available); dueAfter = dueBefore + accrued − providerGross;
 * platformFee = providerGross × platformFeeRatio, rounded half-even; providerNet = providerGross − platformFee;
 * equityAfter = equityBefore − providerGross.
 */
export interface SettlementFigures {
  /** From the last settlement, or the start, until this moment; ms. */
  readonly from: number;
  readonly until: number;
  readonly equityOpening: Decimal;
  readonly deposits: Decimal;
  readonly withdrawals: Decimal;
  readonly pnl: Decimal;
  readonly equityBefore: Decimal;
  readonly gapOpening: Decimal;
  readonly gapWithdrawn: Decimal;
  readonly gapBefore: Decimal;
  readonly newProfit: Decimal;
  readonly gapAfter: Decimal;
  readonly profitShareRatio: Decimal;
  readonly accrued: Decimal;
  readonly dueBefore: Decimal;
  readonly available: Decimal;
  readonly providerGross: Decimal;
  readonly dueAfter: Decimal;
  readonly platformFeeRatio: Decimal;
  readonly platformFee: Decimal;
  readonly providerNet: Decimal;
  readonly equityAfter: Decimal;
}

export interface SettlementReceipt extends SettlementFigures {
  readonly settlementId: string;
  readonly copyId: string;
  readonly cause: SettlementCause['kind'];
}

export interface Settlement {
  readonly share: CopyShare;
  readonly receipt: SettlementReceipt;
}

/**
 * The settlement of a copy, or null where there is nothing to do: it has ended, the cause was settled before, the boundary
 * isn't after the last settlement, or is none of the copy's own periods. The terms of the state hold; announced ones after
 * it, so a boundary goes before a stop that comes later. `stopShare` for a stop: it keeps the gap.
 */
export function settle(share: CopyShare, cause: SettlementCause, facts: SettlementFacts): Settlement | null {
  if (!isOwed(share, cause)) return null;
  const figures = figuresAt(share, causedAt(cause), facts);
  const { until, equityAfter, gapAfter, dueAfter } = figures;
  const { announced } = share;
  const changed = announced !== null && announced.effectiveFrom <= until;
  return {
    share: {
      ...share,
      status: cause.kind === 'stop' ? 'ended' : share.status,
      gap: gapAfter,
      equity: equityAfter,
      due: dueAfter,
      terms: changed
        ? { profitShareRatio: announced.profitShareRatio, settlementPeriod: announced.settlementPeriod }
        : share.terms,
      announced: changed ? null : announced,
      settledAt: until,
      retirementSettled: share.retirementSettled || cause.kind === 'retirement',
      sinceSettled: settledWith(equityAfter, gapAfter),
      totals: {
        settlements: share.totals.settlements + 1,
        newProfit: share.totals.newProfit.plus(figures.newProfit),
        accrued: share.totals.accrued.plus(figures.accrued),
        providerGross: share.totals.providerGross.plus(figures.providerGross),
        platformFee: share.totals.platformFee.plus(figures.platformFee),
        providerNet: share.totals.providerNet.plus(figures.providerNet),
      },
    },
    receipt: { settlementId: settlementIdOf(share.copyId, cause), copyId: share.copyId, cause: cause.kind, ...figures },
  };
}

/** The figures of a settlement at this moment, which has no effect; null for a copy that has ended. */
export const previewSettlement = (share: CopyShare, at: number, facts: SettlementFacts): SettlementFigures | null =>
  share.status === 'ended' ? null : figuresAt(share, at, facts);

function isOwed(share: CopyShare, cause: SettlementCause): boolean {
  if (share.status === 'ended') return false;
  if (cause.kind === 'period')
    return cause.boundary > share.settledAt && isBoundary(cause.boundary, share.terms.settlementPeriod);
  return cause.kind === 'stop' || !share.retirementSettled;
}

function figuresAt(share: CopyShare, at: number, facts: SettlementFacts): SettlementFigures {
  const { gap } = withEquity(share, facts.equity);
  const { sinceSettled: opening, due, terms } = share;
  const newProfit = max(zero, gap.neg());
  const accrued = roundAmount(newProfit.times(terms.profitShareRatio));
  const owed = due.plus(accrued);
  const available = max(zero, cutToDecimals(facts.available, amountDecimals));
  const earnings = splitEarnings(min(owed, available), facts.platformFeeRatio);
  return {
    from: share.settledAt,
    until: Math.max(at, share.settledAt),
    equityOpening: opening.equity,
    deposits: opening.deposits,
    withdrawals: opening.withdrawals,
    pnl: facts.equity.minus(opening.equity).minus(opening.deposits).plus(opening.withdrawals),
    equityBefore: facts.equity,
    gapOpening: opening.gap,
    gapWithdrawn: opening.gapWithdrawn,
    gapBefore: gap,
    newProfit,
    gapAfter: max(zero, gap),
    profitShareRatio: terms.profitShareRatio,
    accrued,
    dueBefore: due,
    available,
    ...earnings,
    dueAfter: owed.minus(earnings.providerGross),
    platformFeeRatio: facts.platformFeeRatio,
    equityAfter: facts.equity.minus(earnings.providerGross),
  };
}
