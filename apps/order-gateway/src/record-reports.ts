import {
  streams,
  type OrderEnd,
  type OrderLeg,
  type OrdersReported,
  type OrdersSubmitted,
  type OrderTerms,
  type RecordFills,
  type RecordVenueReports,
  type VenueReport,
} from '@slipstream/contracts';
import { decimal, isZero, text } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { ended, traded, type Lane, type Order, type OrderInFlight } from './lane.js';
import { fitReduce } from './place-orders.js';
import type { Orders } from './state.js';

interface Next {
  readonly terms: OrderTerms;
  readonly orders: OrderLeg[];
}

/**
 * What the venue said, each trade once: reports of orders that aren't in flight and trades that are known are ignored.
 * An order that ends lets the next of its account and instrument go out in the same answer.
 */
export function recordReports(state: Orders, command: RecordVenueReports): (OrdersReported | OrdersSubmitted)[] {
  const reports: VenueReport[] = [];
  const ends: OrderEnd[] = [];
  const lanes = new Map<string, Lane>();
  const next = new Map<string, Next>();
  for (const report of command.reports) {
    const known = lanes.get(report.orderId) ?? state.laneOf(report.orderId);
    if (known?.inFlight?.leg.orderId !== report.orderId) continue;
    if (known.inFlight.tradeIds.includes(report.tradeId)) continue;
    reports.push(report);
    const after = withReport(known, report);
    const order = after.inFlight as OrderInFlight;
    lanes.set(report.orderId, after);
    if (!isOver(order, report)) continue;
    ends.push(endOf(report, order));
    const lane = ended(after, report.orderId);
    lanes.set(report.orderId, lane);
    for (const rejection of submitNext(lane, next)) {
      reports.push(rejection);
      ends.push(endOf(rejection, null));
    }
  }
  if (reports.length === 0) return [];
  const submits = [...next.values()].map(({ terms, orders }) => ({ type: 'OrdersSubmitted', terms, orders }) as const);
  return [{ type: 'OrdersReported', reports, ends }, ...submits];
}

/** The first waiting order that can go out; what can't is rejected on the way. */
function submitNext(lane: Lane, next: Map<string, Next>): VenueReport[] {
  const reject: VenueReport[] = [];
  for (const order of lane.queue) {
    const submit: OrderLeg[] = [];
    if (!fitReduce(lane, order, { submit, reject })) continue;
    nextOf(next, order).orders.push(...submit);
    break;
  }
  return reject;
}

/** Orders of the same cause go out as one record. */
function nextOf(next: Map<string, Next>, { terms }: Order): Next {
  const key = JSON.stringify(terms);
  let group = next.get(key);
  if (!group) next.set(key, (group = { terms, orders: [] }));
  return group;
}

const withReport = (lane: Lane, report: VenueReport): Lane =>
  traded(lane, {
    tradeId: report.tradeId,
    quantity: decimal(report.quantity),
    price: report.price === null ? null : decimal(report.price),
    fee: decimal(report.fee),
  });

/** `partly_filled` is a trade with more to come; anything else is the venue's last word, and so is the whole quantity. */
const isOver = (order: OrderInFlight, report: VenueReport): boolean =>
  report.status !== 'partly_filled' || order.filled.gte(decimal(order.leg.quantity));

/** The end of an order: the sum of its trades; of one that never went out, its rejection. */
export function endOf(report: VenueReport, order: OrderInFlight | null): OrderEnd {
  const { accountId, copyId, orderId, reason, feeAsset, occurredAt } = report;
  const ids = { accountId, copyId, orderId, reason, feeAsset, occurredAt };
  if (!order || isZero(order.filled))
    return { ...ids, status: 'rejected', quantity: '0', price: null, fee: text(decimal(report.fee)) };
  const oneTrade = order.tradeIds.length === 1;
  return {
    ...ids,
    status: order.filled.lt(decimal(order.leg.quantity)) ? 'partly_filled' : 'filled',
    quantity: text(order.filled),
    price: oneTrade ? report.price : text(order.value.div(order.filled)),
    fee: text(order.fee),
  };
}

export function ordersReported(state: Orders, event: OrdersReported): void {
  for (const report of event.reports) {
    const lane = state.laneOf(report.orderId);
    if (lane?.inFlight?.leg.orderId === report.orderId) state.setLane(withReport(lane, report));
  }
  for (const end of event.ends) {
    const lane = state.laneOf(end.orderId);
    if (lane) state.setLane(ended(lane, end.orderId));
  }
}

/** Orders that are over, for the accounts that placed them. */
export function recordFills(state: Orders, event: OrdersReported): Outgoing[] {
  if (event.ends.length === 0) return [];
  const record: RecordFills = { type: 'RecordFills', ends: event.ends };
  return [{ to: streams.accountsCommands, record, key: null, partition: state.partition }];
}
