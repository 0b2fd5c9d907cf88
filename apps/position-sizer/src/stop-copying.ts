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
import { decimal, isFlat, max, text, zero, type Copy, type Instruments, type MarkOf } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { closeAll } from './own-orders.js';
import { asCopyRequest, granted } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

/** What a stop consists of. */
export type Stop = CopyStopping | CopyOrdersPlaced | CopyStopped;

const bodyOf = (copyId: string, type: StopCopying['subPosCloseType']): string => `stop ${copyId} ${type}`;

/** The follower ends the copy: now, as the provider closes, or by hand. A later market_close makes a slower stop quick. */
export function stopCopying(state: Accounts, command: StopCopying, { instruments }: Rules): (Stop | CommandRefused)[] {
  const { subPosCloseType, occurredAt } = command;
  return asCopyRequest<Stop>(state, command, bodyOf(command.copyId, subPosCloseType), (entry, refuse) => {
    const { status, stop } = entry.copy;
    const quicker = status === 'stopping' && subPosCloseType === 'market_close' && stop !== 'market_close';
    if (status !== 'active' && status !== 'paused' && status !== 'starting' && !quicker)
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

/**
 * CopyStopping, then its closing orders where it closes at market, then CopyStopped where there was nothing to close.
 * @param after copy and marks, where they are further on than the state
 */
export function stopCopy(
  state: Accounts,
  entry: CopyEntry,
  cause: StopCause,
  instruments: Instruments,
  after: { readonly copy?: Copy; readonly mark?: MarkOf } = {},
): Stop[] {
  const { copy = entry.copy, mark = state.markOf(entry.line) } = after;
  const { accountId, copyId, providerId } = entry.terms;
  const { reason, subPosCloseType, occurredAt, requestId } = cause;
  const ids = { accountId, copyId, providerId };
  const events: Stop[] = [{ type: 'CopyStopping', ...ids, reason, subPosCloseType, occurredAt, requestId }];
  if (copy.status === 'starting') return events;
  if (subPosCloseType === 'market_close')
    events.push(...closeAll(entry, copy, { causeType: cause.causeType, occurredAt }, instruments, mark));
  if (isFlat(copy)) events.push(copyStopped(entry, copy, occurredAt));
  return events;
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
    granted(state, { ...event, requestId: event.requestId }, body);
  }
  const status = entry.copy.status === 'starting' ? 'cancelled' : 'stopping';
  state.setCopy(entry, { ...entry.copy, status, stop: event.subPosCloseType });
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
