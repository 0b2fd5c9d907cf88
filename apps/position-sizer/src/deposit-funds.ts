import type { CommandRefused, DepositFunds, FundsDeposited } from '@slipstream/contracts';
import { amountDecimals, decimal, decimalsOf, positive } from '@slipstream/domain';
import { withRequest } from './account.js';
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
    const paid = positive(amount);
    if (!paid || decimalsOf(paid) > amountDecimals)
      return refuse('amount_invalid', 'An amount is above zero and has at most 8 decimals.');
    return [{ type: 'FundsDeposited', requestId, accountId, amount, asset, occurredAt }];
  });
}

export function fundsDeposited(state: Accounts, event: FundsDeposited): void {
  const account = withRequest(state.account(event.accountId), event.requestId, event.occurredAt, bodyOf(event));
  state.setAccount({ ...account, wallet: account.wallet.plus(decimal(event.amount)) });
}
