import type {
  FeeTerms,
  FollowerAdmitted,
  FollowerRemoved,
  ProviderRetired,
  ProviderTermsAnnounced,
  ProviderTermsChanged,
} from '@slipstream/contracts';
import type { Carried } from './carried.js';
import type { Notice } from './notification.js';

/** Copies of a provider, so that its followers can be told what only the provider's line says. */
const followersOf = (providerId: string): string => `followers/${providerId}`;

interface Follower {
  readonly accountId: string;
}

export function followerAdmitted(carried: Carried, { providerId, copyId, accountId }: FollowerAdmitted): void {
  carried.set(followersOf(providerId), copyId, { accountId });
}

export function followerRemoved(carried: Carried, { providerId, copyId }: FollowerRemoved): void {
  carried.delete(followersOf(providerId), copyId);
}

const feesOf = (event: ProviderTermsAnnounced | ProviderTermsChanged): FeeTerms => ({
  feeModel: event.feeModel,
  profitShareRatio: event.profitShareRatio,
  subscriptionPrice: event.subscriptionPrice,
  settlementPeriod: event.settlementPeriod,
});

/** The provider; its followers hear of it through their own journal. */
export function termsAnnounced(event: ProviderTermsAnnounced): Notice[] {
  const { providerId, effectiveFrom, occurredAt } = event;
  const facts = { type: 'terms_announced', providerId, copyId: null, fees: feesOf(event), effectiveFrom } as const;
  return [{ recipient: `provider/${providerId}`, occurredAt, facts }];
}

/** The provider and all its followers at that moment. */
export function termsChanged(carried: Carried, event: ProviderTermsChanged): Notice[] {
  const { providerId, occurredAt } = event;
  const facts = { type: 'terms_changed', providerId, copyId: null, fees: feesOf(event), effectiveFrom: null } as const;
  const followers = carried.entries<Follower>(followersOf(providerId));
  return [
    { recipient: `provider/${providerId}`, occurredAt, facts },
    ...followers.map(([copyId, { accountId }]): Notice => ({
      recipient: `account/${accountId}`,
      occurredAt,
      facts: { ...facts, copyId },
    })),
  ];
}

/** The provider; its followers hear of it when their copies stop. */
export function providerRetired({ providerId, occurredAt }: ProviderRetired): Notice[] {
  const facts = { type: 'provider_retired', providerId, copyId: null, subPosCloseType: null } as const;
  return [{ recipient: `provider/${providerId}`, occurredAt, facts }];
}
