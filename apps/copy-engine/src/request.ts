import type { AnyRecord, ProviderCommandRefused } from '@slipstream/contracts';
import { requestKind, withRequest } from '@slipstream/domain';
import type { Profile } from './profile.js';
import type { Providers } from './state.js';

interface Requested {
  readonly type: AnyRecord['type'];
  readonly requestId: string;
  readonly providerId: string;
  readonly occurredAt: number;
}

type Refuse = (reason: string, detail: string) => ProviderCommandRefused[];

export const refuseWith =
  ({ type, requestId, providerId, occurredAt }: Requested): Refuse =>
  (reason, detail) => [
    { type: 'ProviderCommandRefused', command: type, id: requestId, providerId, reason, detail, occurredAt },
  ];

/**
 * A command about a registered provider from an edge, which is no log: the profile knows its requests by id. The same again
 * does nothing; the same id with another body, and one too old to be known, are refused.
 */
export function asRequest<E extends AnyRecord>(
  state: Providers,
  command: Requested,
  body: string,
  decide: (profile: Profile, refuse: Refuse) => readonly (E | ProviderCommandRefused)[],
): (E | ProviderCommandRefused)[] {
  const refuse = refuseWith(command);
  const profile = state.profile(command.providerId);
  if (!profile) return refuse('provider_unknown', 'The provider is not registered.');
  switch (requestKind(profile, command.requestId, command.occurredAt, body)) {
    case 'seen':
      return [];
    case 'reused':
      return refuse('request_id_reused', 'This request id was used for another request.');
    case 'old':
      return refuse('request_too_old', 'Requests older than 7 days of market time are not taken.');
    case 'fresh':
      return [...decide(profile, refuse)];
  }
}

/** The profile after a request was granted, which is known under its id from here on. */
export function change(
  state: Providers,
  event: { readonly providerId: string; readonly requestId: string; readonly occurredAt: number },
  body: string,
  changed: (profile: Profile) => Partial<Profile>,
): void {
  const profile = state.profile(event.providerId);
  if (!profile) return;
  const known = withRequest(profile, event.requestId, event.occurredAt, body);
  state.setProfile({ ...known, ...changed(profile) });
}

/** A refused request stays refused under its id. */
export function commandRefused(state: Providers, event: ProviderCommandRefused): void {
  const profile = state.profile(event.providerId);
  if (!profile || event.reason === 'request_too_old' || event.reason === 'request_id_reused') return;
  state.setProfile(withRequest(profile, event.id, profile.latestAt, null));
}
