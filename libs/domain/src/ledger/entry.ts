import type { Posting } from './postings.js';

/**
 * One side of a posting, as an entry of the chain of (account, asset, journal partition). Entries of a chain are numbered from
 * 1 in the order of the journal (offset, then leg).
 */
export interface LedgerEntry {
  readonly account: string;
  readonly asset: string;
  readonly partition: number;
  readonly entry: number;
  readonly offset: number;
  readonly leg: number;
  readonly bookedAt: number;
  readonly kind: Posting['kind'];
  /** The other account. */
  readonly counter: string;
  /** Above zero: it came in; below: it went out. Plain decimal text. */
  readonly amount: string;
  /** Sum of the chain's amounts, this one included. Plain decimal text. */
  readonly balance: string;
}

/**
 * What is hashed of an entry: a JSON array without spaces, in UTF-8. h₀ = 32 zero bytes,
 * hₙ = SHA-256(hₙ₋₁ ‖ line of entry n).
 */
export function entryLine(of: LedgerEntry): string {
  const { account, asset, partition, entry, offset, leg, bookedAt, kind, counter, amount, balance } = of;
  return JSON.stringify([account, asset, partition, entry, offset, leg, bookedAt, kind, counter, amount, balance]);
}

/** What a day's Merkle tree has of a chain: a JSON array without spaces, in UTF-8. */
export function headLine(head: {
  readonly account: string;
  readonly asset: string;
  readonly entries: number;
  readonly balance: string;
  /** Lowercase hex. */
  readonly hash: string;
}): string {
  return JSON.stringify([head.account, head.asset, head.entries, head.balance, head.hash]);
}
