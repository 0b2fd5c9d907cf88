import type { CopyOrdersPlaced, CopyStopped, CopyStopping, MarketTicked, MarkPrices } from '@slipstream/contracts';
import { copyEquity, lossFloor, tickOf, withMarks, withTick, type Decimal, type Instruments } from '@slipstream/domain';
import { closeLeftOver, hasLeftOver } from './record-fills.js';
import { stopCopy } from './stop-copying.js';
import { sorted, type Accounts, type CopyEntry } from './state.js';

type Event = MarketTicked | CopyStopping | CopyOrdersPlaced | CopyStopped;

/** Line of a fact; null only in providers.commands. */
const lineOf = (fact: MarkPrices | MarketTicked): number => fact.line ?? 0;

/** At each mark of the provider's line: a tick per minute and boundary, and copies whose equity fell to the floor stop. */
export function watchMarks(state: Accounts, fact: MarkPrices, instruments: Instruments): Event[] {
  const line = lineOf(fact);
  const marks = state.marks(line);
  const ticked = tickOf(marks, fact);
  const events: Event[] = ticked ? [ticked] : [];
  const fresh = new Set(fact.marks.map((mark) => mark.instrument));
  const { prices } = withMarks(marks, fact.marks);
  const mark = (instrument: string): Decimal | undefined => prices[instrument];
  const reached: CopyEntry[] = [];
  const leftOver: CopyEntry[] = [];
  for (const entry of state.exposedOn(line)) {
    const { terms, copy } = entry;
    if (ticked && hasLeftOver(copy)) leftOver.push(entry);
    if (!terms.maxLoss || copy.status !== 'active') continue;
    if (!copy.positions.some((position) => fresh.has(position.instrument))) continue;
    const floor = lossFloor(terms, copy);
    if (floor && copyEquity(copy, mark, instruments).lte(floor)) reached.push(entry);
  }
  for (const entry of sorted(leftOver)) events.push(...closeLeftOver(entry, entry.copy, fact.at, instruments, mark));
  const cause = {
    reason: 'max_loss_reached',
    causeType: 'max_loss',
    subPosCloseType: 'market_close',
    requestId: null,
    occurredAt: fact.at,
  } as const;
  for (const entry of sorted(reached)) events.push(...stopCopy(state, entry, cause, instruments, mark));
  return events;
}

export function marksTold(state: Accounts, fact: MarkPrices): void {
  const line = lineOf(fact);
  const before = state.marks(line);
  const after = withMarks(before, fact.marks);
  if (after !== before) state.setMarks(line, after);
}

/** The marks of a journaled tick last: the peak equity of the copies of its line is taken from them. */
export function ticked(state: Accounts, event: MarketTicked, instruments: Instruments): void {
  const line = lineOf(event);
  state.setMarks(line, withTick(state.marks(line), event));
  const mark = state.markOf(line);
  for (const entry of state.exposedOn(line)) {
    if (!entry.terms.maxLoss) continue;
    const equity = copyEquity(entry.copy, mark, instruments);
    if (equity.gt(entry.copy.peak)) state.setCopy(entry, { ...entry.copy, peak: equity });
  }
}
