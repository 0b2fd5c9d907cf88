import {
  partitionCount,
  partitionOf,
  streams,
  type AddFollower,
  type ConfirmCopy,
  type FollowerAdmitted,
  type FollowerRefused,
  type FollowerRemoved,
  type RefuseCopy,
  type RemoveFollower,
} from '@slipstream/contracts';
import type { Outgoing } from '@slipstream/streams';
import type { Providers } from './state.js';

/** A copy is owed every order from the next number on, or is refused. */
export function admitFollower(state: Providers, command: AddFollower): (FollowerAdmitted | FollowerRefused)[] {
  const { providerId, accountId, copyId, occurredAt } = command;
  const provider = state.provider(providerId);
  if (state.follower(providerId, copyId)) return [];
  const refuse = (reason: FollowerRefused['reason']): FollowerRefused[] => [
    { type: 'FollowerRefused', providerId, accountId, copyId, reason, occurredAt },
  ];
  if (!provider) return refuse('provider_unknown');
  if (accountId === providerId) return refuse('self_copy');
  if (state.isFollowedBy(providerId, accountId)) return refuse('already_following');
  const fromOrder = provider.orderNo + 1;
  return [{ type: 'FollowerAdmitted', providerId, accountId, copyId, fromOrder, occurredAt }];
}

/** A copy that leaves is owed nothing after the last order taken. */
export function removeFollower(state: Providers, command: RemoveFollower): FollowerRemoved[] {
  const { providerId, accountId, copyId, occurredAt } = command;
  const provider = state.provider(providerId);
  if (!provider || !state.follower(providerId, copyId)) return [];
  return [{ type: 'FollowerRemoved', providerId, accountId, copyId, afterOrder: provider.orderNo, occurredAt }];
}

export function followerAdmitted(state: Providers, event: FollowerAdmitted): void {
  const { providerId, accountId, copyId, fromOrder } = event;
  state.addFollower({ providerId, accountId, copyId, fromOrder });
}

/** The answer to the account that asked. */
export function answerAccount(event: FollowerAdmitted | FollowerRefused): Outgoing[] {
  const { accountId, copyId, providerId } = event;
  const record: ConfirmCopy | RefuseCopy =
    event.type === 'FollowerAdmitted'
      ? { type: 'ConfirmCopy', accountId, copyId, providerId, fromOrder: event.fromOrder }
      : { type: 'RefuseCopy', accountId, copyId, providerId, reason: event.reason };
  return [{ to: streams.accountsCommands, record, key: accountId, partition: partitionOf(accountId, partitionCount) }];
}
