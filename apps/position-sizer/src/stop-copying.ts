import {
  partitionCount,
  partitionOf,
  streams,
  type CommandRefused,
  type CopyOrdersPlaced,
  type CopyStopped,
  type CopyStopping,
  type OrderTerms,
  type RemoveFollower,
  type StopCopying,
} from '@slipstream/contracts';
import {
  closingOrder,
  decimal,
  isFlat,
  isZero,
  max,
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
import { withRequest } from './account.js';
import { asRequest } from './request.js';
import type { Accounts, CopyEntry } from './state.js';

type Stop = CopyStopping | CopyOrdersPlaced | CopyStopped;

const bodyOf = (copyId: string, type: StopCopying['subPosCloseType']): string => `stop ${copyId} ${type}`;

/** The follower ends the copy: now, as the provider closes, or by hand. A later market_close makes a slower stop quick. */
export function stopCopying(
  state: Accounts,
  command: StopCopying,
  instruments: Instruments,
): (Stop | CommandRefused)[] {
  const { copyId, subPosCloseType, occurredAt } = command;
  return asRequest<Stop>(state, command, bodyOf(copyId, subPosCloseType), (refuse) => {
    const entry = state.entry(copyId);
    if (!entry || entry.terms.accountId !== command.accountId)
      return refuse('copy_unknown', `There is no copy ${copyId}.`);
    const { status, stop } = entry.copy;
    const quicker = status === 'stopping' && subPosCloseType === 'market_close' && stop !== 'market_close';
    if (status !== 'active' && status !== 'starting' && !quicker)
      return refuse('copy_not_active', `The copy is ${status}.`);
    const how = { reason: 'follower', causeType: 'stop', subPosCloseType, requestId: command.requestId } as const;
    return stopCopy(state, entry, { ...how, occurredAt }, instruments);
  });
}

/** Why and how a copy stops. */
export interface StopCause {
  readonly reason: CopyStopping['reason'];
  readonly causeType: OrderTerms['causeType'];
  readonly subPosCloseType: CopyStopping['subPosCloseType'];
  readonly requestId: string | null;
  readonly occurredAt: number;
}

/** CopyStopping, then its closing orders where it closes at market, then CopyStopped where there was nothing to close. */
export function stopCopy(
  state: Accounts,
  entry: CopyEntry,
  cause: StopCause,
  instruments: Instruments,
  mark: MarkOf = state.markOf(entry.line),
): Stop[] {
  const { accountId, copyId, providerId } = entry.terms;
  const { reason, subPosCloseType, occurredAt, requestId } = cause;
  const ids = { accountId, copyId, providerId };
  const events: Stop[] = [{ type: 'CopyStopping', ...ids, reason, subPosCloseType, occurredAt, requestId }];
  if (entry.copy.status === 'starting') return events;
  if (subPosCloseType === 'market_close')
    events.push(...closeAll(entry, entry.copy, { causeType: cause.causeType, occurredAt }, instruments, mark));
  if (isFlat(entry.copy)) events.push(copyStopped(entry, entry.copy, occurredAt));
  return events;
}

/** Closing orders for all that the copy holds, or only for lead positions that are over. */
export function closeAll(
  entry: CopyEntry,
  copy: Copy,
  { causeType, occurredAt }: Pick<OrderTerms, 'causeType' | 'occurredAt'>,
  instruments: Instruments,
  mark: MarkOf,
  chosen: (leadPositionId: string) => boolean = () => true,
): CopyOrdersPlaced[] {
  const { terms } = entry;
  const events: CopyOrdersPlaced[] = [];
  let after = copy;
  for (const position of copy.positions) {
    if (!chosen(position.leadPositionId)) continue;
    const placed = closingOrder(terms, after, position, causeType, instruments);
    if (!placed) continue;
    const cause = {
      causeType,
      causeId: position.leadPositionId,
      providerId: terms.providerId,
      orderNo: null,
      instrument: position.instrument,
      positionSide: position.positionSide,
      providerPrice: null,
      mark: text(mark(position.instrument) ?? lastPrice(copy, position, instruments)),
      guard: false,
      occurredAt,
    };
    events.push({ type: 'CopyOrdersPlaced', terms: cause, placed: [placed] });
    after = withPlaced(after, { ...cause, leadPositionId: cause.causeId }, placed);
  }
  return events;
}

/** Where the line had no mark yet: what the copy paid, or the price of its order in flight. */
function lastPrice(copy: Copy, position: CopyPosition, instruments: Instruments): Decimal {
  const order = copy.orders.find((other) => other.leadPositionId === position.leadPositionId);
  if (isZero(position.quantity)) return decimal(order?.providerPrice ?? '0');
  return position.cost.div(position.quantity).div(instruments(position.instrument).contractSize);
}

export function copyStopped(entry: CopyEntry, copy: Copy, occurredAt: number): CopyStopped {
  const { accountId, copyId, providerId } = entry.terms;
  return { type: 'CopyStopped', accountId, copyId, providerId, returned: text(max(copy.cash, zero)), occurredAt };
}

export function copyStopping(state: Accounts, event: CopyStopping): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  if (event.requestId !== null) {
    const body = bodyOf(event.copyId, event.subPosCloseType);
    state.setAccount(withRequest(state.account(event.accountId), event.requestId, event.occurredAt, body));
  }
  const status = entry.copy.status === 'starting' ? 'cancelled' : 'stopping';
  state.setCopy(entry, { ...entry.copy, status, stop: event.subPosCloseType });
}

/** An order for a cause of the copy's own; the cause is the lead position it closes. */
export function ownOrdersPlaced(state: Accounts, event: CopyOrdersPlaced): void {
  for (const placed of event.placed) {
    const entry = state.entry(placed.copyId);
    if (!entry) continue;
    state.setCopy(entry, withPlaced(entry.copy, { ...event.terms, leadPositionId: event.terms.causeId }, placed));
  }
}

/** The money is back in the wallet. */
export function copyHasStopped(state: Accounts, event: CopyStopped): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const account = state.account(event.accountId);
  state.setAccount({ ...account, wallet: account.wallet.plus(decimal(event.returned)) });
  state.setCopy(entry, { ...entry.copy, status: 'stopped', cash: zero, positions: [], orders: [], reserved: zero });
}

export function leaveProvider(event: CopyStopped): Outgoing[] {
  const { providerId, accountId, copyId, occurredAt } = event;
  const record: RemoveFollower = { type: 'RemoveFollower', providerId, accountId, copyId, occurredAt };
  const partition = partitionOf(providerId, partitionCount);
  return [{ to: streams.providersCommands, record, key: providerId, partition }];
}
