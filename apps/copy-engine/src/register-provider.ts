import type { ProviderRegistered, RegisterProvider } from '@slipstream/contracts';
import { positive, providerFrom } from '@slipstream/domain';
import type { Providers } from './state.js';

/** Registers a provider once; a repetition changes nothing. A starting capital that isn't above zero is turned away at the edge. */
export function registerProvider(state: Providers, command: RegisterProvider): ProviderRegistered[] {
  const { providerId, displayName, startingCapital, profitShareRatio, occurredAt } = command;
  if (state.provider(providerId) || !positive(startingCapital)) return [];
  return [{ type: 'ProviderRegistered', providerId, displayName, startingCapital, profitShareRatio, occurredAt }];
}

export const providerRegistered = (state: Providers, event: ProviderRegistered): void =>
  state.setProvider(providerFrom(event));
