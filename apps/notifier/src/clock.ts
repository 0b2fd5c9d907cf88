import { partitionOf, streams, type MarketTicked } from '@slipstream/contracts';
import type { Carried } from './carried.js';

/** Last tick of a line, milliseconds. */
interface Clock {
  readonly at: number;
}

const clocks = 'clock';

/** The market clock of a line goes on; a late tick doesn't set it back. */
export function tickClock(carried: Carried, { line, at }: MarketTicked): void {
  const id = String(line ?? 0);
  if (at > (carried.get<Clock>(clocks, id)?.at ?? -Infinity)) carried.set(clocks, id, { at });
}

/**
 * When an event of a copy counts: max(occurredAt, the last tick of its provider's line), ARCHITECTURE section 4. An event may
 * carry the time of what led to it, long before what the journal has said since.
 */
export function bookedAt(carried: Carried, providerId: string, occurredAt: number): number {
  const line = partitionOf(providerId, streams.providersCommands.partitions);
  return Math.max(occurredAt, carried.get<Clock>(clocks, String(line))?.at ?? occurredAt);
}
