import { min, type Decimal } from '../money.js';
import { accrue, accruedAt } from './accrue.js';
import { charge, chargedFigures, payable, type Settlement, type SettlementFigures } from './charge.js';
import type { CopyShare } from './copy-share.js';
import { owedOf, type AccruedFigures } from './pending.js';
import type { SettlementCause } from './settlement-cause.js';

/** What the state of the share doesn't know. */
export interface SettlementFacts {
  /** Copy equity at the marks of the moment. */
  readonly equity: Decimal;
  /** Money that the copy can pay with; below 0 is nothing. */
  readonly available: Decimal;
  readonly platformFeeRatio: Decimal;
}

/**
 * The settlement of a copy in one go, `accrue` then `charge`, where nothing else is pending; null where there is nothing
 * to do, as there. `stopShare` for a stop: it keeps the gap.
 */
export function settle(share: CopyShare, cause: SettlementCause, facts: SettlementFacts): Settlement | null {
  const accrual = accrue(share, cause, facts.equity);
  return accrual && charge(accrual.share, accrual.pending.settlementId, paymentOf(accrual.pending, facts));
}

/** The figures of a settlement at this moment, which has no effect; null for a copy that has ended. */
export function previewSettlement(share: CopyShare, at: number, facts: SettlementFacts): SettlementFigures | null {
  if (share.status === 'ended') return null;
  const accrued = accruedAt(share, at, facts.equity);
  return chargedFigures(accrued, paymentOf(accrued, facts));
}

/** min(owed, available). */
function paymentOf(accrued: AccruedFigures, { available, platformFeeRatio }: SettlementFacts) {
  return { available, charged: min(owedOf(accrued), payable(available)), platformFeeRatio };
}
