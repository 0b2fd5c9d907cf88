import { carriedGap, type CarriedGap } from './carried-gap.js';
import type { CopyShare } from './copy-share.js';
import type { Settlement } from './charge.js';
import { settle, type SettlementFacts } from './settle.js';

export interface StoppedShare extends Settlement {
  /** For the next copy of the same follower and provider; null where there is nothing to carry. */
  readonly carried: CarriedGap | null;
}

/**
 * The last settlement of a copy, when it is flat and nothing is in flight. A stop is no withdrawal: the gap is kept, with
 * the equity after the charge. Null for a copy that has ended.
 */
export function stopShare(share: CopyShare, at: number, facts: SettlementFacts): StoppedShare | null {
  const settlement = settle(share, { kind: 'stop', at }, facts);
  return settlement && { ...settlement, carried: carriedGap(settlement.share, settlement.share.settledAt) };
}
