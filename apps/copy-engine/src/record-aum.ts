import type { AumRecorded, ProviderLevelChanged, ProviderTermsAnnounced, RecordAum } from '@slipstream/contracts';
import { cappedTerms, levelOf, meanAum, nextPeriodStart, text, withAum, type Policy } from '@slipstream/domain';
import type { Profile } from './profile.js';
import type { Providers } from './state.js';

/** What the copies of one accounts partition hold of a provider, told at each UTC midnight. */
export const recordAum = (state: Providers, command: RecordAum): AumRecorded[] =>
  state.profile(command.providerId) ? [{ ...command, type: 'AumRecorded' }] : [];

export function aumRecorded(state: Providers, event: AumRecorded): void {
  const profile = state.profile(event.providerId);
  if (profile) state.setProfile({ ...profile, aum: withAum(profile.aum, event) });
}

/**
 * Providers whose mean AUM of the days before this midnight lies in another level. Where the new level allows less than the
 * provider takes, the terms are cut from the next period on.
 */
export function levelsAt(
  state: Providers,
  at: number,
  policy: Policy,
): (ProviderLevelChanged | ProviderTermsAnnounced)[] {
  if (policy.levels === null) return [];
  return state.profiles().flatMap((profile) => levelChange(profile, at, policy));
}

function levelChange(
  { providerId, aum, registeredAt, level: before, terms, announced }: Profile,
  at: number,
  policy: Policy,
): (ProviderLevelChanged | ProviderTermsAnnounced)[] {
  const mean = meanAum(aum, registeredAt, at);
  const level = mean ? levelOf(policy, mean) : before;
  if (!mean || level === before) return [];
  const changed = { type: 'ProviderLevelChanged', providerId, level, meanAum: text(mean), occurredAt: at } as const;
  const capped = cappedTerms(announced ?? terms, level, policy);
  if (!capped) return [changed];
  const effectiveFrom = nextPeriodStart(at, terms.settlementPeriod);
  const { profitShareRatio, feeModel, subscriptionPrice, settlementPeriod } = capped;
  const ids = { requestId: '', providerId, effectiveFrom, occurredAt: at };
  const cut = { ...ids, profitShareRatio, feeModel, subscriptionPrice, settlementPeriod };
  return [changed, { type: 'ProviderTermsAnnounced', ...cut }];
}

export function levelChanged(state: Providers, event: ProviderLevelChanged): void {
  const profile = state.profile(event.providerId);
  if (profile) state.setProfile({ ...profile, level: event.level });
}
