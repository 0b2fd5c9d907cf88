/**
 * Whether an account of a kind may be below zero at a commit:
 * `never`; `until_closed`: while it is open it may be, and when it is closed it is exactly zero (a copy owes what its
 * positions have lost until they are closed, on cross margin also what is covered by their gains); `always`: it is the other
 * side of somebody else's money.
 */
export type BelowZero = 'never' | 'until_closed' | 'always';

/** Every kind of account there is, with its rule. The database has the same list: a new kind is a new migration. */
export const accountKinds = {
  /** Money of a follower that is in no copy. */
  wallet: 'never',
  /** Cash of a copy. */
  copy: 'until_closed',
  /** What a provider has earned. */
  earnings: 'never',
  'platform-revenue': 'never',
  /** What venues took; rebates may be more. */
  fees: 'always',
  /** What venues owe from closed trades. */
  'venue-clearing': 'always',
  /** Losses beyond a copy's equity: the platform owes them until it pays in. */
  insurance: 'always',
  /** Everything outside of the platform: minus what was deposited. */
  external: 'always',
} as const satisfies Record<string, BelowZero>;

export type AccountKind = keyof typeof accountKinds;

export const external = 'external';
export const fees = 'fees';
export const insurance = 'insurance';
export const platformRevenue = 'platform-revenue';
export const venueClearing = 'venue-clearing';
export const wallet = (accountId: string): string => `wallet/${accountId}`;
export const copy = (copyId: string): string => `copy/${copyId}`;
export const earnings = (providerId: string): string => `earnings/${providerId}`;

/** Kinds of which each owner has one: their names go on behind a slash. */
const owned: readonly AccountKind[] = ['wallet', 'copy', 'earnings'];

/** The kind of an account by its name; undefined where no account can have that name. */
export function kindOf(account: string): AccountKind | undefined {
  const slash = account.indexOf('/');
  const kind = (slash < 0 ? account : account.slice(0, slash)) as AccountKind;
  if (!Object.hasOwn(accountKinds, kind)) return undefined;
  return owned.includes(kind) === (slash > 0 && slash < account.length - 1) ? kind : undefined;
}
