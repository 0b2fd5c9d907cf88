import { decimal, type Decimal } from '../money.js';
import type { SettlementCause } from './settlement-cause.js';

/**
 * A settlement in figures as far as the measuring gives them, each from those above it:
 * equityBefore = equityOpening + deposits − withdrawals + pnl; gapBefore = gapOpening − pnl − gapWithdrawn;
 * newProfit = max(0, −gapBefore); gapAfter = max(0, gapBefore); accrued = newProfit × profitShareRatio, rounded half-even.
 */
export interface AccruedFigures {
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
}

/** A settlement that waits for its charge. */
export interface PendingSettlement extends AccruedFigures {
  readonly settlementId: string;
  readonly copyId: string;
  readonly cause: SettlementCause['kind'];
}

/** What the copy is asked for: dueBefore + accrued. */
export const owedOf = ({ dueBefore, accrued }: AccruedFigures): Decimal => dueBefore.plus(accrued);

/**
 * A later settlement of the same copy once an earlier one is charged: as if that had been charged before this one was
 * measured. So their receipts follow on each other, and nothing is asked for twice.
 */
export const afterCharge = (later: PendingSettlement, charged: Decimal): PendingSettlement => ({
  ...later,
  equityOpening: later.equityOpening.minus(charged),
  equityBefore: later.equityBefore.minus(charged),
  dueBefore: later.dueBefore.minus(charged),
});

const amountFields = [
  ...(['equityOpening', 'deposits', 'withdrawals', 'pnl', 'equityBefore', 'gapOpening', 'gapWithdrawn'] as const),
  ...(['gapBefore', 'newProfit', 'gapAfter', 'profitShareRatio', 'accrued', 'dueBefore'] as const),
];

/** As it was saved. */
export function revivePending<T extends PendingSettlement>(saved: T): T {
  const amounts = amountFields.map((field) => [field, decimal(saved[field] as unknown as string)]);
  return { ...saved, ...(Object.fromEntries(amounts) as Partial<T>) };
}
