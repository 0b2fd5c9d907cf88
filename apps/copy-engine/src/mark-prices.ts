import {
  partitionCount,
  streams,
  type MarketTicked,
  type MarkPrices,
  type ProviderLevelChanged,
  type ProviderTermsAnnounced,
  type ProviderTermsChanged,
} from '@slipstream/contracts';
import { tickOf, withMarks, withTick, type Policy } from '@slipstream/domain';
import type { Meta, Outgoing } from '@slipstream/streams';
import { termsDue } from './change-provider.js';
import { levelsAt } from './record-aum.js';
import type { Providers } from './state.js';

/** A tick per market minute and per boundary; with it terms come into force, and levels change at a UTC midnight. */
export function tick(
  state: Providers,
  fact: MarkPrices,
  policy: Policy,
): (MarketTicked | ProviderTermsChanged | ProviderTermsAnnounced | ProviderLevelChanged)[] {
  const ticked = tickOf(state.marks, fact);
  if (!ticked) return [];
  const levels = ticked.boundary ? levelsAt(state, ticked.at, policy) : [];
  return [ticked, ...termsDue(state, ticked.at), ...levels];
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
