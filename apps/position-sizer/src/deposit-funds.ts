import type { CommandRefused, DepositFunds, FundsDeposited } from '@slipstream/contracts';
import { decimal, withRequest } from '@slipstream/domain';
import { amountSentence, parseAmount } from './parse-amount.js';
import { asRequest } from './request.js';
import type { Accounts } from './state.js';

/** The platform's money. */
const asset = 'USDT';

const bodyOf = (command: Pick<DepositFunds, 'amount' | 'asset'>): string =>
  `deposit ${command.amount} ${command.asset}`;

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
