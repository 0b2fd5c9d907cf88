import { partitionCount, streams, type MarketTicked, type MarkPrices } from '@slipstream/contracts';
import { tickOf, withMarks, withTick } from '@slipstream/domain';
import type { Meta, Outgoing } from '@slipstream/streams';
import type { Providers } from './state.js';

/** A tick per market minute and per boundary. */
export function tick(state: Providers, fact: MarkPrices): MarketTicked[] {
  const ticked = tickOf(state.marks, fact);
  return ticked ? [ticked] : [];
}

export function ticked(state: Providers, event: MarketTicked): void {
  state.marks = withTick(state.marks, event);
}

export function markPrices(state: Providers, fact: MarkPrices): void {
  const after = withMarks(state.marks, fact.marks);
  if (after !== state.marks) state.marks = after;
}

/** The fact goes on to every accounts partition, in line with the orders of this partition. */
export function passMarks(fact: MarkPrices, meta: Meta): Outgoing[] {
  const record: MarkPrices = { ...fact, line: meta.partition };
  return Array.from({ length: partitionCount }, (_, partition) => ({
    to: streams.accountsCommands,
    record,
    key: null,
    partition,
  }));
}
