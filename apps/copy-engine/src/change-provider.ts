import type {
  BlockProvider,
  ChangeProviderTerms,
  ChangeProviderVisibility,
  ProviderBlocked,
  ProviderCommandRefused,
  ProviderRetired,
  ProviderTermsAnnounced,
  ProviderTermsChanged,
  ProviderVisibilityChanged,
  StopLeading,
} from '@slipstream/contracts';
import { nextPeriodStart, termsRefusal, type Policy } from '@slipstream/domain';
import { announcedBy, termsOf } from './profile.js';
import { asRequest, change } from './request.js';
import type { Providers } from './state.js';

type Refused = ProviderCommandRefused;

const termsBody = (said: Omit<ChangeProviderTerms, 'type'>): string => `terms ${JSON.stringify(termsOf(said))}`;
const visibilityBody = (visibility: string): string => `visibility ${visibility}`;
const blockBody = (blocked: boolean, reason: string): string => `blocked ${blocked} ${reason}`;
const retireBody = 'retire';

/** New terms are announced now and hold from the next settlement period; a later announcement takes the place of it. */
export function changeTerms(
  state: Providers,
  command: ChangeProviderTerms,
  policy: Policy,
): (ProviderTermsAnnounced | Refused)[] {
  return asRequest(state, command, termsBody(command), (profile, refuse) => {
    if (profile.retired) return refuse('provider_retired', 'The provider leads no more.');
    const wrong = termsRefusal(command, profile.level, policy);
    if (wrong) return refuse(wrong.reason, wrong.detail);
    const effectiveFrom = nextPeriodStart(command.occurredAt, profile.terms.settlementPeriod);
    const { requestId, providerId, occurredAt } = command;
    const announced = { requestId, providerId, ...termsOf(command), effectiveFrom, occurredAt };
    return [{ type: 'ProviderTermsAnnounced', ...announced }];
  });
}

export function termsAnnounced(state: Providers, event: ProviderTermsAnnounced): void {
  const announced = announcedBy(event);
  // Announced by the platform itself: there is no request to know.
  if (event.requestId !== '') return change(state, event, termsBody(event), () => ({ announced }));
  const profile = state.profile(event.providerId);
  if (profile) state.setProfile({ ...profile, announced });
}

/** Terms whose time has come at a tick, by provider. */
export function termsDue(state: Providers, at: number): ProviderTermsChanged[] {
  return state.announcing().flatMap((profile): ProviderTermsChanged[] => {
    const { announced, providerId } = profile;
    if (!announced || at < announced.effectiveFrom) return [];
    return [{ type: 'ProviderTermsChanged', providerId, ...termsOf(announced), occurredAt: announced.effectiveFrom }];
  });
}

export function termsChanged(state: Providers, event: ProviderTermsChanged): void {
  const profile = state.profile(event.providerId);
  if (profile) state.setProfile({ ...profile, terms: termsOf(event), announced: null });
}

/** Public, or by invitation only; those who follow already stay. */
export function changeVisibility(
  state: Providers,
  command: ChangeProviderVisibility,
): (ProviderVisibilityChanged | Refused)[] {
  const { requestId, providerId, visibility, occurredAt } = command;
  return asRequest(state, command, visibilityBody(visibility), (_, refuse) => {
    if (visibility !== 'public' && visibility !== 'private')
      return refuse('value_unknown', `visibility ${String(visibility)} is unknown.`);
    return [{ type: 'ProviderVisibilityChanged', requestId, providerId, visibility, occurredAt }];
  });
}

export const visibilityChanged = (state: Providers, event: ProviderVisibilityChanged): void =>
  change(state, event, visibilityBody(event.visibility), () => ({ visibility: event.visibility }));

/** The provider leads no more: nobody may follow any longer, and all copies end. Its fills are still taken. */
export function stopLeading(state: Providers, command: StopLeading): (ProviderRetired | Refused)[] {
  const { requestId, providerId, occurredAt } = command;
  return asRequest(state, command, retireBody, (profile, refuse) =>
    profile.retired
      ? refuse('provider_retired', 'The provider leads no more.')
      : [{ type: 'ProviderRetired', requestId, providerId, occurredAt }],
  );
}

export const providerRetired = (state: Providers, event: ProviderRetired): void =>
  change(state, event, retireBody, () => ({ retired: true, announced: null }));

/** An operator stops copies from opening by this provider, or lets them again. */
export function blockProvider(state: Providers, command: BlockProvider): (ProviderBlocked | Refused)[] {
  const { requestId, providerId, blocked, reason, occurredAt } = command;
  return asRequest(state, command, blockBody(blocked, reason), () => [
    { type: 'ProviderBlocked', requestId, providerId, blocked, reason, occurredAt },
  ]);
}

export const providerBlocked = (state: Providers, event: ProviderBlocked): void =>
  change(state, event, blockBody(event.blocked, event.reason), () => ({ blocked: event.blocked }));
