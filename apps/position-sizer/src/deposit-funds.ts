import type {
  CommandRefused,
  DepositFunds,
  FundsDeposited,
  FundsWithdrawn,
  WithdrawFunds,
} from '@slipstream/contracts';
import { decimal, text, withRequest } from '@slipstream/domain';
import { amountSentence, parseAmount } from './parse-amount.js';
import { asRequest } from './request.js';
import type { Accounts } from './state.js';

/** The platform's money. */
const asset = 'USDT';

const bodyOf = (command: Pick<DepositFunds, 'amount' | 'asset'>): string =>
  `deposit ${command.amount} ${command.asset}`;
const withdrawalBody = (command: Pick<WithdrawFunds, 'amount' | 'asset'>): string =>
  `withdraw ${command.amount} ${command.asset}`;

/** Paper money into the wallet. */
export function depositFunds(state: Accounts, command: DepositFunds): (FundsDeposited | CommandRefused)[] {
  const { requestId, accountId, amount, occurredAt } = command;
  return asRequest(state, command, bodyOf(command), (refuse) => {
    if (command.asset !== asset) return refuse('asset_unknown', `Only ${asset} can be deposited.`);
    if (!parseAmount(amount)) return refuse('amount_invalid', amountSentence);
    return [{ type: 'FundsDeposited', requestId, accountId, amount, asset, occurredAt }];
  });
}

export function fundsDeposited(state: Accounts, event: FundsDeposited): void {
  const account = withRequest(state.account(event.accountId), event.requestId, event.occurredAt, bodyOf(event));
  state.setAccount({ ...account, wallet: account.wallet.plus(decimal(event.amount)) });
}

/** Paper money out of the wallet: what is in copies has to be taken out of them first. */
export function withdrawFunds(state: Accounts, command: WithdrawFunds): (FundsWithdrawn | CommandRefused)[] {
  const { requestId, accountId, amount, occurredAt } = command;
  return asRequest(state, command, withdrawalBody(command), (refuse) => {
    if (command.asset !== asset) return refuse('asset_unknown', `Only ${asset} can be withdrawn.`);
    const wanted = parseAmount(amount);
    if (!wanted) return refuse('amount_invalid', amountSentence);
    const { wallet } = state.account(accountId);
    if (wallet.lt(wanted)) return refuse('wallet_insufficient', `The wallet holds ${text(wallet)} ${asset}.`);
    return [{ type: 'FundsWithdrawn', requestId, accountId, amount, asset, occurredAt }];
  });
}

export function fundsWithdrawn(state: Accounts, event: FundsWithdrawn): void {
  const body = withdrawalBody(event);
  const account = withRequest(state.account(event.accountId), event.requestId, event.occurredAt, body);
  state.setAccount({ ...account, wallet: account.wallet.minus(decimal(event.amount)) });
}
