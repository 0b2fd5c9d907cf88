import type { ProviderFillsRefused, ProviderFundsRecorded, RecordProviderFunds } from '@slipstream/contracts';
import { decimal, equityAfterFunds, providerEquity, text, withFunds, zero, type Instruments } from '@slipstream/domain';
import type { Providers } from './state.js';

const plainNumber = /^-?\d{1,18}(\.\d{1,18})?$/;
const kinds: readonly string[] = ['deposit', 'withdrawal', 'funding', 'equity'];

/** Money of the provider's venue account besides fills; its sequence is one with that of the fills. */
export function recordFunds(
  state: Providers,
  command: RecordProviderFunds,
  instruments: Instruments,
): (ProviderFundsRecorded | ProviderFillsRefused)[] {
  const { providerId, sequence, kind, amount, occurredAt } = command;
  const refused = (reason: ProviderFillsRefused['reason'], detail: string): ProviderFillsRefused[] => [
    {
      type: 'ProviderFillsRefused',
      providerId,
      firstSequence: sequence,
      lastSequence: sequence,
      reason,
      detail,
      occurredAt,
    },
  ];
  const provider = state.provider(providerId);
  if (!provider) return refused('provider_unknown', 'The provider is not registered.');
  if (sequence <= provider.lastSequence)
    return refused('sequence_repeated', `Sequence ${sequence} is not above the last one taken.`);
  const signed = kind === 'funding' || kind === 'equity';
  if (!kinds.includes(kind) || !plainNumber.test(amount) || (!signed && decimal(amount).lte(zero)))
    return refused('fill_invalid', `${kind} ${amount} of sequence ${sequence} is no such amount.`);
  const { prices } = state.marks;
  const before = providerEquity(provider, (instrument) => prices[instrument], instruments);
  const after = equityAfterFunds(kind, decimal(amount), before);
  const equities = { equityBefore: text(before), equityAfter: text(after) };
  return [{ type: 'ProviderFundsRecorded', providerId, sequence, kind, amount, ...equities, occurredAt }];
}

export function fundsRecorded(state: Providers, event: ProviderFundsRecorded): void {
  const provider = state.provider(event.providerId);
  if (provider) state.setProvider(withFunds(provider, event));
}
