import type { ProviderRegistered, ProviderTermsAnnounced } from '@slipstream/contracts';
import { noRequests, type AumDay, type ProviderTerms, type Requests } from '@slipstream/domain';

/** What a provider is to followers; apart from its positions, which change with every order. */
export interface Profile extends Requests {
  readonly providerId: string;
  readonly ownerId: string;
  readonly registeredAt: number;
  /** In force. */
  readonly terms: ProviderTerms;
  /** In force from `effectiveFrom`; null: nothing is announced. */
  readonly announced: (ProviderTerms & { readonly effectiveFrom: number }) | null;
  readonly visibility: ProviderRegistered['visibility'];
  readonly retired: boolean;
  /** By an operator: copies may not open. */
  readonly blocked: boolean;
  readonly level: number;
  /** What copies held at the last UTC midnights. */
  readonly aum: readonly AumDay[];
  /** Accounts, sorted. */
  readonly invited: readonly string[];
  readonly turnedAway: readonly string[];
  readonly linked: readonly string[];
}

export const termsOf = (said: ProviderTerms): ProviderTerms => ({
  profitShareRatio: said.profitShareRatio,
  feeModel: said.feeModel,
  subscriptionPrice: said.subscriptionPrice,
  settlementPeriod: said.settlementPeriod,
});

export const profileFrom = (event: ProviderRegistered): Profile => ({
  ...noRequests,
  providerId: event.providerId,
  ownerId: event.ownerId,
  registeredAt: event.occurredAt,
  terms: termsOf(event),
  announced: null,
  visibility: event.visibility,
  retired: false,
  blocked: false,
  level: 0,
  aum: [],
  invited: [],
  turnedAway: [],
  linked: [],
});

export const announcedBy = (event: ProviderTermsAnnounced): Profile['announced'] => ({
  ...termsOf(event),
  effectiveFrom: event.effectiveFrom,
});

/** A sorted list with an account in it, or without. */
export function listed(accounts: readonly string[], accountId: string, isIn: boolean): readonly string[] {
  if (accounts.includes(accountId) === isIn) return accounts;
  return isIn ? [...accounts, accountId].sort() : accounts.filter((known) => known !== accountId);
}
