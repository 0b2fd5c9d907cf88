import { hash } from 'node:crypto';
import { decimal, entryLine, text, type Decimal, type LedgerEntry } from '@slipstream/domain';

/** The chain of an account in one asset, as far as one journal partition wrote it. */
export interface Chain {
  readonly account: string;
  readonly asset: string;
  readonly partition: number;
  readonly entries: number;
  readonly balance: Decimal;
  /** Of the last entry; 32 zero bytes before the first. */
  readonly head: Buffer;
  /** Day of the last entry. */
  readonly day: number;
  readonly closed: boolean;
}

/** h₀ */
const genesis = Buffer.alloc(32);

export const emptyChain = (account: string, asset: string, partition: number): Chain => ({
  ...{ account, asset, partition, entries: 0, balance: decimal('0') },
  ...{ head: genesis, day: Number.MIN_SAFE_INTEGER, closed: false },
});

/** What an entry adds to a chain that knows the rest. */
export type NewEntry = Pick<LedgerEntry, 'offset' | 'leg' | 'bookedAt' | 'kind' | 'counter'>;

/** The chain with one more entry: hₙ = SHA-256(hₙ₋₁ ‖ line), see `entryLine`. */
export function withEntry(chain: Chain, entry: NewEntry, amount: Decimal, day: number): Chain {
  const { account, asset, partition } = chain;
  const entries = chain.entries + 1;
  const balance = chain.balance.plus(amount);
  const said = { account, asset, partition, entry: entries, ...entry, amount: text(amount), balance: text(balance) };
  const head = hash('sha256', Buffer.concat([chain.head, Buffer.from(entryLine(said))]), 'buffer');
  return { account, asset, partition, entries, balance, head, day, closed: chain.closed };
}
