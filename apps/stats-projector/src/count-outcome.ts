import type { CopyEnd } from '@slipstream/contracts';
import { decimal, max, min, slippage, text, type Slippage } from '@slipstream/domain';
import type { Copies, CopiesChanges } from './copies.js';

const outcomeOf = {
  CopyFilled: 'filled',
  CopyPartlyFilled: 'partly_filled',
  CopyRejected: 'rejected',
} as const satisfies Record<CopyEnd['type'], string>;

/** Further than this a price says nothing any more; more would not fit in its column. */
const tenthBpMax = decimal('1000000000');

/** How much worse than the provider's price the end was; null where one of the prices is missing. */
export const slippageOf = ({ side, quantity, price, providerPrice }: CopyEnd): Slippage | null =>
  price === null || providerPrice === null
    ? null
    : slippage(side, decimal(quantity), decimal(price), decimal(providerPrice));

/** Counts the end of an outcome, and its slippage to a tenth of a basis point. */
export function countEnd(copies: Copies, changes: CopiesChanges, end: CopyEnd): void {
  const outcome = outcomeOf[end.type];
  countOutcome(copies, changes, end.providerId, end.reason === null ? outcome : `${outcome}:${end.reason}`);
  const worse = slippageOf(end);
  if (worse === null) return;
  const tenths = worse.basisPoints.times('10').round(0);
  const tenthBp = Number(text(max(tenthBpMax.neg(), min(tenthBpMax, tenths))));
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
