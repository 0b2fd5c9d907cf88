import { listEntriesMax, type CopiesMeasured, type Mark } from '@slipstream/contracts';
import {
  copyEquity,
  decimal,
  isUnderWay,
  isZero,
  payableBy,
  text,
  withMeasure,
  withSettling,
  type Instruments,
  type MarkOf,
} from '@slipstream/domain';
import { sorted, type Accounts, type CopyEntry } from './state.js';

/** Whether a copy is to be settled: it has the terms of its provider, and isn't being settled at its stop already. */
const isSettled = (entry: CopyEntry): boolean =>
  entry.copy.fees !== null && !entry.copy.fees.settling && isUnderWay(entry.copy);

/** All copies of a line with what they are worth, and can pay, at the marks of a boundary. */
export function measurePeriod(
  state: Accounts,
  line: number,
  at: number,
  mark: MarkOf,
  instruments: Instruments,
): CopiesMeasured[] {
  const entries = sorted([...state.copiesOn(line)].filter(isSettled));
  return measured(entries, { line, at, cause: 'period' }, mark, instruments);
}

/** Copies whose provider leads no more, before they stop. */
export function measureRetired(
  state: Accounts,
  entries: readonly CopyEntry[],
  at: number,
  instruments: Instruments,
): CopiesMeasured[] {
  const [first] = entries;
  if (first === undefined) return [];
  const settled = sorted(entries.filter(isSettled));
  return measured(settled, { line: null, at, cause: 'retirement' }, state.markOf(first.line), instruments);
}

function measured(
  entries: readonly CopyEntry[],
  what: Pick<CopiesMeasured, 'line' | 'at' | 'cause'>,
  mark: MarkOf,
  instruments: Instruments,
): CopiesMeasured[] {
  const events: CopiesMeasured[] = [];
  for (let i = 0; i < entries.length; i += listEntriesMax) {
    const some = entries.slice(i, i + listEntriesMax);
    const copies = some.map(({ copy, terms }) => {
      const { accountId, copyId, providerId } = terms;
      const equity = copyEquity(copy, mark, instruments);
      const worth = { equity: text(equity), unrealised: text(equity.minus(copy.cash)) };
      return { accountId, copyId, providerId, ...worth, available: text(payableBy(copy, equity)) };
    });
    events.push({ type: 'CopiesMeasured', ...what, copies, marks: marksOf(some, mark) });
  }
  return events;
}

/** By what the copies were valued, by instrument. */
function marksOf(entries: readonly CopyEntry[], mark: MarkOf): Mark[] {
  const held = entries.flatMap(({ copy }) => copy.positions.filter(({ quantity }) => !isZero(quantity)));
  const instruments = [...new Set(held.map(({ instrument }) => instrument))].sort();
  return instruments.flatMap((instrument) => {
    const price = mark(instrument);
    return price ? [{ instrument, price: text(price) }] : [];
  });
}

/** What settlement takes the profit up to; one that was measured at its stop waits for the charge. */
export function copiesMeasured(state: Accounts, { cause, at, copies }: CopiesMeasured): void {
  for (const { copyId, equity } of copies) {
    const entry = state.entry(copyId);
    if (!entry) continue;
    const measured = withMeasure(entry.copy, decimal(equity), at);
    state.setCopy(entry, cause === 'stop' ? withSettling(measured) : measured);
  }
}
