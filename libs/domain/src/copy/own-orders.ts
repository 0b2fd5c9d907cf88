import type { CopyOrdersPlaced, CopyPlaced, OrderTerms } from '@slipstream/contracts';
import type { Instruments } from '../instrument.js';
import { decimal, isZero, one, text, zero, type Decimal } from '../money.js';
import { withPlaced } from './apply.js';
import { closingOrder } from './close-position.js';
import type { Copy, CopyPosition, MarkOf } from './copy.js';
import type { CopyTerms } from './terms.js';

/** Why a copy closes something of its own accord, and when. */
export type OwnCause = Pick<OrderTerms, 'causeType' | 'occurredAt'>;

/** Closing orders for all that the copy holds, or only for chosen lead positions. */
export function closeAll(
  terms: CopyTerms,
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
    const event = closePart(terms, after, position, cause, instruments, mark);
    if (!event) continue;
    events.push(event);
    after = afterOwnOrder(terms, after, event);
  }
  return events;
}

/** An order that closes a position, or a fraction of it; null when that is less than a lot. */
export function closePart(
  terms: CopyTerms,
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
  const placed = closingOrder(terms, copy, position, causeType, instruments, wanted, target);
  return placed && ownOrder(terms, copy, position, cause, instruments, mark, placed);
}

/** The event of an own order: its cause is the lead position it closes, and it carries the mark of its provider's line. */
export function ownOrder(
  terms: CopyTerms,
  copy: Copy,
  position: CopyPosition,
  { causeType, occurredAt }: OwnCause,
  instruments: Instruments,
  mark: MarkOf,
  placed: CopyPlaced,
): CopyOrdersPlaced {
  const common: OrderTerms = {
    causeType,
    causeId: position.leadPositionId,
    providerId: terms.providerId,
    orderNo: null,
    instrument: position.instrument,
    positionSide: position.positionSide,
    providerPrice: null,
    mark: text(mark(position.instrument) ?? lastPrice(copy, position, instruments)),
    guard: false,
    leadPositionId: position.leadPositionId,
    occurredAt,
  };
  return { type: 'CopyOrdersPlaced', terms: common, placed: [placed] };
}

/** Where the line had no mark yet: what the copy paid, or the price of its order in flight. */
function lastPrice(copy: Copy, position: CopyPosition, instruments: Instruments): Decimal {
  const order = copy.orders.find((other) => other.leadPositionId === position.leadPositionId);
  if (isZero(position.quantity)) return decimal(order?.providerPrice ?? '0');
  return position.cost.div(position.quantity).div(instruments(position.instrument).contractSize);
}

/** The copy after an order of its own. */
export function afterOwnOrder(terms: CopyTerms, copy: Copy, { terms: common, placed }: CopyOrdersPlaced): Copy {
  const cause = { ...common, leadPositionId: common.causeId, marginMode: null };
  return placed.reduce((after, order) => withPlaced(after, terms, cause, order), copy);
}
