import {
  partitionCount,
  partitionOf,
  streams,
  type CommandRefused,
  type CopyStopped,
  type CopyStopping,
  type RemoveFollower,
  type StopCopying,
} from '@slipstream/contracts';
import { stopCopy, withoutAnything, withStopping, decimal, type Stop } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { asCopyRequest, granted } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts } from './state.js';

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
    return stopCopy(entry.terms, entry.copy, { ...how, occurredAt }, instruments, state.markOf(entry.line));
  });
}

export function copyStopping(state: Accounts, event: CopyStopping): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  if (event.requestId !== null) {
    const body = bodyOf(event.copyId, event.subPosCloseType);
    granted(state, { ...event, requestId: event.requestId }, body);
  }
  state.setCopy(entry, withStopping(entry.copy, event));
}

/** The money is back in the wallet. */
export function copyHasStopped(state: Accounts, event: CopyStopped): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const account = state.account(event.accountId);
  state.setAccount({ ...account, wallet: account.wallet.plus(decimal(event.returned)) });
  state.setCopy(entry, withoutAnything(entry.copy));
}

export function leaveProvider(event: CopyStopped): Outgoing[] {
  const { providerId, accountId, copyId, occurredAt } = event;
  const record: RemoveFollower = { type: 'RemoveFollower', providerId, accountId, copyId, occurredAt };
  const partition = partitionOf(providerId, partitionCount);
  return [{ to: streams.providersCommands, record, key: providerId, partition }];
}
