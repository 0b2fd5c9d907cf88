import { amountDecimals, cutToDecimals, max, zero, type Decimal } from '../money.js';
import type { CopyShare } from './copy-share.js';
import { splitEarnings } from './platform-fee.js';
import { afterCharge, owedOf, type AccruedFigures, type PendingSettlement } from './pending.js';

/**
 * A settlement in figures, each from those above it, after those of `AccruedFigures`:
 * providerGross = min(dueBefore + accrued, available); dueAfter = dueBefore + accrued − providerGross;
 * platformFee = providerGross × platformFeeRatio, rounded half-even; providerNet = providerGross − platformFee;
 * equityAfter = equityBefore − providerGross.
 */
export interface SettlementFigures extends AccruedFigures {
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
  readonly cause: PendingSettlement['cause'];
}

export interface Settlement {
  readonly share: CopyShare;
  readonly receipt: SettlementReceipt;
}

/** What the copy has paid of what it was asked for. */
export interface Payment {
  /** Money that it could pay with at that moment; below 0 is nothing. */
  readonly available: Decimal;
  /** At most that, and at most what is owed. */
  readonly charged: Decimal;
  readonly platformFeeRatio: Decimal;
}

/**
 * The second step of a settlement: what was paid isn't due any more and has left the copy. Settlements are charged one
 * after the other, in the order in which they were measured.
 * @param settlementId of the first that is pending
 * @returns null for any other: it isn't pending (any more)
 */
export function charge(share: CopyShare, settlementId: string, payment: Payment): Settlement | null {
  const [pending, ...later] = share.pending;
  if (pending?.settlementId !== settlementId) return null;
  const figures = chargedFigures(pending, payment);
  const { providerGross, platformFee, providerNet } = figures;
  const { totals, sinceSettled } = share;
  return {
    share: {
      ...share,
      equity: share.equity.minus(providerGross),
      due: share.due.minus(providerGross),
      sinceSettled: { ...sinceSettled, equity: sinceSettled.equity.minus(providerGross) },
      pending: later.map((one) => afterCharge(one, providerGross)),
      totals: {
        ...totals,
        providerGross: totals.providerGross.plus(providerGross),
        platformFee: totals.platformFee.plus(platformFee),
        providerNet: totals.providerNet.plus(providerNet),
      },
    },
    receipt: { settlementId, copyId: pending.copyId, cause: pending.cause, ...figures },
  };
}

/** All figures of a settlement, from those of its measuring and the payment. */
export function chargedFigures(accrued: AccruedFigures, payment: Payment): SettlementFigures {
  const { from, until, equityOpening, deposits, withdrawals, pnl, equityBefore, gapOpening, gapWithdrawn } = accrued;
  const { gapBefore, newProfit, gapAfter, profitShareRatio, dueBefore } = accrued;
  const { platformFeeRatio, charged } = payment;
  return {
    ...{ from, until, equityOpening, deposits, withdrawals, pnl, equityBefore, gapOpening, gapWithdrawn },
    ...{ gapBefore, newProfit, gapAfter, profitShareRatio, accrued: accrued.accrued, dueBefore },
    available: payable(payment.available),
    ...splitEarnings(charged, platformFeeRatio),
    dueAfter: owedOf(accrued).minus(charged),
    platformFeeRatio,
    equityAfter: equityBefore.minus(charged),
  };
}

/** Money that can be paid with, as an amount: cut to 8 decimals, below 0 is nothing. */
export const payable = (available: Decimal): Decimal => max(zero, cutToDecimals(available, amountDecimals));
