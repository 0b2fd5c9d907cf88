import { nextPeriodStart, periodStart, type SettlementPeriod } from '../provider/period.js';
import type { CopyShare } from './copy-share.js';

/** Whether a moment is the start of a period: Monday 00:00 UTC, or the first of the month 00:00 UTC. */
export const isBoundary = (at: number, period: SettlementPeriod): boolean => nextPeriodStart(at - 1, period) === at;

/**
 * Whether a period of any provider begins after one moment and until another: copies are measured at the first tick after
 * it, however late that comes.
 * @param after moment of the tick before; null: there was none, and nothing is owed for before it
 */
export const isBoundaryPassed = (after: number | null, at: number): boolean =>
  after !== null && (nextPeriodStart(after, 'weekly') <= at || nextPeriodStart(after, 'monthly') <= at);

/**
 * The latest boundary until `at`, where the copy is still to be settled for it, ms; null where it owes none. Boundaries
 * that nobody was there to measure at are settled with it: by the state of the copy now, once.
 */
export function boundaryDue(share: CopyShare, at: number): number | null {
  if (share.status === 'ended') return null;
  const boundary = periodStart(at, share.terms.settlementPeriod);
  return boundary > share.settledAt ? boundary : null;
}
