import type { OrderLeg, OrderTerms } from '@slipstream/contracts';
import { decimal, isZero, zero, type Decimal } from '@slipstream/domain';

/** An order with what it has in common with others of its cause. */
export interface Order {
  readonly terms: OrderTerms;
  readonly leg: OrderLeg;
}

/** The order of a lane that is at the venue, and what the venue has said of it. */
export interface OrderInFlight extends Order {
  readonly tradeIds: readonly string[];
  readonly filled: Decimal;
  /** Σ price × quantity. */
  readonly value: Decimal;
  readonly fee: Decimal;
}

/** Orders of one account and instrument go out strictly one after the other. */
export interface Lane {
  readonly accountId: string;
  readonly instrument: string;
  readonly inFlight: OrderInFlight | null;
  readonly queue: readonly Order[];
  /**
   * What reports have filled per copy and lead position, signed; a reduce-only order can't take more. Not per side: in
   * one-way mode the slices of an exit go out while the next lead position is already open the other way.
   */
  readonly held: Readonly<Record<string, Decimal>>;
  /** The last orders that ended, so that one that comes again is known. */
  readonly ended: readonly string[];
}

/** More orders than this don't wait in one lane: the venue isn't answering. */
export const queueMax = 1000;
const endedKept = 8;

export const emptyLane = (accountId: string, instrument: string): Lane => ({
  accountId,
  instrument,
  inFlight: null,
  queue: [],
  held: {},
  ended: [],
});

export const laneKey = (accountId: string, instrument: string): string => `lane/${accountId}/${instrument}`;

/**
 * Where `held` keeps what an order opens or closes. Orders of before they told their lead position are kept per side, and
 * what they opened is closed from there.
 */
function heldKey({ held }: Lane, { leg, terms }: Order): string {
  const ofLead = terms.leadPositionId === null ? null : `${leg.copyId}/${terms.leadPositionId}`;
  if (ofLead !== null && (!leg.reduceOnly || ofLead in held)) return ofLead;
  const ofSide = `${leg.copyId}/${terms.positionSide}`;
  return ofLead === null || ofSide in held ? ofSide : ofLead;
}

export const knows = (lane: Lane, orderId: string): boolean =>
  lane.inFlight?.leg.orderId === orderId ||
  lane.queue.some((order) => order.leg.orderId === orderId) ||
  lane.ended.includes(orderId);

/** What a reduce-only order may take at most; null when the order isn't reduce-only. */
export function reducible(lane: Lane, order: Order): Decimal | null {
  if (!order.leg.reduceOnly) return null;
  const held = lane.held[heldKey(lane, order)] ?? zero;
  const takes = order.leg.side === 'sell' ? 1 : -1;
  return isZero(held) || held.s !== takes ? zero : held.abs();
}

/** The queue itself where the order isn't in it. */
const without = (queue: readonly Order[], orderId: string): readonly Order[] =>
  queue.some((order) => order.leg.orderId === orderId) ? queue.filter((order) => order.leg.orderId !== orderId) : queue;

/** Nothing held, in flight or waiting: the lane needn't be kept. */
export const isEmpty = (lane: Lane): boolean =>
  lane.inFlight === null && lane.queue.length === 0 && Object.keys(lane.held).length === 0;

export const submitted = (lane: Lane, order: Order): Lane => ({
  ...lane,
  queue: without(lane.queue, order.leg.orderId),
  inFlight: { ...order, tradeIds: [], filled: zero, value: zero, fee: zero },
});

export const queued = (lane: Lane, order: Order): Lane => ({ ...lane, queue: [...lane.queue, order] });

/** The lane after a trade of its order in flight. */
export function traded(
  lane: Lane,
  trade: {
    readonly tradeId: string;
    readonly quantity: Decimal;
    readonly price: Decimal | null;
    readonly fee: Decimal;
  },
): Lane {
  const order = lane.inFlight;
  if (!order) return lane;
  const signed = order.leg.side === 'buy' ? trade.quantity : trade.quantity.neg();
  const key = heldKey(lane, order);
  const { [key]: before, ...others } = lane.held;
  const after = (before ?? zero).plus(signed);
  return {
    ...lane,
    held: isZero(after) ? others : { ...others, [key]: after },
    inFlight: {
      ...order,
      tradeIds: [...order.tradeIds, trade.tradeId],
      filled: order.filled.plus(trade.quantity),
      value: trade.price ? order.value.plus(trade.price.times(trade.quantity)) : order.value,
      fee: order.fee.plus(trade.fee),
    },
  };
}

/** The lane after an order ended, wherever it was. */
export const ended = (lane: Lane, orderId: string): Lane => ({
  ...lane,
  inFlight: lane.inFlight?.leg.orderId === orderId ? null : lane.inFlight,
  queue: without(lane.queue, orderId),
  ended: [...lane.ended.slice(1 - endedKept), orderId],
});

export function reviveLane(json: unknown): Lane {
  const lane = json as Lane;
  const number = (value: unknown): Decimal => decimal(value as string);
  const { inFlight } = lane;
  return {
    ...lane,
    held: Object.fromEntries(Object.entries(lane.held).map(([key, value]) => [key, number(value)])),
    inFlight: inFlight && {
      ...inFlight,
      filled: number(inFlight.filled),
      value: number(inFlight.value),
      fee: number(inFlight.fee),
    },
  };
}
