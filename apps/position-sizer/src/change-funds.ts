import type {
  AddCopyFunds,
  CommandRefused,
  CopyFundsAdded,
  CopyFundsTakenOut,
  TakeOutCopyFunds,
} from '@slipstream/contracts';
import {
  copyEquity,
  decimal,
  freeFunds,
  heldBack,
  isRunning,
  max,
  text,
  totalAfterTakingOut,
  withCopyFunds,
  zero,
  type Decimal,
} from '@slipstream/domain';
import { amountSentence, parseAmount } from './parse-amount.js';
import { asCopyRequest, granted } from './request.js';
import { totalRefusal } from './limits-of-place.js';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

const addBody = (copyId: string, amount: string): string => `add ${amount} to ${copyId}`;
const takeBody = (copyId: string, amount: string): string => `take ${amount} from ${copyId}`;

function equityOf(state: Accounts, entry: CopyEntry, { instruments }: Rules): Decimal {
  return copyEquity(entry.copy, state.markOf(entry.line), instruments);
}

/** Money from the wallet into the copy: it may use more margin, and its losses count from here. */
export function addFunds(state: Accounts, command: AddCopyFunds, rules: Rules): (CopyFundsAdded | CommandRefused)[] {
  const { requestId, accountId, copyId, occurredAt } = command;
  return asCopyRequest(state, command, addBody(copyId, command.amount), (entry, refuse) => {
    const amount = parseAmount(command.amount);
    if (!amount) return refuse('amount_invalid', amountSentence);
    if (!isRunning(entry.copy)) return refuse('copy_not_active', `The copy is ${entry.copy.status}.`);
    const total = entry.terms.copyTotalAmt.plus(amount);
    const tooMuch = totalRefusal(state, rules.policy, { ...entry.terms, copyTotalAmt: total }, amount);
    if (tooMuch) return refuse(tooMuch.reason, tooMuch.detail);
    const { wallet } = state.account(accountId);
    if (wallet.lt(amount)) return refuse('wallet_insufficient', `The wallet holds ${text(wallet)} USDT.`);
    const equityBefore = text(equityOf(state, entry, rules));
    const { providerId } = entry.terms;
    const ids = { requestId, accountId, copyId, providerId };
    const money = { amount: command.amount, copyTotalAmt: text(total), equityBefore };
    return [{ type: 'CopyFundsAdded', ...ids, ...money, occurredAt }];
  });
}

/** Money from the copy into the wallet: what isn't bound, profit first; what remains must still be a copy. */
export function takeOutFunds(
  state: Accounts,
  command: TakeOutCopyFunds,
  rules: Rules,
): (CopyFundsTakenOut | CommandRefused)[] {
  const { requestId, accountId, copyId, occurredAt } = command;
  return asCopyRequest(state, command, takeBody(copyId, command.amount), (entry, refuse) => {
    const amount = parseAmount(command.amount);
    if (!amount) return refuse('amount_invalid', amountSentence);
    const { terms, copy } = entry;
    if (!isRunning(entry.copy)) return refuse('copy_not_active', `The copy is ${copy.status}.`);
    const equity = equityOf(state, entry, rules);
    // What is due, and the share of what is won, isn't the follower's any more.
    const free = freeFunds(copy, equity).minus(heldBack(copy, equity));
    if (free.lt(amount))
      return refuse(
        'funds_in_use',
        `At most ${text(max(free, zero))} USDT can be taken out: the rest is in use or the provider's share.`,
      );
    const { copyAmountMin } = rules.policy;
    if (equity.minus(amount).lt(copyAmountMin)) {
      const rest = `A copy keeps at least ${text(copyAmountMin)} USDT`;
      return refuse('amount_out_of_range', `${rest}: take out less, or stop it.`);
    }
    const total = totalAfterTakingOut(terms, equity, amount);
    const ids = { requestId, accountId, copyId, providerId: terms.providerId };
    const money = { amount: command.amount, copyTotalAmt: text(total), equityBefore: text(equity) };
    return [{ type: 'CopyFundsTakenOut', ...ids, ...money, occurredAt }];
  });
}

/** Both sides of a flow: wallet and copy. */
export function fundsMoved(state: Accounts, event: CopyFundsAdded | CopyFundsTakenOut): void {
  const adds = event.type === 'CopyFundsAdded';
  granted(state, event, adds ? addBody(event.copyId, event.amount) : takeBody(event.copyId, event.amount));
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const amount = adds ? decimal(event.amount) : decimal(event.amount).neg();
  const account = state.account(event.accountId);
  state.setAccount({ ...account, wallet: account.wallet.minus(amount) });
  state.setTerms(entry, { ...entry.terms, copyTotalAmt: decimal(event.copyTotalAmt) });
  state.setCopy(entry, withCopyFunds(entry.copy, amount, decimal(event.equityBefore)));
}
