import type {
  AumMeasured,
  CopiesMeasured,
  MarketTicked,
  MarkPrices,
  PositionLiquidated,
  PositionTriggered,
} from '@slipstream/contracts';
import {
  closeLeftOver,
  copyEquity,
  guardCopy,
  hasLeftOver,
  isBoundaryPassed,
  tickOf,
  withGuard,
  withMarks,
  withTick,
  type Decimal,
  type GuardEvent,
  type NewMarks,
} from '@slipstream/domain';
import { measureAum } from './measure-aum.js';
import { measurePeriod } from './measure-copies.js';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

type Event = MarketTicked | AumMeasured | CopiesMeasured | GuardEvent;

/** Line of a fact; null only in providers.commands. */
const lineOf = (fact: MarkPrices | MarketTicked): number => fact.line ?? 0;

/**
 * At each mark of the provider's line: a tick per minute and boundary (and what the copies hold, at a boundary; what they
 * are worth, where a period of settlement begins), then what
 * the marks do to the copies that hold an instrument of them, and at ticks what was left over.
 */
export function watchMarks(state: Accounts, fact: MarkPrices, rules: Rules): Event[] {
  const { instruments } = rules;
  const line = lineOf(fact);
  const marks = state.marks(line);
  const ticked = tickOf(marks, fact);
  const { prices } = withMarks(marks, fact.marks);
  const mark = (instrument: string): Decimal | undefined => prices[instrument];
  const events: Event[] = ticked ? [ticked] : [];
  if (ticked?.boundary) events.push(...measureAum(state, line, ticked.at, mark, instruments));
  if (ticked && isBoundaryPassed(marks.tickedAt, ticked.at))
    events.push(...measurePeriod(state, line, ticked.at, mark, instruments));
  const fresh = new Set(fact.marks.map(({ instrument }) => instrument));
  const marksNow = { at: fact.at, fresh, mark };
  const concerned: CopyEntry[] = [];
  for (const entry of state.exposedOn(line)) {
    const { copy } = entry;
    const isConcerned = copy.positions.some((position) => fresh.has(position.instrument));
    if (isConcerned || (ticked && hasLeftOver(copy))) concerned.push(entry);
  }
  const found = concerned.map((entry) => ({ entry, events: onMarks(entry, marksNow, rules, ticked !== null) }));
  found.sort((a, b) => (a.entry.terms.copyId < b.entry.terms.copyId ? -1 : 1));
  for (const one of found) events.push(...one.events);
  return events;
}

/** Guards come first; what was left over is closed at ticks where they have nothing to do. */
function onMarks(entry: CopyEntry, marks: NewMarks, rules: Rules, ticked: boolean): readonly Event[] {
  const { terms, copy } = entry;
  const guarded = guardCopy(terms, copy, marks, rules);
  if (guarded.length > 0 || !ticked || !hasLeftOver(copy)) return guarded;
  return closeLeftOver(terms, copy, marks.at, rules.instruments, marks.mark);
}

/** Later orders of the lead position aren't copied any more. */
export function positionEnded(state: Accounts, event: PositionTriggered | PositionLiquidated): void {
  const entry = state.entry(event.copyId);
  if (entry) state.setCopy(entry, withGuard(entry.terms, entry.copy, event));
}

export function marksTold(state: Accounts, fact: MarkPrices): void {
  const line = lineOf(fact);
  const before = state.marks(line);
  const after = withMarks(before, fact.marks);
  if (after !== before) state.setMarks(line, after);
}

/** The marks of a journaled tick last: the peak equity of the copies of its line is taken from them. */
export function ticked(state: Accounts, event: MarketTicked, { instruments }: Rules): void {
  const line = lineOf(event);
  state.setMarks(line, withTick(state.marks(line), event));
  const mark = state.markOf(line);
  for (const entry of state.copiesOn(line)) {
    const equity = copyEquity(entry.copy, mark, instruments);
    if (equity.gt(entry.copy.peak)) state.setCopy(entry, { ...entry.copy, peak: equity });
  }
}
