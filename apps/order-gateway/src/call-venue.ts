import {
  streams,
  type OrderLeg,
  type OrdersSubmitted,
  type OrderTerms,
  type RecordVenueReports,
  type VenueReport,
} from '@slipstream/contracts';
import type { Effects, Outgoing } from '@slipstream/streams';
import type { Orders } from './state.js';
import type { Venue } from './venue.js';

/** The venue is an effect: called when OrdersSubmitted is in the journal, and asked again at takeover. */
export const callVenue = (venue: Venue): Effects<Orders> => ({
  run: async (state, event) => {
    if (event.type !== 'OrdersSubmitted') return [];
    return answer(state, await submit(venue, event));
  },
  recover: async (state) => {
    const reports: VenueReport[] = [];
    for (const { terms, orders } of outstanding(state)) reports.push(...(await venue.query(terms, orders)));
    return answer(state, reports);
  },
});

const submit = (venue: Venue, event: OrdersSubmitted): Promise<readonly VenueReport[]> =>
  venue.submit(event.terms, event.orders);

/** Orders in flight by what they have in common. */
function outstanding(state: Orders): Iterable<{ terms: OrderTerms; orders: OrderLeg[] }> {
  const groups = new Map<string, { terms: OrderTerms; orders: OrderLeg[] }>();
  for (const { inFlight } of state.busy()) {
    if (!inFlight) continue;
    const key = JSON.stringify(inFlight.terms);
    const group = groups.get(key);
    if (group) group.orders.push(inFlight.leg);
    else groups.set(key, { terms: inFlight.terms, orders: [inFlight.leg] });
  }
  return groups.values();
}

function answer(state: Orders, reports: readonly VenueReport[]): Outgoing[] {
  if (reports.length === 0) return [];
  const record: RecordVenueReports = { type: 'RecordVenueReports', reports };
  return [{ to: streams.ordersCommands, record, key: null, partition: state.partition }];
}
