import { zero, type Decimal } from '../money.js';
import { carried } from './published.js';

/** What a copy has made of its money since it began, in parts that flows divide. */
export interface CopyGrowth {
  /** Π(E⁻ ÷ E⁺) of the parts that are over. */
  readonly growth: Decimal;
  /** E⁺: copy equity just after the last flow. */
  readonly base: Decimal;
}

/**
 * Π(E⁻ ÷ E⁺) at an equity of the copy: money that comes in or goes out cuts it and doesn't move it. A copy that has lost
 * everything stays at 0; a part in which no money was changes nothing.
 */
export function grown({ growth, base }: CopyGrowth, equity: Decimal): Decimal {
  if (base.lte(zero)) return growth;
  return equity.lte(zero) ? zero : carried(growth.times(equity.div(base)));
}

/**
 * The growth after a flow.
 * @param amount in is positive, out negative
 * @param equityBefore copy equity just before it
 */
export const afterCopyFlow = (before: CopyGrowth, amount: Decimal, equityBefore: Decimal): CopyGrowth => ({
  growth: grown(before, equityBefore),
  base: equityBefore.plus(amount),
});
