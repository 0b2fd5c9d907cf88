import { streams, type AnyRecord } from '@slipstream/contracts';
import type { Fold } from '@slipstream/streams';
import { callVenue } from './call-venue.js';
import { ordersQueued, ordersSubmitted, placeOrders } from './place-orders.js';
import { ordersReported, recordFills, recordReports } from './record-reports.js';
import { Orders, revive } from './state.js';
import type { Venue } from './venue.js';

/** Orders at the venue. */
export const orderGateway = (venue: Venue): Fold<Orders> => ({
  service: 'order-gateway',
  inbox: streams.ordersCommands,
  journal: streams.ordersEvents,
  open: (store, partition) => new Orders(store, partition),
  decide: (state, command) => {
    if (command.type === 'PlaceOrders') return placeOrders(state, command);
    return command.type === 'RecordVenueReports' ? recordReports(state, command) : [];
  },
  evolve,
  follow: (state, event) => (event.type === 'OrdersReported' ? recordFills(state, event) : []),
  effects: callVenue(venue),
  revive,
});

function evolve(state: Orders, event: AnyRecord): void {
  switch (event.type) {
    case 'OrdersSubmitted':
      return ordersSubmitted(state, event);
    case 'OrdersQueued':
      return ordersQueued(state, event);
    case 'OrdersReported':
      return ordersReported(state, event);
    default:
      return;
  }
}
