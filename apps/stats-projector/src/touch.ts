import type { MarketTicked } from '@slipstream/contracts';
import type { JournalRecord } from '@slipstream/streams';
import type { Copies, CopiesChanges } from './copies.js';

const minuteMs = 60_000;
const valuedEveryMinutes = 15;

/**
 * Ticks at which copies are valued anew: midnights and quarter hours. Each minute would write every row of a line; between them
 * a row moves with whatever happens to its copies.
 */
export const isValuation = ({ at, boundary }: Pick<MarketTicked, 'at' | 'boundary'>): boolean =>
  boundary || Math.floor(at / minuteMs) % valuedEveryMinutes === 0;

/**
 * Notes whose copies a record is about, and when it was. Whatever can change a figure of a provider is noted: its row then
 * says what was known at that offset, wherever the batch ended.
 */
export function touch(copies: Copies, { event, offset }: JournalRecord, changes: CopiesChanges): void {
  const note = (providerId: string, at: number): void => {
    const provider = copies.providers.get(providerId);
    if (provider === undefined) return;
    provider.asOf = Math.max(provider.asOf, at);
    changes.providers.set(providerId, offset);
  };
  switch (event.type) {
    case 'MarketTicked':
      if (!isValuation(event)) return;
      for (const [providerId, { line }] of copies.providers) if (line === event.line) note(providerId, event.at);
      return;
    case 'CopiesDecided':
    case 'OpenPositionJoined':
      return note(event.order.providerId, event.order.occurredAt);
    case 'CopyOrdersPlaced':
      return note(event.terms.providerId, event.terms.occurredAt);
    case 'CopyOrdersEnded':
      for (const { providerId, occurredAt } of event.ends) note(providerId, occurredAt);
      return;
    case 'ProfitShareCharged':
      for (const { providerId, occurredAt } of event.charges) note(providerId, occurredAt);
      return;
    default:
      if ('copyId' in event && 'providerId' in event && 'occurredAt' in event) note(event.providerId, event.occurredAt);
  }
}
