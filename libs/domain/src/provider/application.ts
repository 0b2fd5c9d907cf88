import type { RegisterProvider } from '@slipstream/contracts';
import { positive } from '../copy/terms.js';
import { decimal, min, text, type Decimal } from '../money.js';
import { jurisdictionOf, type Policy } from '../policy.js';
import { levelAt } from './level.js';

/** What a provider takes from followers. */
export type ProviderTerms = Pick<
  RegisterProvider,
  'profitShareRatio' | 'feeModel' | 'subscriptionPrice' | 'settlementPeriod'
>;

/** An application where the provider says nothing of it: a weekly profit share, open to all. */
export const plainApplication = {
  feeModel: 'profit_share',
  subscriptionPrice: null,
  settlementPeriod: 'weekly',
  ownerId: '',
  country: '',
  disclaimerVersion: '2026-01',
  visibility: 'public',
} as const satisfies Partial<RegisterProvider>;

/** Why an application or new terms are refused, as a code and a sentence. */
export interface ProviderRefusal {
  readonly reason:
    | 'display_name_missing'
    | 'equity_too_low'
    | 'profit_share_out_of_range'
    | 'subscription_invalid'
    | 'value_unknown'
    | 'jurisdiction_blocked'
    | 'disclaimer_missing'
    | 'disclaimer_outdated';
  readonly detail: string;
}

/** Checks an application as provider (DOMAIN, Roles and Limits); null when it is good. */
export function applicationRefusal(application: RegisterProvider, policy: Policy): ProviderRefusal | null {
  const { displayName, startingCapital, country, disclaimerVersion, visibility } = application;
  if (displayName.trim() === '') return { reason: 'display_name_missing', detail: 'A provider needs a display name.' };
  const equity = positive(startingCapital);
  if (!equity || equity.lt(policy.providerEquityMin))
    return { reason: 'equity_too_low', detail: `A provider has at least ${text(policy.providerEquityMin)} USDT.` };
  if (visibility !== 'public' && visibility !== 'private')
    return { reason: 'value_unknown', detail: `visibility ${String(visibility)} is unknown.` };
  const { roles, disclaimers } = jurisdictionOf(policy, country);
  if (!roles.includes('provider'))
    return { reason: 'jurisdiction_blocked', detail: `Leading isn't offered in ${country || 'an unknown country'}.` };
  if (disclaimerVersion === '') return { reason: 'disclaimer_missing', detail: 'The disclaimer has to be accepted.' };
  if (!disclaimers.includes(disclaimerVersion)) {
    const detail = `Version ${disclaimers.join(' or ')} of the disclaimer has to be accepted.`;
    return { reason: 'disclaimer_outdated', detail };
  }
  return termsRefusal(application, 0, policy);
}

/** Checks what a provider wants to take, at its level; null when it is allowed. */
export function termsRefusal(terms: ProviderTerms, level: number, policy: Policy): ProviderRefusal | null {
  const { feeModel, profitShareRatio, subscriptionPrice, settlementPeriod } = terms;
  if (settlementPeriod !== 'weekly' && settlementPeriod !== 'monthly')
    return { reason: 'value_unknown', detail: `settlementPeriod ${String(settlementPeriod)} is unknown.` };
  if (feeModel === 'subscription') {
    const price = positive(subscriptionPrice);
    const { subscriptionPriceMin, subscriptionPriceMax } = policy;
    if (
      price &&
      price.gte(subscriptionPriceMin) &&
      price.lte(subscriptionPriceMax) &&
      /^0(\.0+)?$/.test(profitShareRatio)
    )
      return null;
    const range = `${text(subscriptionPriceMin)} to ${text(subscriptionPriceMax)} USDT`;
    return { reason: 'subscription_invalid', detail: `A subscription costs ${range} a month, without profit share.` };
  }
  if (feeModel !== 'profit_share')
    return { reason: 'value_unknown', detail: `feeModel ${String(feeModel)} is unknown.` };
  const most = shareMax(level, policy);
  const ratio = positive(profitShareRatio);
  if (ratio && ratio.gte(policy.profitShareMin) && ratio.lte(most) && subscriptionPrice === null) return null;
  const detail = `The profit share is ${text(policy.profitShareMin)} to ${text(most)} at level ${level}.`;
  return { reason: 'profit_share_out_of_range', detail };
}

/** The most a provider of the level may share. */
export function shareMax(level: number, policy: Policy): Decimal {
  const allowed = levelAt(policy, level);
  return allowed ? min(allowed.profitShareMax, policy.profitShareMax) : policy.profitShareMax;
}

/** Terms that a lower level allows: the share is cut to what it may be; null where they are allowed as they are. */
export function cappedTerms(terms: ProviderTerms, level: number, policy: Policy): ProviderTerms | null {
  const most = shareMax(level, policy);
  if (terms.feeModel !== 'profit_share' || decimal(terms.profitShareRatio).lte(most)) return null;
  return { ...terms, profitShareRatio: text(most) };
}
