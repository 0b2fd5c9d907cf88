import type { CopyEnd, CopyOrdersPlaced, CopyPlaced, OpenPositionJoined, ProviderOrder } from '@slipstream/contracts';
import { afterCopyEnd, decimal, isZero, zero, type CopiedHolding, type Decimal } from '@slipstream/domain';
import type { OwnOrderRow } from '@slipstream/read-model';
import { setWithin, type Copies, type CopiesChanges } from './copies.js';

/** A copy's side of a lead position; quantity and cost are of what was filled. */
export interface LeadSide extends CopiedHolding {
  readonly instrument: string;
  readonly positionSide: string;
  readonly target: Decimal;
}

/** A line break is in no id. */
export const leadKey = (copyId: string, leadPositionId: string): string => `${copyId}\n${leadPositionId}`;

type Lead = Pick<ProviderOrder, 'leadPositionId' | 'instrument' | 'positionSide'>;

/** What the copy should hold of a lead position from here on. */
export function aimAt(copies: Copies, changes: CopiesChanges, copyId: string, lead: Lead, target: string): void {
  const { instrument, positionSide } = lead;
  const before = sideOf(copies, copyId, lead.leadPositionId);
  change(copies, changes, copyId, lead.leadPositionId, {
    instrument,
    positionSide,
    quantity: before?.quantity ?? zero,
    cost: before?.cost ?? zero,
    target: decimal(target),
  });
}

/** An order that was placed: its target, and of which lead position its end will tell. */
export function placedFor(copies: Copies, changes: CopiesChanges, placed: CopyPlaced, lead: Lead): void {
  copies.inFlight.set(placed.orderId, lead.leadPositionId);
  aimAt(copies, changes, placed.copyId, lead, placed.target);
}

/**
 * The end of an order: what the copy holds of the lead position now.
 * @returns false when no such order is in flight: its end was told before
 */
export function endedFor(copies: Copies, changes: CopiesChanges, end: CopyEnd): boolean {
  const leadPositionId = copies.inFlight.get(end.orderId);
  if (leadPositionId === undefined) return false;
  copies.inFlight.delete(end.orderId);
  endOwnOrder(copies, changes, end);
  const { instrument, positionSide } = end;
  // Nothing is known of a side that should hold nothing and held nothing while the order was in flight.
  const nothing = { instrument, positionSide, target: zero, quantity: zero, cost: zero };
  const before = sideOf(copies, end.copyId, leadPositionId) ?? nothing;
  const { contractSize } = copies.instruments(instrument);
  const after = { ...before, ...afterCopyEnd(before, end, contractSize) };
  change(copies, changes, end.copyId, leadPositionId, after);
  return true;
}

/** A copy that is over should hold nothing. */
export function forgetLeads(copies: Copies, changes: CopiesChanges, copyId: string): void {
  for (const key of copies.leads.get(copyId)?.keys() ?? []) changes.leads.add(key);
  copies.leads.delete(copyId);
}

const sideOf = (copies: Copies, copyId: string, leadPositionId: string): LeadSide | undefined =>
  copies.leads.get(copyId)?.get(leadKey(copyId, leadPositionId));

function change(copies: Copies, changes: CopiesChanges, copyId: string, leadPositionId: string, side: LeadSide): void {
  const key = leadKey(copyId, leadPositionId);
  const isNothing = isZero(side.target) && isZero(side.quantity);
  setWithin(copies.leads, copyId, key, isNothing ? undefined : side);
  changes.leads.add(key);
}

/** Orders for causes of the copies' own. */
export function ownOrdersPlaced(copies: Copies, changes: CopiesChanges, { terms, placed }: CopyOrdersPlaced): void {
  const lead = { ...terms, leadPositionId: terms.causeId };
  for (const order of placed) {
    placedFor(copies, changes, order, lead);
    addOwnOrder(copies, changes, order, lead, terms);
  }
}

/** A lead position that a copy joined, or didn't. */
export function joined(copies: Copies, changes: CopiesChanges, event: OpenPositionJoined): void {
  const { order } = event;
  for (const placed of event.placed) {
    placedFor(copies, changes, placed, order);
    addOwnOrder(copies, changes, placed, order, { ...order, causeType: 'join_open' });
  }
  for (const { copyId, target } of event.skipped) if (target !== null) aimAt(copies, changes, copyId, order, target);
}

function addOwnOrder(
  copies: Copies,
  changes: CopiesChanges,
  { orderId, copyId, side, quantity }: CopyPlaced,
  { leadPositionId, instrument }: Lead,
  cause: { readonly causeType: string; readonly mark: string; readonly occurredAt: number },
): void {
  const { causeType, mark, occurredAt: placedAt } = cause;
  const row = { orderId, copyId, causeType, leadPositionId, instrument, side, quantity, mark, placedAt, ...noEnd };
  copies.ownOrders.set(orderId, row);
  changes.ownOrders.set(orderId, row);
}

function endOwnOrder(copies: Copies, changes: CopiesChanges, end: CopyEnd): void {
  const row = copies.ownOrders.get(end.orderId);
  if (row === undefined) return;
  copies.ownOrders.delete(end.orderId);
  changes.ownOrders.set(end.orderId, {
    ...row,
    endType: end.type,
    endReason: end.reason,
    filledQuantity: end.quantity,
    price: end.price,
    fee: end.fee,
    realisedPnl: end.realisedPnl,
    endedAt: end.occurredAt,
  });
}

const noEnd = {
  endType: null,
  endReason: null,
  filledQuantity: null,
  price: null,
  fee: null,
  realisedPnl: null,
  endedAt: null,
} as const satisfies Partial<OwnOrderRow>;
