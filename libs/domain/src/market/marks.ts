import type { Mark, MarkPrices, MarketTicked } from '@slipstream/contracts';
import { decimal, type Decimal } from '../money.js';

const minuteMs = 60_000;

/** The latest marks of one line, and what changed since its last journaled tick. */
export interface LineMarks {
  /** Market time of the last tick; null before the first. */
  readonly tickedAt: number | null;
  readonly prices: Readonly<Record<string, Decimal>>;
  readonly changed: Readonly<Record<string, true>>;
}

export const noMarks: LineMarks = { tickedAt: null, prices: {}, changed: {} };

/** The marks after a fact. It sets nothing but the latest marks; one that says nothing new changes nothing. */
export function withMarks(marks: LineMarks, fresh: readonly Mark[]): LineMarks {
  const news = fresh
    .map((mark) => ({ instrument: mark.instrument, price: decimal(mark.price) }))
    .filter(({ instrument, price }) => !marks.prices[instrument]?.eq(price));
  if (news.length === 0) return marks;
  const prices: Record<string, Decimal> = { ...marks.prices };
  const changed: Record<string, true> = { ...marks.changed };
  for (const { instrument, price } of news) {
    prices[instrument] = price;
    changed[instrument] = true;
  }
  return { ...marks, prices, changed };
}

/**
 * The tick a fact gives rise to: one per market minute and one per boundary (UTC midnight), never backwards. Its marks are
 * those changed since the last tick of the line, all of them at a boundary, the fact's own included.
 */
export function tickOf(marks: LineMarks, fact: MarkPrices): MarketTicked | null {
  const at = fact.boundary ? fact.at : fact.at - (fact.at % minuteMs);
  if (marks.tickedAt !== null && at <= marks.tickedAt) return null;
  const after = withMarks(marks, fact.marks);
  const named = Object.keys(fact.boundary ? after.prices : after.changed).sort();
  const told = named.map((instrument) => ({ instrument, price: (after.prices[instrument] as Decimal).toString() }));
  return { type: 'MarketTicked', at, boundary: fact.boundary, line: fact.line, marks: told };
}

/** The marks after a tick; it repeats marks, so that readers of the journal alone have them too. */
export function withTick(marks: LineMarks, tick: MarketTicked): LineMarks {
  return { tickedAt: tick.at, prices: withMarks(marks, tick.marks).prices, changed: {} };
}

/** Marks as they were saved (decimals as text). */
export function reviveMarks(json: unknown): LineMarks {
  const saved = json as { tickedAt: number | null; prices: Record<string, string>; changed: Record<string, true> };
  const prices = Object.fromEntries(Object.entries(saved.prices).map(([id, price]) => [id, decimal(price)]));
  return { tickedAt: saved.tickedAt, prices, changed: saved.changed };
}
