import type { Placed } from './observe.ts';
import { crowded } from './plan.ts';

/** Entries that are missing, and entries that are there more than once. */
export interface Verified {
  readonly missing: number;
  readonly duplicated: number;
}

/** Provider orders that were sent. */
export interface Sent {
  readonly crowd: number;
  readonly one: number;
}

/**
 * Compares what was placed with what was owed.
 * @param followers copies of the crowded provider; the other has one
 */
export function verify(placed: readonly Placed[], sent: Sent, followers: number): Verified {
  const copiesOf = new Map<string, Set<string>>();
  let entries = 0;
  for (const { record } of placed) {
    const key = `${record.terms.providerId}#${record.terms.orderNo}`;
    let copies = copiesOf.get(key);
    if (!copies) copiesOf.set(key, (copies = new Set()));
    for (const leg of record.orders) copies.add(leg.copyId);
    entries += record.orders.length;
  }
  const different = [...copiesOf.values()].reduce((sum, copies) => sum + copies.size, 0);
  const owed = (key: string): number => (key.startsWith(`${crowded}#`) ? followers : 1);
  const unknown = [...copiesOf].reduce((sum, [key, copies]) => sum + Math.max(0, copies.size - owed(key)), 0);
  return {
    missing: sent.crowd * followers + sent.one - (different - unknown),
    duplicated: entries - different + unknown,
  };
}

export const together = (a: Verified, b: Verified): Verified => ({
  missing: a.missing + b.missing,
  duplicated: a.duplicated + b.duplicated,
});
