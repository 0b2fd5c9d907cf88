import type {
  CopiesMeasured,
  CopyOrdersPlaced,
  CopyStopped,
  CopyStopping,
  OrderTerms,
  ProviderOrder,
} from '@slipstream/contracts';
import type { Instruments } from '../instrument.js';
import { max, text, zero } from '../money.js';
import { isFlat, isRunning, noOrders, noPositions, type Copy, type MarkOf } from './copy.js';
import { closeAll } from './own-orders.js';
import type { CopyTerms } from './terms.js';

/** What a stop consists of. */
export type Stop = CopyStopping | CopyOrdersPlaced | CopyEnd;
/** A copy that is flat has stopped, or is to be settled first. */
export type CopyEnd = CopyStopped | CopiesMeasured;

/** Why and how a copy stops. */
export interface StopCause {
  readonly reason: CopyStopping['reason'];
  readonly causeType: OrderTerms['causeType'];
  readonly subPosCloseType: CopyStopping['subPosCloseType'];
  readonly requestId: string | null;
  readonly occurredAt: number;
}

/** CopyStopping, then its closing orders where it closes at market, then its end where there was nothing to close. */
export function stopCopy(
  terms: CopyTerms,
  copy: Copy,
  cause: StopCause,
  instruments: Instruments,
  mark: MarkOf,
): Stop[] {
  const { accountId, copyId, providerId } = terms;
  const { reason, subPosCloseType, occurredAt, requestId } = cause;
  const ids = { accountId, copyId, providerId };
  const events: Stop[] = [{ type: 'CopyStopping', ...ids, reason, subPosCloseType, occurredAt, requestId }];
  if (copy.status === 'starting') return events;
  if (subPosCloseType === 'market_close')
    events.push(...closeAll(terms, copy, { causeType: cause.causeType, occurredAt }, instruments, mark));
  if (isFlat(copy)) events.push(...endCopy(terms, copy, occurredAt));
  return events;
}

/**
 * A stopping copy that is flat: what it owes its provider is asked for first, at the equity it has now; one without fees
 * has stopped. Nothing more for one that is being settled already.
 */
export function endCopy(terms: CopyTerms, copy: Copy, occurredAt: number): CopyEnd[] {
  if (copy.fees === null) return [copyStopped(terms, copy, occurredAt)];
  if (copy.fees.settling) return [];
  const { accountId, copyId, providerId } = terms;
  const money = text(max(copy.cash, zero));
  const copies = [{ accountId, copyId, providerId, equity: money, unrealised: '0', available: money }];
  return [{ type: 'CopiesMeasured', line: null, at: occurredAt, cause: 'stop', copies, marks: [] }];
}

/** The copy that was measured at its stop. */
export const withSettling = (copy: Copy): Copy =>
  copy.fees === null ? copy : { ...copy, fees: { ...copy.fees, settling: true } };

/** The copy is over; what it has goes back to the wallet. */
export function copyStopped(terms: CopyTerms, copy: Copy, occurredAt: number): CopyStopped {
  const { accountId, copyId, providerId } = terms;
  return { type: 'CopyStopped', accountId, copyId, providerId, returned: text(max(copy.cash, zero)), occurredAt };
}

/** Whether the copy is to stop with the lead position that the provider closes: it has it, and stopCopyOnClose is set. */
export const stopsOnClose = (terms: CopyTerms, copy: Copy, order: ProviderOrder): boolean =>
  order.effect === 'close' &&
  terms.settings.stopCopyOnClose &&
  isRunning(copy) &&
  copy.positions.some((position) => position.leadPositionId === order.leadPositionId);

/**
 * stopCopyOnClose: the rest of the copy stops as its settings say.
 * @param copy after its decision on the order
 */
export function stopOnClose(
  terms: CopyTerms,
  copy: Copy,
  order: ProviderOrder,
  instruments: Instruments,
  mark: MarkOf,
): Stop[] {
  const { subPosCloseType } = terms.settings;
  const cause = { reason: 'stop_copy_on_close', causeType: 'stop', subPosCloseType, requestId: null } as const;
  return stopCopy(terms, copy, { ...cause, occurredAt: order.occurredAt }, instruments, mark);
}

/** The copy after CopyStopping; one that was still starting is cancelled. */
export const withStopping = (copy: Copy, event: CopyStopping): Copy => ({
  ...copy,
  status: copy.status === 'starting' ? 'cancelled' : 'stopping',
  stop: event.subPosCloseType,
});

/** The copy after CopyStopped. */
export const withoutAnything = (copy: Copy): Copy => ({
  ...copy,
  status: 'stopped',
  cash: zero,
  reserved: zero,
  positions: noPositions,
  orders: noOrders,
});
