import { decimal, noRequests, zero, type Decimal, type Requests } from '@slipstream/domain';

/** A follower's account; its copies are aggregates of their own. */
export interface Account extends Requests {
  readonly accountId: string;
  /** Free money, not in any copy. */
  readonly wallet: Decimal;
  /** Copies it has started so far. */
  readonly copiesStarted: number;
  /** A decision failed: opens are skipped. */
  readonly suspended: boolean;
}

export const newAccount = (accountId: string): Account => ({
  ...noRequests,
  accountId,
  wallet: zero,
  copiesStarted: 0,
  suspended: false,
});

export function reviveAccount(json: unknown): Account {
  const saved = json as Account;
  return { ...saved, wallet: decimal(saved.wallet as unknown as string) };
}
