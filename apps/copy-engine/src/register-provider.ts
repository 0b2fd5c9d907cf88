import type { ProviderCommandRefused, ProviderRegistered, RegisterProvider } from '@slipstream/contracts';
import { applicationRefusal, providerFrom, withRequest, type Policy } from '@slipstream/domain';
import { profileFrom, termsOf } from './profile.js';
import { asRequest, refuseWith } from './request.js';
import type { Providers } from './state.js';

const bodyOf = (said: Omit<ProviderRegistered, 'type'>): string =>
  `register ${said.startingCapital} ${said.displayName} ${said.country} ${JSON.stringify(termsOf(said))}`;

/** An application: a provider is registered once, under terms the platform and its country allow. */
export function registerProvider(
  state: Providers,
  command: RegisterProvider,
  policy: Policy,
): (ProviderRegistered | ProviderCommandRefused)[] {
  if (state.profile(command.providerId))
    return asRequest(state, command, bodyOf(command), (_, refuse) =>
      refuse('already_registered', 'The provider is registered already.'),
    );
  const wrong = applicationRefusal(command, policy);
  if (wrong) return refuseWith(command)(wrong.reason, wrong.detail);
  return [{ ...command, type: 'ProviderRegistered' }];
}

export function providerRegistered(state: Providers, event: ProviderRegistered): void {
  state.setProvider(providerFrom(event));
  const profile = withRequest(profileFrom(event), event.requestId, event.occurredAt, bodyOf(event));
  state.setProfile(profile);
}
