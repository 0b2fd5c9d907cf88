import type { AccountSuspended, AnyRecord } from '@slipstream/contracts';
import type { Accounts } from './state.js';

/** A decision that failed concerns the account of its command: opens are skipped from here on, closes go on. */
export function suspendAccount(command: AnyRecord, error: Error): AccountSuspended[] {
  if (!('accountId' in command)) return [];
  const { accountId, type } = command;
  return [{ type: 'AccountSuspended', accountId, command: type, detail: error.message }];
}

export function accountSuspended(state: Accounts, event: AccountSuspended): void {
  state.setAccount({ ...state.account(event.accountId), suspended: true });
}
