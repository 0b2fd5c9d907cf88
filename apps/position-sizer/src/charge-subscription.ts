import type {
  AccountSuspended,
  ChargeSubscription,
  SubscriptionCharge,
  SubscriptionCharged,
  SubscriptionsCharged,
} from '@slipstream/contracts';
import {
  decimal,
  isRunning,
  isZero,
  splitEarnings,
  stopCopy,
  text,
  zero,
  type Decimal,
  type Stop,
} from '@slipstream/domain';
import type { Account } from './account.js';
import type { Rules } from './rules.js';
import type { Accounts } from './state.js';

/**
 * Months of subscriptions, from the wallet: whole or not at all. A copy whose month isn't paid stops as the provider closes.
 * Each charge is answered, also for a copy that runs no more, and where the decision fails: settlement waits for it.
 */
export function chargeSubscription(
  state: Accounts,
  command: ChargeSubscription,
  { instruments }: Rules,
): (SubscriptionsCharged | Stop | AccountSuspended)[] {
  const accounts = new Map<string, Account>();
  const charges: SubscriptionCharged[] = [];
  const following: (Stop | AccountSuspended)[] = [];
  for (const charge of command.charges) {
    const { accountId, copyId, from: occurredAt } = charge;
    const account = accounts.get(accountId) ?? state.account(accountId);
    const entry = state.entry(copyId);
    const runs = entry !== undefined && isRunning(entry.copy);
    let said: SubscriptionCharged;
    try {
      said = charged(account, charge, runs);
      accounts.set(accountId, withMonth(account, said));
    } catch (error) {
      said = answer(charge, account.wallet, false, zero);
      following.push({ type: 'AccountSuspended', accountId, command: command.type, detail: String(error) });
    }
    charges.push(said);
    if (said.paid || !runs) continue;
    const cause = { reason: 'subscription_unpaid', causeType: 'stop', subPosCloseType: 'copy_close' } as const;
    const how = { ...cause, requestId: null, occurredAt };
    following.push(...stopCopy(entry.terms, entry.copy, how, instruments, state.markOf(entry.line)));
  }
  return [{ type: 'SubscriptionsCharged', charges }, ...following];
}

/** A month that was paid before is paid, and costs nothing more. */
function charged(account: Account, charge: SubscriptionCharge, runs: boolean): SubscriptionCharged {
  const price = decimal(charge.price);
  if (charge.from <= (account.months[charge.providerId] ?? -1)) return answer(charge, account.wallet, true, zero);
  const paid = runs && account.wallet.gte(price);
  return answer(charge, account.wallet, paid, paid ? price : zero);
}

function answer(
  { platformFeeRatio, ...charge }: SubscriptionCharge,
  wallet: Decimal,
  paid: boolean,
  price: Decimal,
): SubscriptionCharged {
  const { platformFee, providerNet } = isZero(price)
    ? { platformFee: zero, providerNet: zero }
    : splitEarnings(price, decimal(platformFeeRatio));
  const parts = { platformFee: text(platformFee), providerNet: text(providerNet) };
  return { ...charge, available: text(wallet), paid, ...parts, occurredAt: charge.from };
}

function withMonth(
  account: Account,
  { paid, providerId, from, platformFee, providerNet }: SubscriptionCharged,
): Account {
  const price = decimal(platformFee).plus(providerNet);
  if (!paid || isZero(price)) return account;
  return { ...account, wallet: account.wallet.minus(price), months: { ...account.months, [providerId]: from } };
}

export function subscriptionsCharged(state: Accounts, { charges }: SubscriptionsCharged): void {
  for (const said of charges) {
    const account = state.account(said.accountId);
    const after = withMonth(account, said);
    if (after !== account) state.setAccount(after);
  }
}
