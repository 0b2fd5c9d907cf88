import { streams, type CopyOrdersPlaced, type PlaceOrders } from '@slipstream/contracts';
import { afterOwnOrder } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import type { Accounts } from './state.js';

export function ownOrdersPlaced(state: Accounts, event: CopyOrdersPlaced): void {
  for (const placed of event.placed) {
    const entry = state.entry(placed.copyId);
    if (entry) state.setCopy(entry, afterOwnOrder(entry.terms, entry.copy, { ...event, placed: [placed] }));
  }
}

/** Orders for causes of the copies' own. */
export function placeOwnOrders(state: Accounts, event: CopyOrdersPlaced): Outgoing[] {
  const record: PlaceOrders = { type: 'PlaceOrders', terms: event.terms, orders: event.placed };
  return [{ to: streams.ordersCommands, record, key: null, partition: state.partition }];
}
