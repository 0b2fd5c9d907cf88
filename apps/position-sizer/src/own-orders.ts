import {
  streams,
  type CopyOrdersPlaced,
  type CopyPlaced,
  type OrderTerms,
  type PlaceOrders,
} from '@slipstream/contracts';
import {
  closingOrder,
  decimal,
  isZero,
  one,
  text,
  withPlaced,
  zero,
  type Copy,
  type CopyPosition,
  type Decimal,
  type Instruments,
  type MarkOf,
} from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import type { Accounts, CopyEntry } from './state.js';

/** Why a copy closes something of its own accord, and when. */
export type OwnCause = Pick<OrderTerms, 'causeType' | 'occurredAt'>;

/** Closing orders for all that the copy holds, or only for chosen lead positions. */
export function closeAll(
  entry: CopyEntry,
  copy: Copy,
  cause: OwnCause,
  instruments: Instruments,
  mark: MarkOf,
  chosen: (leadPositionId: string) => boolean = () => true,
): CopyOrdersPlaced[] {
  const events: CopyOrdersPlaced[] = [];
  let after = copy;
  for (const position of copy.positions) {
    if (!chosen(position.leadPositionId)) continue;
    const event = closePart(entry, after, position, cause, instruments, mark);
    if (!event) continue;
    events.push(event);
    after = afterOwnOrder(entry, after, event);
  }
  return events;
}

/** An order that closes a position, or a fraction of it; null when that is less than a lot. */
export function closePart(
  entry: CopyEntry,
  copy: Copy,
  position: CopyPosition,
  cause: OwnCause,
  instruments: Instruments,
  mark: MarkOf,
  fraction = one,
): CopyOrdersPlaced | null {
  const { causeType } = cause;
  const whole = fraction.eq('1');
  const wanted = whole ? position.held.abs() : position.held.abs().times(fraction);
  const target = (left: Decimal): Decimal => (whole ? zero : left);
  const placed = closingOrder(entry.terms, copy, position, causeType, instruments, wanted, target);
  return placed && ownOrder(entry, copy, position, cause, instruments, mark, placed);
}

/** The event of an own order: its cause is the lead position it closes, and it carries the mark of its provider's line. */
export function ownOrder(
  entry: CopyEntry,
  copy: Copy,
  position: CopyPosition,
  { causeType, occurredAt }: OwnCause,
  instruments: Instruments,
  mark: MarkOf,
  placed: CopyPlaced,
): CopyOrdersPlaced {
  const terms: OrderTerms = {
    causeType,
    causeId: position.leadPositionId,
    providerId: entry.terms.providerId,
    orderNo: null,
    instrument: position.instrument,
    positionSide: position.positionSide,
    providerPrice: null,
    mark: text(mark(position.instrument) ?? lastPrice(copy, position, instruments)),
    guard: false,
    occurredAt,
  };
  return { type: 'CopyOrdersPlaced', terms, placed: [placed] };
}

/** Where the line had no mark yet: what the copy paid, or the price of its order in flight. */
function lastPrice(copy: Copy, position: CopyPosition, instruments: Instruments): Decimal {
  const order = copy.orders.find((other) => other.leadPositionId === position.leadPositionId);
  if (isZero(position.quantity)) return decimal(order?.providerPrice ?? '0');
  return position.cost.div(position.quantity).div(instruments(position.instrument).contractSize);
}

/** The copy after an order of its own. */
export function afterOwnOrder(entry: CopyEntry, copy: Copy, { terms, placed }: CopyOrdersPlaced): Copy {
  const cause = { ...terms, leadPositionId: terms.causeId, marginMode: null };
  return placed.reduce((after, order) => withPlaced(after, entry.terms, cause, order), copy);
}

export function ownOrdersPlaced(state: Accounts, event: CopyOrdersPlaced): void {
  for (const placed of event.placed) {
    const entry = state.entry(placed.copyId);
    if (entry) state.setCopy(entry, afterOwnOrder(entry, entry.copy, { ...event, placed: [placed] }));
  }
}

/** Orders for causes of the copies' own. */
export function placeOwnOrders(state: Accounts, event: CopyOrdersPlaced): Outgoing[] {
  const record: PlaceOrders = { type: 'PlaceOrders', terms: event.terms, orders: event.placed };
  return [{ to: streams.ordersCommands, record, key: null, partition: state.partition }];
}
