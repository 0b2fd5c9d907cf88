import type { ChargeSubscription, SubscriptionCharged, SubscriptionsCharged } from '@slipstream/contracts';
import { decimal, splitEarnings, stopCopy, text, type Decimal, type Stop } from '@slipstream/domain';
import type { Rules } from './rules.js';
import type { Accounts } from './state.js';

/**
 * Months of subscriptions, from the wallet: whole or not at all. A copy whose month isn't paid stops as the provider closes.
 */
export function chargeSubscription(
  state: Accounts,
  command: ChargeSubscription,
  { instruments }: Rules,
): (SubscriptionsCharged | Stop)[] {
  const wallets = new Map<string, Decimal>();
  const charges: SubscriptionCharged[] = [];
  const stops: Stop[] = [];
  for (const { platformFeeRatio, ...charge } of command.charges) {
    const { accountId, copyId, from: occurredAt } = charge;
    const available = wallets.get(accountId) ?? state.account(accountId).wallet;
    const price = decimal(charge.price);
    const entry = state.entry(copyId);
    const runs = entry !== undefined && (entry.copy.status === 'active' || entry.copy.status === 'paused');
    const paid = runs && available.gte(price);
    const { platformFee, providerNet } = splitEarnings(paid ? price : decimal('0'), decimal(platformFeeRatio));
    const parts = { platformFee: text(platformFee), providerNet: text(providerNet) };
    charges.push({ ...charge, available: text(available), paid, ...parts, occurredAt });
    if (paid) wallets.set(accountId, available.minus(price));
    else if (runs) {
      const cause = { reason: 'subscription_unpaid', causeType: 'stop', subPosCloseType: 'copy_close' } as const;
      const how = { ...cause, requestId: null, occurredAt };
      stops.push(...stopCopy(entry.terms, entry.copy, how, instruments, state.markOf(entry.line)));
    }
  }
  return [{ type: 'SubscriptionsCharged', charges }, ...stops];
}

export function subscriptionsCharged(state: Accounts, { charges }: SubscriptionsCharged): void {
  for (const { accountId, paid, price } of charges) {
    if (!paid) continue;
    const account = state.account(accountId);
    state.setAccount({ ...account, wallet: account.wallet.minus(decimal(price)) });
  }
}
