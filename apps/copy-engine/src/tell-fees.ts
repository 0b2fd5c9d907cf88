import type { AnnounceFees, ConfirmCopy, FeeTerms, ProviderTermsAnnounced } from '@slipstream/contracts';
import type { ProviderTerms } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { toLanes } from './keep-followers.js';
import type { Profile } from './profile.js';
import type { Providers } from './state.js';

/** What a provider takes of its followers: a share of their profit, or a price per month. */
const feesOf = ({ feeModel, profitShareRatio, subscriptionPrice, settlementPeriod }: ProviderTerms): FeeTerms => ({
  feeModel,
  profitShareRatio: feeModel === 'subscription' ? '0' : profitShareRatio,
  subscriptionPrice: feeModel === 'subscription' ? subscriptionPrice : null,
  settlementPeriod,
});

/** The terms under which a copy begins, and those that are announced. */
export function feesNow(profile: Profile | undefined): Pick<ConfirmCopy, 'fees' | 'announced'> {
  if (profile === undefined) return { fees: null, announced: null };
  const { terms, announced } = profile;
  return {
    fees: feesOf(terms),
    announced: announced && { fees: feesOf(announced), effectiveFrom: announced.effectiveFrom },
  };
}

/** All copies of the provider are told its new terms, those of each accounts partition in one record. */
export function announceFees(state: Providers, event: ProviderTermsAnnounced): Outgoing[] {
  const { providerId, effectiveFrom, occurredAt } = event;
  const what = { providerId, fees: feesOf(event), effectiveFrom, occurredAt };
  return toLanes(state.lanesOf(providerId), (copies): AnnounceFees => ({ type: 'AnnounceFees', ...what, copies }));
}
