import { streams, type AnyRecord } from '@slipstream/contracts';
import { readJournal } from '@slipstream/streams';
import type { Connection } from './connection.js';

/** Copies that should be active aren't. The message says how many and the last reason heard. */
export class CopiesMissing extends Error {}

/** Without any further confirmation. */
const silenceMsMax = 60_000;

/** A copy by its follower and provider. */
export const copyKey = (accountId: string, providerId: string): string => `${accountId}~${providerId}`;

/**
 * Resolves when each of the copies was confirmed in accounts.events, now or earlier.
 * @param wanted keys of the copies
 * @throws CopiesMissing when nothing was confirmed for a minute
 */
export async function waitForCopies(
  connection: Connection,
  wanted: ReadonlySet<string>,
  onProgress: (confirmed: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(wanted);
  let heardAt = Date.now();
  let lastReason = 'nothing was heard of them; are copy-engine and position-sizer running?';
  const hear = (event: AnyRecord): void => {
    if (event.type === 'CopyConfirmed' && missing.delete(copyKey(event.accountId, event.providerId))) {
      heardAt = Date.now();
      onProgress(wanted.size - missing.size);
    }
    if (event.type === 'CopyRefused') lastReason = `last refusal: ${event.accountId}, ${event.reason}`;
    if (event.type === 'CommandRefused') {
      lastReason = `last refusal: ${event.command} of ${event.accountId}, ${event.reason} ${event.detail}`.trimEnd();
    }
  };
  const silent = (): boolean => Date.now() - heardAt > silenceMsMax;
  await readJournal({
    ...connection,
    stream: streams.accountsEvents,
    onRecords: (records) => records.forEach((each) => hear(each.event)),
    until: () => missing.size === 0 || signal.aborted || silent(),
  });
  if (missing.size > 0 && !signal.aborted) {
    throw new CopiesMissing(
      `${missing.size} of ${wanted.size} copies were not confirmed in time (first: ${[...missing][0]}; ${lastReason}).`,
    );
  }
}
