import {
  streams,
  type AccountLinked,
  type AnyRecord,
  type BlockFollower,
  type CopyRef,
  type DismissFollower,
  type EndCopies,
  type FollowerBlocked,
  type FollowerDismissed,
  type FollowerInvited,
  type InviteFollower,
  type LinkAccount,
  type ProviderCommandRefused,
  type ProviderRetired,
  type RestrictCopies,
} from '@slipstream/contracts';
import type { Policy } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { listed } from './profile.js';
import { asRequest, change } from './request.js';
import { laneOf, type Lanes, type Providers } from './state.js';

type Refused = ProviderCommandRefused;

const inviteBody = (accountId: string, invited: boolean): string => `invite ${accountId} ${invited}`;
const blockBody = (accountId: string, blocked: boolean): string => `block ${accountId} ${blocked}`;
const dismissBody = (accountId: string): string => `dismiss ${accountId}`;
const linkBody = (accountId: string): string => `link ${accountId}`;

const tooMany = (policy: Policy): string => `At most ${policy.listedAccountsMax} accounts.`;

/** A private provider lets an account follow, or no longer. */
export function inviteFollower(
  state: Providers,
  command: InviteFollower,
  policy: Policy,
): (FollowerInvited | Refused)[] {
  const { requestId, providerId, accountId, invited, occurredAt } = command;
  return asRequest(state, command, inviteBody(accountId, invited), (profile, refuse) =>
    invited && profile.invited.length >= policy.listedAccountsMax
      ? refuse('too_many_accounts', tooMany(policy))
      : [{ type: 'FollowerInvited', requestId, providerId, accountId, invited, occurredAt }],
  );
}

export const followerInvited = (state: Providers, event: FollowerInvited): void =>
  change(state, event, inviteBody(event.accountId, event.invited), ({ invited }) => ({
    invited: listed(invited, event.accountId, event.invited),
  }));

/** An account is turned away for good, or no longer; a copy it has ends. */
export function blockFollower(
  state: Providers,
  command: BlockFollower,
  policy: Policy,
): (FollowerBlocked | FollowerDismissed | Refused)[] {
  const { requestId, providerId, accountId, blocked, occurredAt } = command;
  return asRequest<FollowerBlocked | FollowerDismissed>(
    state,
    command,
    blockBody(accountId, blocked),
    (profile, refuse) => {
      if (blocked && profile.turnedAway.length >= policy.listedAccountsMax)
        return refuse('too_many_accounts', tooMany(policy));
      const ids = { requestId, providerId, accountId };
      const copy = blocked ? state.copyOf(providerId, accountId) : undefined;
      return [
        { type: 'FollowerBlocked', ...ids, blocked, occurredAt },
        ...(copy ? [{ type: 'FollowerDismissed', ...ids, copyId: copy.copyId, occurredAt } as const] : []),
      ];
    },
  );
}

export const followerBlocked = (state: Providers, event: FollowerBlocked): void =>
  change(state, event, blockBody(event.accountId, event.blocked), ({ turnedAway }) => ({
    turnedAway: listed(turnedAway, event.accountId, event.blocked),
  }));

/** The provider ends the copy of an account; it may come again. */
export function dismissFollower(state: Providers, command: DismissFollower): (FollowerDismissed | Refused)[] {
  const { requestId, providerId, accountId, occurredAt } = command;
  return asRequest(state, command, dismissBody(accountId), (_, refuse) => {
    const copy = state.copyOf(providerId, accountId);
    if (!copy) return refuse('follower_unknown', `${accountId} doesn't follow.`);
    return [{ type: 'FollowerDismissed', requestId, providerId, accountId, copyId: copy.copyId, occurredAt }];
  });
}

/** One that follows a block has the same request, which is known already. */
export const followerDismissed = (state: Providers, event: FollowerDismissed): void =>
  change(state, event, dismissBody(event.accountId), () => ({}));

/** An account is the provider's own under another name: it may not copy, and a copy it has may open nothing more. */
export function linkAccount(state: Providers, command: LinkAccount, policy: Policy): (AccountLinked | Refused)[] {
  const { requestId, providerId, accountId, occurredAt } = command;
  return asRequest(state, command, linkBody(accountId), (profile, refuse) =>
    profile.linked.length >= policy.listedAccountsMax
      ? refuse('too_many_accounts', tooMany(policy))
      : [{ type: 'AccountLinked', requestId, providerId, accountId, occurredAt }],
  );
}

export const accountLinked = (state: Providers, event: AccountLinked): void =>
  change(state, event, linkBody(event.accountId), ({ linked }) => ({
    linked: listed(linked, event.accountId, true),
  }));

/** All copies of the provider end, those of each accounts partition in one record. */
export function endAll(state: Providers, { providerId, occurredAt }: ProviderRetired): Outgoing[] {
  return toLanes(state.lanesOf(providerId), (copies): EndCopies => ({
    type: 'EndCopies',
    providerId,
    reason: 'provider_retired',
    copies,
    occurredAt,
  }));
}

export function endOne({ providerId, accountId, copyId, occurredAt }: FollowerDismissed): Outgoing[] {
  const copies = [{ accountId, copyId }];
  const record: EndCopies = { type: 'EndCopies', providerId, reason: 'removed_by_provider', copies, occurredAt };
  return [{ to: streams.accountsCommands, record, key: null, partition: laneOf(accountId) }];
}

export function restrictLinked(state: Providers, { providerId, accountId, occurredAt }: AccountLinked): Outgoing[] {
  const copy = state.copyOf(providerId, accountId);
  if (!copy) return [];
  const what = { providerId, reason: 'self_copy', restricted: true, occurredAt } as const;
  const record: RestrictCopies = { type: 'RestrictCopies', ...what, copies: [copy] };
  return [{ to: streams.accountsCommands, record, key: null, partition: laneOf(accountId) }];
}

/** What copies are told, those of each accounts partition in one record. */
export function toLanes(lanes: Lanes, recordFor: (copies: readonly CopyRef[]) => AnyRecord): Outgoing[] {
  return lanes.flatMap((copies, partition) =>
    copies.length === 0 ? [] : [{ to: streams.accountsCommands, record: recordFor(copies), key: null, partition }],
  );
}
