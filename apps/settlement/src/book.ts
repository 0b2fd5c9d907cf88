import type { KeyObject } from 'node:crypto';
import { streams } from '@slipstream/contracts';
import type { JournalRecord, Projection } from '@slipstream/streams';
import type { PoolClient } from 'pg';
import { Booking } from './booking.js';
import { keepClocks, lockClocks } from './clocks.js';
import { makeRoots } from './day-roots.js';

/**
 * The double-entry ledger as a projection of accounts.events: it books what the journal says happened, nothing else.
 * @param signingKey of the roots of days; null: the schema's own
 */
export function ledgerProjection(signingKey: KeyObject | null = null): Projection<readonly JournalRecord[]> {
  return {
    service: 'settlement',
    journals: [streams.accountsEvents],
    schema: 'settlement',
    open: () => Promise.resolve(),
    apply: (records) => Promise.resolve(records),
    // Partitions of a transaction share its statements.
    finish: (left, client) => book(left.flat(), client, signingKey),
  };
}

/**
 * Books the postings of the records, in order, what they do to the chains of their accounts, and the days they end. Records that
 * are booked already change nothing; how records are cut into calls makes no difference to any row. Needs an open transaction.
 */
export async function book(
  records: readonly JournalRecord[],
  client: PoolClient,
  signingKey: KeyObject | null = null,
): Promise<void> {
  const clocks = await lockClocks(client, [...new Set(records.map(({ partition }) => partition))]);
  const fresh = records.filter(({ partition, offset }) => offset > (clocks.get(partition)?.bookedTo ?? -1));
  const booking = await Booking.open(client, clocks, fresh);
  for (const record of fresh) await booking.take(record);
  await booking.write();
  await keepClocks(client, booking.clocks);
  if (booking.openDayMoved) await makeRoots(client, signingKey);
}
