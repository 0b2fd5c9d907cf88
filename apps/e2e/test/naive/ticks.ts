import type { AnyRecord, MarkPrices } from '@slipstream/contracts';
import { num, said, zero, type Num } from './numbers.js';

/** The marks of one line, and its journaled ticks: one a minute and one at each midnight, with the marks that are new. */
export class NaiveTicks {
  readonly marks = new Map<string, Num>();
  private readonly changed = new Set<string>();
  /** −1 before the first. */
  tickedAt = -1;

  /** The tick that a fact gives rise to, or null. */
  take(fact: MarkPrices): (AnyRecord & { readonly type: 'MarketTicked' }) | null {
    for (const { instrument, price } of fact.marks) {
      if (!this.marks.get(instrument)?.eq(price)) this.changed.add(instrument);
      this.marks.set(instrument, num(price));
    }
    const at = fact.boundary ? fact.at : fact.at - (fact.at % 60_000);
    if (at <= this.tickedAt) return null;
    this.tickedAt = at;
    const named = fact.boundary ? [...this.marks.keys()] : [...this.changed];
    const marks = named.sort().map((instrument) => ({ instrument, price: said(this.marks.get(instrument) ?? zero) }));
    this.changed.clear();
    return { type: 'MarketTicked', at, boundary: fact.boundary, line: fact.line, marks };
  }
}
