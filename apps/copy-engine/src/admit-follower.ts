import {
  streams,
  type AddFollower,
  type ConfirmCopy,
  type FollowerAdmitted,
  type FollowerRefused,
  type FollowerRemoved,
  type RefuseCopy,
  type RemoveFollower,
} from '@slipstream/contracts';
import { joinOrders, levelAt, type Instruments, type Policy } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { blockedFor } from './kill-switch.js';
import type { Profile } from './profile.js';
import { laneOf, type Providers } from './state.js';
import { feesNow } from './tell-fees.js';

/** A copy is owed every order from the next number on, and joins what is open where it wants to; or it is refused. */
export function admitFollower(
  state: Providers,
  command: AddFollower,
  instruments: Instruments,
  policy: Policy,
): (FollowerAdmitted | FollowerRefused)[] {
  const { providerId, accountId, copyId, occurredAt } = command;
  const provider = state.provider(providerId);
  const profile = state.profile(providerId);
  if (state.follower(providerId, copyId)) return [];
  const refuse = (reason: FollowerRefused['reason']): FollowerRefused[] => [
    { type: 'FollowerRefused', providerId, accountId, copyId, reason, occurredAt },
  ];
  if (!provider || !profile) return refuse('provider_unknown');
  const reason = refusal(state, profile, command, policy);
  if (reason) return refuse(reason);
  const { prices } = state.marks;
  const mark = (instrument: string) => prices[instrument];
  const market = { mark, instruments, blocked: blockedFor(state, providerId, policy) };
  const joins = command.copyOpenPositions ? joinOrders(provider, market, occurredAt) : [];
  const fromOrder = provider.orderNo + 1;
  return [{ type: 'FollowerAdmitted', providerId, accountId, copyId, fromOrder, joins, occurredAt }];
}

/** Why an account may not follow; copying oneself counts under any name that is known. */
function refusal(
  state: Providers,
  profile: Profile,
  { accountId, ownerId }: AddFollower,
  policy: Policy,
): FollowerRefused['reason'] | null {
  const { providerId } = profile;
  const isOwn = ownerId !== '' && ownerId === profile.ownerId;
  if (accountId === providerId || isOwn || profile.linked.includes(accountId)) return 'self_copy';
  if (profile.retired) return 'provider_retired';
  if (profile.blocked || profile.turnedAway.includes(accountId)) return 'provider_blocked';
  if (profile.visibility === 'private' && !profile.invited.includes(accountId)) return 'not_invited';
  if (state.copyOf(providerId, accountId)) return 'already_following';
  const level = levelAt(policy, profile.level);
  return level && state.owedBy(providerId) >= level.slots ? 'slots_full' : null;
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

/** The answer to the account that asked; with the terms under which it copies. */
export function answerAccount(state: Providers, event: FollowerAdmitted | FollowerRefused): Outgoing[] {
  const { accountId, copyId, providerId } = event;
  const record: ConfirmCopy | RefuseCopy =
    event.type === 'FollowerAdmitted'
      ? {
          type: 'ConfirmCopy',
          accountId,
          copyId,
          providerId,
          fromOrder: event.fromOrder,
          joins: event.joins,
          ...feesNow(state.profile(providerId)),
        }
      : { type: 'RefuseCopy', accountId, copyId, providerId, reason: event.reason };
  return [{ to: streams.accountsCommands, record, key: accountId, partition: laneOf(accountId) }];
}
