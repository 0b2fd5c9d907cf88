import {
  accountClosedBy,
  afterTick,
  bookedAt,
  decimal,
  ledgerAsset,
  openDay,
  postingsOf,
  type Posting,
} from '@slipstream/domain';
import type { JournalRecord } from '@slipstream/streams';
import type { PoolClient } from 'pg';
import { emptyChain, withEntry, type Chain } from './chain.js';
import { closeDay } from './close-day.js';
import type { PartitionClock } from './clocks.js';
import { loadChains, writeChains, writePostings, type BookedPosting, type ChainKey } from './rows.js';

const keyOf = (account: string, asset: string, partition: number): string => `${partition} ${asset} ${account}`;

/** One call's postings and the chains they go on; reads all chains first, writes all rows last. */
export class Booking {
  private readonly chains = new Map<string, Chain>();
  private readonly changed = new Set<string>();
  private booked: BookedPosting[] = [];
  private moved = false;

  private constructor(
    private readonly client: PoolClient,
    readonly clocks: Map<number, PartitionClock>,
    private readonly postings: ReadonlyMap<JournalRecord, readonly Posting[]>,
  ) {}

  /** @param clocks of the records' partitions; move with the records */
  static async open(
    client: PoolClient,
    clocks: Map<number, PartitionClock>,
    records: readonly JournalRecord[],
  ): Promise<Booking> {
    const booking = new Booking(client, clocks, new Map(records.map((record) => [record, postingsOf(record.event)])));
    const keys = new Map<string, ChainKey>();
    for (const [{ partition, event }, postings] of booking.postings) {
      const want = (account: string, asset: string): void =>
        void keys.set(keyOf(account, asset, partition), { account, asset, partition });
      for (const { source, destination, asset } of postings) {
        want(source, asset);
        want(destination, asset);
      }
      const closed = accountClosedBy(event);
      if (closed !== null) want(closed, ledgerAsset);
    }
    for (const chain of await loadChains(client, [...keys.values()])) booking.setChain(chain);
    booking.changed.clear();
    return booking;
  }

  /** Whether a partition came to its first or a later day: days may be over for all of them. */
  get openDayMoved(): boolean {
    return this.moved;
  }

  /** One record; those of a partition come in order. */
  async take(record: JournalRecord): Promise<void> {
    const { partition, offset, event } = record;
    const clock = this.clock(partition);
    if (event.type === 'MarketTicked') {
      const next = { ...afterTick(clock, event.at), bookedTo: offset };
      this.clocks.set(partition, next);
      if (openDay(next) !== openDay(clock)) await this.passOn(clock, partition, offset);
      return;
    }
    this.postings.get(record)?.forEach((posting, leg) => this.post(posting, record, leg));
    const closed = accountClosedBy(event);
    const chain = closed === null ? undefined : this.chains.get(keyOf(closed, ledgerAsset, partition));
    if (chain !== undefined) this.setChain({ ...chain, closed: true });
    this.clocks.set(partition, { ...this.clock(partition), bookedTo: offset });
  }

  /** Writes what was taken since the last time. */
  async write(): Promise<void> {
    await writePostings(this.client, this.booked);
    await writeChains(
      this.client,
      [...this.changed].map((key) => this.chains.get(key) as Chain),
    );
    this.booked = [];
    this.changed.clear();
  }

  /** A tick of another day: the one that was open, if there was one, is over. */
  private async passOn(before: PartitionClock, partition: number, offset: number): Promise<void> {
    this.moved = true;
    if (before.tickedAt === null) return;
    await this.write();
    await closeDay(this.client, partition, openDay(before), offset);
  }

  private clock(partition: number): PartitionClock {
    return this.clocks.get(partition) as PartitionClock;
  }

  private post(posting: Posting, { topic, partition, offset }: JournalRecord, leg: number): void {
    const { source, destination, asset, kind, occurredAt } = posting;
    const clock = this.clock(partition);
    const at = bookedAt(clock, occurredAt);
    this.clocks.set(partition, { ...clock, bookedAt: at });
    const amount = decimal(posting.amount);
    const day = openDay(clock);
    const entry = { offset, leg, bookedAt: at, kind };
    const from = withEntry(this.chain(source, asset, partition), { ...entry, counter: destination }, amount.neg(), day);
    const to = withEntry(this.chain(destination, asset, partition), { ...entry, counter: source }, amount, day);
    this.setChain(from);
    this.setChain(to);
    this.booked.push({ ...posting, topic, partition, offset, leg, bookedAt: at, from, to });
  }

  private chain(account: string, asset: string, partition: number): Chain {
    return this.chains.get(keyOf(account, asset, partition)) ?? emptyChain(account, asset, partition);
  }

  private setChain(chain: Chain): void {
    const key = keyOf(chain.account, chain.asset, chain.partition);
    this.chains.set(key, chain);
    this.changed.add(key);
  }
}
