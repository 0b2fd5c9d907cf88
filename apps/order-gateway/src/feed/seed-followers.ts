import { record, streams, type CopySettings } from '@slipstream/contracts';
import { plainApplication } from '@slipstream/domain';
import type { EdgeCommand } from '@slipstream/streams';
import { mixedFollower, uniformFollower } from './follower-settings.js';

/** A provider as it is registered. */
export interface ProviderPlan {
  readonly providerId: string;
  readonly displayName: string;
  readonly startingCapital: string;
  readonly profitShareRatio: string;
}

/** The crowd that copies. */
export interface Crowd {
  readonly providers: readonly ProviderPlan[];
  /** Market time of what is asked for. */
  readonly at: number;
  readonly seed: string;
  /** Null: mixed. */
  readonly copyMode: CopySettings['mode'] | null;
  readonly instruments: readonly string[];
}

export const disclaimerVersion = '2026-01';

/** `follower-0001` for number 1. */
export const accountIdOf = (number: number): string => `follower-${String(number).padStart(4, '0')}`;

/** The request id is the provider's: a repeat changes nothing. */
export function registerProvider(provider: ProviderPlan, at: number): EdgeCommand {
  const requestId = `register-${provider.providerId}`;
  const application = { ...plainApplication, ownerId: `owner-${provider.providerId}`, disclaimerVersion };
  return {
    to: streams.providersCommands,
    record: record('RegisterProvider', { ...application, requestId, ...provider, occurredAt: at }),
    key: provider.providerId,
    correlationId: requestId,
  };
}

/** Whom a follower copies: the providers in turn. */
export const providerOf = (number: number, crowd: Crowd): ProviderPlan =>
  crowd.providers[(number - 1) % crowd.providers.length] as ProviderPlan;

/** Money into the wallet and one copy; the follower's number says whom, in turn. */
export function startFollower(number: number, crowd: Crowd): EdgeCommand[] {
  const accountId = accountIdOf(number);
  const provider = providerOf(number, crowd);
  const plan = crowd.copyMode
    ? uniformFollower(crowd.copyMode)
    : mixedFollower(crowd.seed, accountId, provider.startingCapital, crowd.instruments);
  const occurredAt = crowd.at;
  const to = streams.accountsCommands;
  const deposit = record('DepositFunds', {
    requestId: `deposit-${accountId}-${provider.providerId}`,
    accountId,
    amount: plan.deposit,
    asset: 'USDT',
    occurredAt,
  });
  const start = record('StartCopying', {
    requestId: `copy-${accountId}-${provider.providerId}`,
    accountId,
    providerId: provider.providerId,
    copyTotalAmt: plan.copyTotalAmt,
    settings: plan.settings,
    disclaimerVersion,
    country: '',
    ownerId: `owner-${accountId}`,
    occurredAt,
  });
  return [
    { to, record: deposit, key: accountId, correlationId: deposit.requestId },
    { to, record: start, key: accountId, correlationId: start.requestId },
  ];
}
