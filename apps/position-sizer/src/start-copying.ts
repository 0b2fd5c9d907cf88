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
  type OpenPositionJoined,
  type RefuseCopy,
  type StartCopying,
} from '@slipstream/contracts';
import {
  copyIdOf,
  copyTerms,
  decimal,
  jurisdictionOf,
  noDue,
  unsettledFrom,
  settingsRefusal,
  startingCopy,
  text,
  withRequest,
} from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { joinPositions } from './join-positions.js';
import { totalRefusal } from './limits-of-place.js';
import { settingsText } from './manage-copy.js';
import { amountSentence, parseAmount } from './parse-amount.js';
import { asRequest } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts } from './state.js';

const bodyOf = (command: Pick<StartCopying, 'providerId' | 'copyTotalAmt' | 'settings'>): string =>
  `start ${command.providerId} ${command.copyTotalAmt} ${settingsText(command.settings)}`;

/** Checks the request and reserves the money; the provider's side has the next word. */
export function startCopying(state: Accounts, command: StartCopying, rules: Rules): (CopyRequested | CommandRefused)[] {
  return asRequest(state, command, bodyOf(command), (refuse) => {
    const { requestId, accountId, providerId, copyTotalAmt, settings, disclaimerVersion, country, ownerId } = command;
    const account = state.account(accountId);
    const amount = parseAmount(copyTotalAmt);
    if (!amount) return refuse('amount_invalid', amountSentence);
    const wrong =
      settingsRefusal(settings, rules.policy) ??
      placeRefusal(command, rules) ??
      totalRefusal(state, rules.policy, { accountId, country, copyTotalAmt: amount });
    if (wrong) return refuse(wrong.reason, wrong.detail);
    if (account.suspended) return refuse('account_suspended', 'The account may not open anything now.');
    const running = state.copiesOf(accountId).filter((entry) => entry.copy.status !== 'stopped');
    if (running.some((entry) => entry.terms.providerId === providerId))
      return refuse('already_copying', `A copy of ${providerId} is running.`);
    const { providersMax } = rules.policy;
    if (running.length >= providersMax) return refuse('too_many_providers', `At most ${providersMax} providers.`);
    if (account.wallet.lt(amount))
      return refuse('wallet_insufficient', `The wallet holds ${text(account.wallet)} USDT.`);
    const copyId = copyIdOf(accountId, providerId, account.copiesStarted + 1);
    const ids = { requestId, accountId, copyId, providerId, country, ownerId };
    const { occurredAt } = command;
    return [{ type: 'CopyRequested', ...ids, copyTotalAmt, settings, disclaimerVersion, occurredAt }];
  });
}

/** Whether the follower's country lets it copy, under the disclaimer that was accepted; null when it does. */
function placeRefusal(
  { country, disclaimerVersion }: StartCopying,
  { policy }: Rules,
): { reason: string; detail: string } | null {
  const { roles, disclaimers } = jurisdictionOf(policy, country);
  if (!roles.includes('follower'))
    return { reason: 'jurisdiction_blocked', detail: `Copying isn't offered in ${country || 'an unknown country'}.` };
  if (disclaimerVersion === '') return { reason: 'disclaimer_missing', detail: 'The disclaimer has to be accepted.' };
  if (disclaimers.includes(disclaimerVersion)) return null;
  const wanted = disclaimers.join(' or ');
  return { reason: 'disclaimer_outdated', detail: `Version ${wanted} of the disclaimer has to be accepted.` };
}

export function copyRequested(state: Accounts, event: CopyRequested): void {
  const copyTotalAmt = decimal(event.copyTotalAmt);
  const account = withRequest(state.account(event.accountId), event.requestId, event.occurredAt, bodyOf(event));
  const copiesStarted = account.copiesStarted + 1;
  state.setAccount({ ...account, copiesStarted, wallet: account.wallet.minus(copyTotalAmt) });
  const { accountId, copyId, providerId, country } = event;
  const terms = copyTerms({ accountId, copyId, providerId, copyTotalAmt, country }, event.settings);
  state.addCopy(terms, startingCopy(copyTotalAmt));
}

export function askProvider(event: CopyRequested): Outgoing[] {
  const { providerId, accountId, copyId, ownerId, occurredAt } = event;
  const { copyOpenPositions } = event.settings;
  const ids = { providerId, accountId, copyId, ownerId };
  const record: AddFollower = { type: 'AddFollower', ...ids, copyOpenPositions, occurredAt };
  const partition = partitionOf(providerId, partitionCount);
  return [{ to: streams.providersCommands, record, key: providerId, partition }];
}

/** The provider's side admitted the copy; one that was cancelled meanwhile ends at once, and the provider is told. */
export function confirmCopy(
  state: Accounts,
  command: ConfirmCopy,
  rules: Rules,
): (CopyConfirmed | OpenPositionJoined | CopyStopped)[] {
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
    fees: null,
    announced: null,
  };
  if (status === 'starting') {
    const { fees, announced } = command;
    const active = { ...entry.copy, status: 'active', fromOrder, lastOrder: fromOrder - 1 } as const;
    return [{ ...confirmed, fees, announced }, ...joinPositions(state, entry, active, command, rules)];
  }
  return [confirmed, { type: 'CopyStopped', accountId, copyId, providerId, returned: copyTotalAmt, occurredAt }];
}

export function copyConfirmed(state: Accounts, event: CopyConfirmed): void {
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const lastOrder = event.fromOrder - 1;
  const status = entry.copy.status === 'cancelled' ? 'stopping' : 'active';
  const unsettled = event.fees && unsettledFrom(entry.copy.cash, event.fees, event.announced);
  const fees = unsettled && { ...noDue, unsettled };
  state.setCopy(entry, { ...entry.copy, status, fromOrder: event.fromOrder, lastOrder, fees });
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
