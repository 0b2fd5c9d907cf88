import { nextPeriodStart, type SettlementPeriod } from '../provider/period.js';
import type { CopyShare } from './copy-share.js';

/** Whether a moment is the start of a period: Monday 00:00 UTC, or the first of the month 00:00 UTC. */
export const isBoundary = (at: number, period: SettlementPeriod): boolean => nextPeriodStart(at - 1, period) === at;

/** The first boundary until `at` at which the copy is still to be settled, ms; null where it owes none. */
export function boundaryDue(share: CopyShare, at: number): number | null {
  if (share.status === 'ended') return null;
  const boundary = nextPeriodStart(share.settledAt, share.terms.settlementPeriod);
  return boundary <= at ? boundary : null;
}
