import { setTimeout as delay } from 'node:timers/promises';
import { streams, type Stream } from '@slipstream/contracts';
import { openKafkaJsLog, topicName, type Log } from '@slipstream/streams';
import type { Connection } from './connection.js';

/** Records that may wait in the inboxes of all services together before the feed pauses. */
const backlogMax = 8_000;
const askAgainMs = 100;
const askAgainAtRestMs = 2;
/** A backlog that doesn't shrink for so long doesn't hold the feed up: nobody is there to work it off. */
const stuckMsMax = 30_000;

/**
 * What waits in all inboxes between a fill and its copies' fills. The feed stays so little ahead that latency tells of
 * the work and not of the length of a queue, and that fills are known when the next orders are sized.
 */
export class Backlog {
  private askedAtMs = 0;
  private waiting = 0;

  /**
   * @param count records that wait in the inboxes
   * @param countAll the same, and what waits for whoever answers a journal with commands
   */
  constructor(
    private readonly count: () => Promise<number>,
    private readonly countAll: () => Promise<number> = count,
  ) {}

  /** Resolves when there is room, or when nothing moves for half a minute. */
  async room(signal: AbortSignal): Promise<void> {
    if (Date.now() - this.askedAtMs < askAgainMs && this.waiting < backlogMax) return;
    let least = Number.POSITIVE_INFINITY;
    let shrankAtMs = Date.now();
    while (!signal.aborted) {
      this.waiting = await this.count();
      this.askedAtMs = Date.now();
      if (this.waiting < backlogMax || Date.now() - shrankAtMs > stuckMsMax) return;
      if (this.waiting < least) {
        least = this.waiting;
        shrankAtMs = Date.now();
      }
      await delay(askAgainMs);
    }
  }

  /**
   * Resolves when nothing waits anywhere. A reader commits only what is answered, and whose commands have arrived; so when
   * all that was committed first is found to be all there is afterwards, nothing is on its way either.
   * @throws NotAtRest when nothing moves for half a minute
   */
  async rest(signal: AbortSignal): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    let shrankAtMs = Date.now();
    while (!signal.aborted) {
      const waiting = await this.countAll();
      if (waiting === 0) return;
      if (waiting !== least) shrankAtMs = Date.now();
      least = waiting;
      if (Date.now() - shrankAtMs > stuckMsMax)
        throw new NotAtRest(`${waiting} records wait and none is taken: is a service down?`);
      await delay(askAgainAtRestMs);
    }
  }
}

/** Nothing moved for half a minute although something waits: the step can't end. */
export class NotAtRest extends Error {}

/** Settlement reads the journal of accounts, and asks accounts for what copies owe. */
const settling: Reading = { stream: streams.accountsEvents, group: 'settlement-fold' };

interface Reading {
  readonly stream: Stream;
  readonly group: string;
}

/** The backlog of an installation: end of each inbox minus what its reader has committed. */
export function openBacklog({ brokers, topicPrefix }: Connection): { backlog: Backlog; close(): Promise<void> } {
  const log = openKafkaJsLog({ brokers, clientId: `${topicPrefix}feed-backlog`, logger: silent });
  const inboxes = (Object.values(streams) as readonly Stream[])
    .filter((stream) => stream.kind === 'inbox')
    .map((stream): Reading => ({ stream, group: stream.reader }));
  const count = async (of: readonly Reading[]): Promise<number> => {
    // First what is done everywhere, then what there is: only so is zero the truth.
    const committed = await Promise.all(of.map((reading) => committedIn(log, reading, topicPrefix)));
    const each = await Promise.all(of.map(({ stream }, i) => waitingIn(log, stream, topicPrefix, committed[i]!)));
    return each.reduce((sum, one) => sum + one, 0);
  };
  const backlog = new Backlog(
    () => count(inboxes),
    () => count([...inboxes, settling]),
  );
  return { backlog, close: () => log.close() };
}

const committedIn = (log: Log, { stream, group }: Reading, prefix: string): Promise<ReadonlyMap<number, number>> =>
  log.committed(prefix + group, topicName(stream, prefix));

async function waitingIn(
  log: Log,
  inbox: Stream,
  prefix: string,
  committed: ReadonlyMap<number, number>,
): Promise<number> {
  const ends = await log.ends(topicName(inbox, prefix));
  let waiting = 0;
  // Without a commit (-1) everything waits.
  for (const [partition, { low, high }] of ends) waiting += high - Math.max(low, committed.get(partition) ?? -1);
  return waiting;
}

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
