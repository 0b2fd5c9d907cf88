import { decimal, zero, type Decimal } from '@slipstream/domain';

/** A follower's account; its copies are aggregates of their own. */
export interface Account {
  readonly accountId: string;
  /** Free money, not in any copy. */
  readonly wallet: Decimal;
  /** Copies it has started so far. */
  readonly copiesStarted: number;
  /** A decision failed: opens are skipped. */
  readonly suspended: boolean;
  /** Latest time of its requests. */
  readonly latestAt: number;
  /** Requests of the last 7 days of market time, oldest first. */
  readonly requests: readonly Request[];
}

export interface Request {
  readonly id: string;
  readonly at: number;
  /** What it asked for, so that the same id with another body is told apart; null for one that was refused. */
  readonly body: string | null;
}

/** Requests are remembered for 7 days of market time; older ones are refused. */
const rememberMs = 7 * 86_400_000;

export const newAccount = (accountId: string): Account => ({
  accountId,
  wallet: zero,
  copiesStarted: 0,
  suspended: false,
  latestAt: 0,
  requests: [],
});

/** What an account says of a request id: fresh, the same again, another body under the same id, or too old to know. */
export function requestKind(
  account: Account,
  id: string,
  at: number,
  body: string,
): 'fresh' | 'seen' | 'reused' | 'old' {
  const known = account.requests.find((request) => request.id === id);
  if (known) return known.body === null || known.body === body ? 'seen' : 'reused';
  return at < account.latestAt - rememberMs ? 'old' : 'fresh';
}

export function withRequest(account: Account, id: string, at: number, body: string | null): Account {
  if (account.requests.some((request) => request.id === id)) return account;
  const latestAt = Math.max(account.latestAt, at);
  const kept = account.requests.filter((request) => request.at >= latestAt - rememberMs);
  return { ...account, latestAt, requests: [...kept, { id, at, body }] };
}

export function reviveAccount(json: unknown): Account {
  const saved = json as Account;
  return { ...saved, wallet: decimal(saved.wallet as unknown as string) };
}
