import type { CopyEnd } from '@slipstream/contracts';
import { decimal, slippage, text } from '@slipstream/domain';
import type { Copies, CopiesChanges } from './copies.js';

const outcomeOf = {
  CopyFilled: 'filled',
  CopyPartlyFilled: 'partly_filled',
  CopyRejected: 'rejected',
} as const satisfies Record<CopyEnd['type'], string>;

/** Counts the end of an outcome, and its slippage to a tenth of a basis point. */
export function countEnd(copies: Copies, changes: CopiesChanges, end: CopyEnd): void {
  const outcome = outcomeOf[end.type];
  countOutcome(copies, changes, end.providerId, end.reason === null ? outcome : `${outcome}:${end.reason}`);
  if (end.price === null || end.providerPrice === null) return;
  const { basisPoints } = slippage(end.side, decimal(end.quantity), decimal(end.price), decimal(end.providerPrice));
  const tenthBp = Number(text(basisPoints.times('10').round(0)));
  const key = `${end.providerId}\n${tenthBp}`;
  const n = (changes.slippages.get(key)?.n ?? 0) + 1;
  changes.slippages.set(key, { providerId: end.providerId, accountsPartition: copies.partition, tenthBp, n });
}

/** Counts an outcome of one of the provider's copies. */
export function countOutcome(copies: Copies, changes: CopiesChanges, providerId: string, outcome: string): void {
  const key = `${providerId}\n${outcome}`;
  const n = (changes.outcomeCounts.get(key)?.n ?? 0) + 1;
  changes.outcomeCounts.set(key, { providerId, accountsPartition: copies.partition, outcome, n });
}
