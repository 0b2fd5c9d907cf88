import type {
  OrderLeg,
  OrdersQueued,
  OrdersReported,
  OrdersSubmitted,
  OrderTerms,
  PlaceOrders,
  VenueReport,
} from '@slipstream/contracts';
import { decimal, isGuarded, isZero, text } from '@slipstream/domain';
import { knows, laneKey, queued, queueMax, reducible, submitted, type Lane, type Order } from './lane.js';
import { endOf } from './record-reports.js';
import type { Orders } from './state.js';

/** What becomes of the orders of one cause. */
interface Sorted {
  readonly submit: OrderLeg[];
  readonly queue: OrderLeg[];
  readonly reject: VenueReport[];
}

/** Orders go out, or wait for the one before them of the same account and instrument, or are rejected by our own rules. */
export function placeOrders(state: Orders, command: PlaceOrders): (OrdersSubmitted | OrdersQueued | OrdersReported)[] {
  const { terms } = command;
  const guarded = { buy: isGuarded(terms, 'buy'), sell: isGuarded(terms, 'sell') };
  const sorted: Sorted = { submit: [], queue: [], reject: [] };
  const taken = new Set<string>();
  for (const leg of command.orders) {
    const lane = state.lane(leg.accountId, terms.instrument);
    const key = laneKey(leg.accountId, terms.instrument);
    if (knows(lane, leg.orderId)) continue;
    if (guarded[leg.side]) sorted.reject.push(rejection(leg, terms, 'slippage_guard'));
    else if (lane.inFlight || lane.queue.length > 0 || taken.has(key)) {
      if (lane.queue.length < queueMax) sorted.queue.push(leg);
      else sorted.reject.push(rejection(leg, terms, 'venue_rejected'));
    } else if (fitReduce(lane, { terms, leg }, sorted)) taken.add(key);
  }
  return eventsOf(terms, sorted);
}

/**
 * A reduce-only order takes no more than its copy has: a close sells what its open bought. What has nothing to reduce is
 * rejected without asking the venue.
 * @returns whether the order goes out
 */
export function fitReduce(lane: Lane, order: Order, sorted: Pick<Sorted, 'submit' | 'reject'>): boolean {
  const most = reducible(lane, order);
  if (most && isZero(most)) {
    sorted.reject.push(rejection(order.leg, order.terms, 'venue_rejected'));
    return false;
  }
  const fits = !most || most.gte(decimal(order.leg.quantity));
  sorted.submit.push(fits ? order.leg : { ...order.leg, quantity: text(most) });
  return true;
}

function eventsOf(terms: OrderTerms, sorted: Sorted): (OrdersSubmitted | OrdersQueued | OrdersReported)[] {
  const events: (OrdersSubmitted | OrdersQueued | OrdersReported)[] = [];
  if (sorted.submit.length > 0) events.push({ type: 'OrdersSubmitted', terms, orders: sorted.submit });
  if (sorted.queue.length > 0) events.push({ type: 'OrdersQueued', terms, orders: sorted.queue });
  if (sorted.reject.length > 0) events.push(rejected(sorted.reject));
  return events;
}

export const rejected = (reports: readonly VenueReport[]): OrdersReported => ({
  type: 'OrdersReported',
  reports,
  ends: reports.map((report) => endOf(report, null)),
});

/** A report of our own: the venue was never asked. */
export const rejection = (leg: OrderLeg, terms: OrderTerms, reason: string): VenueReport => ({
  accountId: leg.accountId,
  copyId: leg.copyId,
  orderId: leg.orderId,
  tradeId: '',
  status: 'rejected',
  reason,
  quantity: '0',
  price: null,
  fee: '0',
  feeAsset: 'USDT',
  occurredAt: terms.occurredAt,
});

export function ordersSubmitted(state: Orders, event: OrdersSubmitted): void {
  const { terms } = event;
  for (const leg of event.orders) {
    state.setLane(submitted(state.lane(leg.accountId, terms.instrument), { terms, leg }));
  }
}

export function ordersQueued(state: Orders, event: OrdersQueued): void {
  const { terms } = event;
  for (const leg of event.orders) {
    state.setLane(queued(state.lane(leg.accountId, terms.instrument), { terms, leg }));
  }
}
