import type { Store } from '@slipstream/streams';
import { emptyLane, isEmpty, laneKey, reviveLane, type Lane } from './lane.js';

/** Lanes of one partition, and which lane an order is in. */
export class Orders {
  private readonly laneKeys = new Map<string, string>();

  constructor(
    private readonly store: Store,
    readonly partition: number,
  ) {
    for (const [key, value] of store.entries()) this.index(key, undefined, value as Lane);
  }

  lane(accountId: string, instrument: string): Lane {
    return this.store.get<Lane>(laneKey(accountId, instrument)) ?? emptyLane(accountId, instrument);
  }
  /** Lane in which the order is in flight or waits; undefined when it is in none. */
  laneOf(orderId: string): Lane | undefined {
    const key = this.laneKeys.get(orderId);
    return key === undefined ? undefined : this.store.get<Lane>(key);
  }
  setLane(lane: Lane): void {
    const key = laneKey(lane.accountId, lane.instrument);
    this.index(key, this.store.get<Lane>(key), lane);
    if (isEmpty(lane)) this.store.delete(key);
    else this.store.set(key, lane);
  }
  /** Lanes with an order in flight, sorted by key. */
  *busy(): Iterable<Lane> {
    for (const key of [...new Set(this.laneKeys.values())].sort()) {
      const lane = this.store.get<Lane>(key);
      if (lane?.inFlight) yield lane;
    }
  }

  private index(key: string, before: Lane | undefined, after: Lane): void {
    const gone = before?.inFlight?.leg.orderId;
    if (gone !== undefined && gone !== after.inFlight?.leg.orderId) this.laneKeys.delete(gone);
    if (before && before.queue !== after.queue) {
      for (const order of before.queue) this.laneKeys.delete(order.leg.orderId);
    }
    if (after.inFlight) this.laneKeys.set(after.inFlight.leg.orderId, key);
    if (before?.queue !== after.queue) for (const order of after.queue) this.laneKeys.set(order.leg.orderId, key);
  }
}

export const revive = (_: string, json: unknown): object => reviveLane(json);
