import {
  partitionCount,
  partitionOf,
  streams,
  type AddFollower,
  type CommandRefused,
  type ConfirmCopy,
  type CopyConfirmed,
  type CopyRefused,
  type CopyRequested,
  type CopyStopped,
  type RefuseCopy,
  type StartCopying,
} from '@slipstream/contracts';
import { copyIdOf, copyTerms, decimal, positive, settingsRefusal, startingCopy, text } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { withRequest } from './account.js';
import { asRequest } from './request.js';
import type { Accounts } from './state.js';

/** A copy is worth 50 to 200,000 USDT; at most 100 providers per follower. */
const copyAmountMin = decimal('50');
const copyAmountMax = decimal('200000');
const providersMax = 100;

const bodyOf = (command: Pick<StartCopying, 'providerId' | 'copyTotalAmt' | 'settings'>): string =>
  `start ${command.providerId} ${command.copyTotalAmt} ${command.settings.mode}`;

/** Checks the request and reserves the money; the provider's side has the next word. */
export function startCopying(state: Accounts, command: StartCopying): (CopyRequested | CommandRefused)[] {
  return asRequest(state, command, bodyOf(command), (refuse) => {
    const { requestId, accountId, providerId, copyTotalAmt, settings, disclaimerVersion, occurredAt } = command;
    const account = state.account(accountId);
    const amount = positive(copyTotalAmt);
    if (!amount || amount.lt(copyAmountMin) || amount.gt(copyAmountMax))
      return refuse('amount_out_of_range', `A copy is worth ${text(copyAmountMin)} to ${text(copyAmountMax)} USDT.`);
    const wrong = settingsRefusal(settings);
    if (wrong) return refuse(wrong.reason, wrong.detail);
    if (disclaimerVersion === '') return refuse('disclaimer_missing', 'The disclaimer has to be accepted.');
    const running = state.copiesOf(accountId).filter((entry) => entry.copy.status !== 'stopped');
    if (running.some((entry) => entry.terms.providerId === providerId))
      return refuse('already_copying', `A copy of ${providerId} is running.`);
    if (running.length >= providersMax) return refuse('too_many_providers', `At most ${providersMax} providers.`);
    if (account.wallet.lt(amount))
      return refuse('wallet_insufficient', `The wallet holds ${text(account.wallet)} USDT.`);
    const copyId = copyIdOf(accountId, providerId, account.copiesStarted + 1);
    const asked = { requestId, accountId, copyId, providerId, copyTotalAmt, settings, disclaimerVersion, occurredAt };
    return [{ type: 'CopyRequested', ...asked }];
  });
}

export function copyRequested(state: Accounts, event: CopyRequested): void {
  const copyTotalAmt = decimal(event.copyTotalAmt);
  const account = withRequest(state.account(event.accountId), event.requestId, event.occurredAt, bodyOf(event));
  const copiesStarted = account.copiesStarted + 1;
  state.setAccount({ ...account, copiesStarted, wallet: account.wallet.minus(copyTotalAmt) });
  const { accountId, copyId, providerId } = event;
  state.addCopy(copyTerms({ accountId, copyId, providerId, copyTotalAmt }, event.settings), startingCopy(copyTotalAmt));
}

export function askProvider(event: CopyRequested): Outgoing[] {
  const { providerId, accountId, copyId, occurredAt } = event;
  const { copyOpenPositions } = event.settings;
  const record: AddFollower = { type: 'AddFollower', providerId, accountId, copyId, copyOpenPositions, occurredAt };
  const partition = partitionOf(providerId, partitionCount);
  return [{ to: streams.providersCommands, record, key: providerId, partition }];
}

/** The provider's side admitted the copy; one that was cancelled meanwhile ends at once, and the provider is told. */
export function confirmCopy(state: Accounts, command: ConfirmCopy): (CopyConfirmed | CopyStopped)[] {
  const entry = state.entry(command.copyId);
  const status = entry?.copy.status;
  if (!entry || (status !== 'starting' && status !== 'cancelled')) return [];
  const { accountId, copyId, providerId, fromOrder } = command;
  const occurredAt = state.account(accountId).latestAt;
  const copyTotalAmt = text(entry.terms.copyTotalAmt);
  const confirmed: CopyConfirmed = {
    type: 'CopyConfirmed',
    accountId,
    copyId,
    providerId,
    copyTotalAmt,
    fromOrder,
    occurredAt,
  };
  if (status === 'starting') return [confirmed];
  return [confirmed, { type: 'CopyStopped', accountId, copyId, providerId, returned: copyTotalAmt, occurredAt }];
}

export function copyConfirmed(state: Accounts, event: CopyConfirmed): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const lastOrder = event.fromOrder - 1;
  const status = entry.copy.status === 'cancelled' ? 'stopping' : 'active';
  state.setCopy(entry, { ...entry.copy, status, fromOrder: event.fromOrder, lastOrder });
}

/** The provider's side refused the copy: the money goes back. */
export function refuseCopy(state: Accounts, command: RefuseCopy): CopyRefused[] {
  const entry = state.entry(command.copyId);
  if (!entry || (entry.copy.status !== 'starting' && entry.copy.status !== 'cancelled')) return [];
  const { accountId, copyId, providerId, reason } = command;
  const copyTotalAmt = text(entry.terms.copyTotalAmt);
  const occurredAt = state.account(accountId).latestAt;
  return [{ type: 'CopyRefused', accountId, copyId, providerId, copyTotalAmt, reason, occurredAt }];
}

export function copyRefused(state: Accounts, event: CopyRefused): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const account = state.account(event.accountId);
  state.setAccount({ ...account, wallet: account.wallet.plus(decimal(event.copyTotalAmt)) });
  state.setCopy(entry, { ...entry.copy, status: 'stopped', cash: decimal('0') });
}
