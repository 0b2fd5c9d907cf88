import type { AnnouncedFees } from '@slipstream/contracts';
import { reviveCopyShare, type CopyShare } from '@slipstream/domain';
import type { CopyShareRow } from '../entities/settlement.js';

/** A settlement that was measured and isn't charged yet; money as text. */
export interface PendingSettlement {
  readonly settlementId: string;
  /** period, stop or retirement. */
  readonly cause: string;
  /** From the settlement before, or the start, until this moment; ms. */
  readonly from: number;
  readonly until: number;
  readonly newProfit: string;
  readonly accrued: string;
  /** What the copy is asked for. */
  readonly owed: string;
  /** The copy's, when it was measured. */
  readonly settlementPeriod: string;
  /** Offset of CopiesMeasured in accounts.events. */
  readonly measuredAt: number;
  /** Settlements of the copy that had begun before it. */
  readonly periodNo: number;
}

/** Settlements of a copy that wait for their charge, oldest first. */
export const pendingOf = ({ pending }: Pick<CopyShareRow, 'pending'>): PendingSettlement[] =>
  JSON.parse(pending) as PendingSettlement[];

/** Announced terms of a copy; null: none. */
export const announcedOf = ({ announced }: Pick<CopyShareRow, 'announced'>): AnnouncedFees | null =>
  announced === null ? null : (JSON.parse(announced) as AnnouncedFees);

/** The share of a copy as the domain works with it; what is asked for and not paid yet is due. */
export function shareOf(row: CopyShareRow): CopyShare {
  const announced = announcedOf(row);
  const { copyId, status, gap, equity, due, profitShareRatio, settlementPeriod, settledAt, retirementSettled } = row;
  return reviveCopyShare({
    ...{ copyId, status, gap, equity, due, settledAt, retirementSettled },
    terms: { profitShareRatio, settlementPeriod },
    announced: announced && { ...announced.fees, effectiveFrom: announced.effectiveFrom },
    sinceSettled: {
      equity: row.openingEquity,
      gap: row.openingGap,
      deposits: row.openingDeposits,
      withdrawals: row.openingWithdrawals,
      gapWithdrawn: row.openingGapWithdrawn,
    },
    pending: [],
    totals: {
      settlements: row.settlements,
      newProfit: row.newProfit,
      accrued: row.accrued,
      providerGross: row.providerGross,
      platformFee: row.platformFee,
      providerNet: row.providerNet,
    },
  });
}
