import type { AnyRecord, CommandRefused } from '@slipstream/contracts';
import { requestKind, withRequest } from '@slipstream/domain';
import type { Accounts, CopyEntry } from './state.js';

interface Requested {
  readonly type: AnyRecord['type'];
  readonly requestId: string;
  readonly accountId: string;
  readonly occurredAt: number;
}

type Refuse = (reason: string, detail: string) => CommandRefused[];

/**
 * A command from an edge, which is no log: the account knows its requests by id. The same again does nothing; the same id
 * with another body, and one too old to be known, are refused.
 */
export function asRequest<E extends AnyRecord>(
  state: Accounts,
  command: Requested,
  body: string,
  decide: (refuse: Refuse) => readonly (E | CommandRefused)[],
): (E | CommandRefused)[] {
  const { accountId, requestId } = command;
  const refuse: Refuse = (reason, detail) => [
    { type: 'CommandRefused', command: command.type, id: requestId, accountId, reason, detail },
  ];
  switch (requestKind(state.account(accountId), requestId, command.occurredAt, body)) {
    case 'seen':
      return [];
    case 'reused':
      return refuse('request_id_reused', 'This request id was used for another request.');
    case 'old':
      return refuse('request_too_old', 'Requests older than 7 days of market time are not taken.');
    case 'fresh':
      return [...decide(refuse)];
  }
}

interface OfCopy extends Requested {
  readonly copyId: string;
}

/** The same for a command that concerns one copy of the account: a copy that isn't the account's is unknown. */
export function asCopyRequest<E extends AnyRecord>(
  state: Accounts,
  command: OfCopy,
  body: string,
  decide: (entry: CopyEntry, refuse: Refuse) => readonly (E | CommandRefused)[],
): (E | CommandRefused)[] {
  return asRequest<E>(state, command, body, (refuse) => {
    const entry = state.entry(command.copyId);
    if (!entry || entry.terms.accountId !== command.accountId)
      return refuse('copy_unknown', `There is no copy ${command.copyId}.`);
    return decide(entry, refuse);
  });
}

/** A request that was granted is known under its id from here on. */
export function granted(
  state: Accounts,
  event: { readonly accountId: string; readonly requestId: string; readonly occurredAt: number },
  body: string,
): void {
  state.setAccount(withRequest(state.account(event.accountId), event.requestId, event.occurredAt, body));
}

/** A refused request stays refused under its id. */
export function commandRefused(state: Accounts, event: CommandRefused): void {
  const account = state.account(event.accountId);
  if (event.reason === 'request_too_old' || event.reason === 'request_id_reused') return;
  state.setAccount(withRequest(account, event.id, account.latestAt, null));
}
