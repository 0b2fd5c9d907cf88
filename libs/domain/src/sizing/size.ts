import { cutToLot } from '../instrument.js';
import { powerOf10, roundQuotient, zero, type Decimal } from '../money.js';
import type { CopyTerms } from '../copy/terms.js';
import type { OrderFacts } from './facts.js';

/**
 * The quantity an open or increase is worth for a copy, ≥ 0, before the cut to the lot (DOMAIN, Sizing):
 * `fixed_amount` copyAmt ÷ p · `proportional` E × usage ÷ p · `multiplier` E × usage × multiplier ÷ p ·
 * `ratio_copy` provider's quantity × copyRatio.
 * A quotient that was rounded must not cost a lot: where one lot more still fits the amount, that is the size.
 * @param equity E, copy equity before the order
 */
export function sizeOf(terms: CopyTerms, facts: OrderFacts, equity: Decimal): Decimal {
  if (terms.mode === 'ratio_copy') return roundQuotient(facts.quantity.times(terms.copyRatio));
  if (terms.mode === 'fixed_amount') return fitted(facts, terms.copyAmt.times(facts.perUnit), () => terms.copyAmt);
  if (facts.usage === null || facts.usagePerUnit === null || equity.lte(zero)) return zero;
  const { usage } = facts;
  const size = equity.times(facts.usagePerUnit);
  if (terms.mode === 'proportional') return fitted(facts, size, () => equity.times(usage));
  return fitted(facts, size.times(terms.multiplier), () => equity.times(usage).times(terms.multiplier));
}

/** The product of a rounded quotient, or the next lot where that lies within the rounding and still fits the amount. */
function fitted(facts: OrderFacts, size: Decimal, amount: () => Decimal): Decimal {
  const exact = roundQuotient(size);
  if (!isJustBelowLot(exact, facts.instrument.lotDecimals)) return exact;
  const next = cutToLot(exact.plus(facts.instrument.roundingMargin), facts.instrument);
  return next.gt(exact) && next.times(facts.unit).lte(amount()) ? next : exact;
}

/** Whether the next lot can lie within the rounding: the three digits after the lot's are 9. */
function isJustBelowLot({ digits, decimals }: Decimal, lotDecimals: number | null): boolean {
  if (lotDecimals === null) return true;
  const after = decimals - lotDecimals - 3;
  return after >= 0 && (digits / powerOf10(after)) % 1000n === 999n;
}
