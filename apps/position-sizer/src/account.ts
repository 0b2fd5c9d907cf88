import { decimal, noRequests, zero, type Decimal, type Requests } from '@slipstream/domain';

/** A follower's account; its copies are aggregates of their own. */
export interface Account extends Requests {
  readonly accountId: string;
  /** Free money, not in any copy. */
  readonly wallet: Decimal;
  /** Copies it has started so far. */
  readonly copiesStarted: number;
  /** By provider: start of the latest month that was paid, ms; it isn't paid again. */
  readonly months: Readonly<Record<string, number>>;
  /** A decision failed: opens are skipped. */
  readonly suspended: boolean;
}

export const newAccount = (accountId: string): Account => ({
  ...noRequests,
  accountId,
  wallet: zero,
  copiesStarted: 0,
  months: {},
  suspended: false,
});

export function reviveAccount(json: unknown): Account {
  const saved = json as Account;
  // What an earlier version didn't know has its default.
  return { ...newAccount(saved.accountId), ...saved, wallet: decimal(saved.wallet as unknown as string) };
}
