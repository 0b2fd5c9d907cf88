import type {
  AccountReinstated,
  CommandRefused,
  CopiesMeasured,
  CopyRestricted,
  EndCopies,
  ReinstateAccount,
  RestrictCopies,
} from '@slipstream/contracts';
import { isRunning, stopCopy, type Stop } from '@slipstream/domain';
import { measureRetired } from './measure-copies.js';
import { asRequest, granted } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts } from './state.js';

/**
 * The provider's side ends copies; each stops as its settings say. One that stops already goes on with that. All of a
 * provider that leads no more are settled at that moment, and for the rest when they have stopped.
 */
export function endCopies(state: Accounts, command: EndCopies, { instruments }: Rules): (Stop | CopiesMeasured)[] {
  const { reason, occurredAt } = command;
  const entries = command.copies.flatMap(({ copyId }) => state.entry(copyId) ?? []);
  const settled = reason === 'provider_retired' ? measureRetired(state, entries, occurredAt, instruments) : [];
  const stops = entries
    .filter(({ copy }) => isRunning(copy))
    .flatMap((entry) => {
      const { subPosCloseType } = entry.terms.settings;
      const cause = { reason, causeType: 'stop', subPosCloseType, requestId: null, occurredAt } as const;
      return stopCopy(entry.terms, entry.copy, cause, instruments, state.markOf(entry.line));
    });
  return [...settled, ...stops];
}

/** Copies that may not open, or may again. */
export function restrictCopies(state: Accounts, command: RestrictCopies): CopyRestricted[] {
  const { providerId, reason, restricted, occurredAt } = command;
  return command.copies.flatMap(({ accountId, copyId }): CopyRestricted[] => {
    const entry = state.entry(copyId);
    if (!entry || entry.copy.restrictions.includes(reason) === restricted) return [];
    return [{ type: 'CopyRestricted', accountId, copyId, providerId, reason, restricted, occurredAt }];
  });
}

export function copyRestricted(state: Accounts, { copyId, reason, restricted }: CopyRestricted): void {
  const entry = state.entry(copyId);
  if (!entry) return;
  const others = entry.copy.restrictions.filter((known) => known !== reason);
  state.setCopy(entry, { ...entry.copy, restrictions: restricted ? [...others, reason].sort() : others });
}

const reinstateBody = 'reinstate';

/** An operator has looked at what failed: the account may open again. */
export function reinstateAccount(state: Accounts, command: ReinstateAccount): (AccountReinstated | CommandRefused)[] {
  const { requestId, accountId, occurredAt } = command;
  return asRequest<AccountReinstated>(state, command, reinstateBody, (refuse) =>
    state.isSuspended(accountId)
      ? [{ type: 'AccountReinstated', requestId, accountId, occurredAt }]
      : refuse('account_not_suspended', 'The account is not suspended.'),
  );
}

export function accountReinstated(state: Accounts, event: AccountReinstated): void {
  granted(state, event, reinstateBody);
  state.setAccount({ ...state.account(event.accountId), suspended: false });
}
