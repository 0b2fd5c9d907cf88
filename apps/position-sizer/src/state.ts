import { partitionCount, partitionOf } from '@slipstream/contracts';
import {
  isZero,
  noMarks,
  reviveCopy,
  reviveMarks,
  reviveTerms,
  type Copy,
  type CopyTerms,
  type Decimal,
  type LineMarks,
} from '@slipstream/domain';
import type { Store } from '@slipstream/streams';
import { newAccount, reviveAccount, type Account } from './account.js';

/** A copy as it is kept at hand: its key and line are worked out once. */
export interface CopyEntry {
  readonly key: string;
  terms: CopyTerms;
  /** Line of its provider: partition of providers.events. */
  readonly line: number;
  copy: Copy;
  /** Whether it has a position. */
  exposed: boolean;
}

const accountKey = (accountId: string): string => `account/${accountId}`;
const copyKey = (copyId: string): string => `copy/${copyId}`;
const termsKey = (copyId: string): string => `terms/${copyId}`;
const marksKey = (line: number): string => `marks/${line}`;

/** Accounts of one partition and their copies. */
export class Accounts {
  private readonly copies = new Map<string, CopyEntry>();
  private readonly byAccount = new Map<string, CopyEntry[]>();
  /** Copies with a position, by line: those a mark can concern. */
  private readonly exposed = new Map<number, Set<CopyEntry>>();
  /** Copies that haven't stopped, by line. */
  private readonly running = new Map<number, Set<CopyEntry>>();
  /** Accounts that may not open; few. */
  private readonly suspended = new Set<string>();

  constructor(
    private readonly store: Store,
    readonly partition: number,
  ) {
    for (const [id, value] of store.entries()) {
      if (id.startsWith('terms/')) this.addEntry(value as CopyTerms);
      else if (id.startsWith('account/') && (value as Account).suspended)
        this.suspended.add((value as Account).accountId);
    }
  }

  account(accountId: string): Account {
    return this.store.get<Account>(accountKey(accountId)) ?? newAccount(accountId);
  }
  setAccount(account: Account): void {
    this.store.set(accountKey(account.accountId), account);
    if (account.suspended) this.suspended.add(account.accountId);
    else this.suspended.delete(account.accountId);
  }
  isSuspended(accountId: string): boolean {
    return this.suspended.has(accountId);
  }

  entry(copyId: string): CopyEntry | undefined {
    return this.copies.get(copyId);
  }
  /** Copies of an account, in no order. */
  copiesOf(accountId: string): readonly CopyEntry[] {
    return this.byAccount.get(accountId) ?? [];
  }
  addCopy(terms: CopyTerms, copy: Copy): void {
    this.store.set(termsKey(terms.copyId), terms);
    this.store.set(copyKey(terms.copyId), copy);
    this.addEntry(terms);
  }
  setCopy(entry: CopyEntry, copy: Copy): void {
    if (entry.copy.positions !== copy.positions) this.expose(entry, copy);
    if (copy.status === 'stopped' && entry.copy.status !== 'stopped') this.running.get(entry.line)?.delete(entry);
    entry.copy = copy;
    this.store.set(entry.key, copy);
  }

  setTerms(entry: CopyEntry, terms: CopyTerms): void {
    entry.terms = terms;
    this.store.set(termsKey(terms.copyId), terms);
  }

  marks(line: number): LineMarks {
    return this.store.get<LineMarks>(marksKey(line)) ?? noMarks;
  }
  setMarks(line: number, marks: LineMarks): void {
    this.store.set(marksKey(line), marks);
  }
  markOf(line: number): (instrument: string) => Decimal | undefined {
    const { prices } = this.marks(line);
    return (instrument) => prices[instrument];
  }
  /** Copies of the line that haven't stopped, in no order. */
  copiesOn(line: number): Iterable<CopyEntry> {
    return this.running.get(line) ?? [];
  }
  /** Copies of the line that hold something, in no order. */
  exposedOn(line: number): Iterable<CopyEntry> {
    return this.exposed.get(line) ?? [];
  }

  private addEntry(terms: CopyTerms): void {
    const copy = this.store.get<Copy>(copyKey(terms.copyId));
    if (!copy) throw new Error(`copy ${terms.copyId} has terms but no state`);
    const line = partitionOf(terms.providerId, partitionCount);
    const entry: CopyEntry = { key: copyKey(terms.copyId), terms, line, copy, exposed: false };
    this.copies.set(terms.copyId, entry);
    const siblings = this.byAccount.get(terms.accountId);
    if (siblings) siblings.push(entry);
    else this.byAccount.set(terms.accountId, [entry]);
    if (copy.status !== 'stopped') {
      const running = this.running.get(line) ?? new Set();
      this.running.set(line, running.add(entry));
    }
    this.expose(entry, copy);
  }

  private expose(entry: CopyEntry, copy: Copy): void {
    const exposed = holdsSomething(copy);
    if (exposed === entry.exposed) return;
    entry.exposed = exposed;
    const line = this.exposed.get(entry.line) ?? new Set();
    this.exposed.set(entry.line, line);
    if (exposed) line.add(entry);
    else line.delete(entry);
  }
}

function holdsSomething({ positions }: Copy): boolean {
  for (const position of positions) if (!isZero(position.quantity)) return true;
  return false;
}

/** Sorted by copy id, so that events come out the same after a load. */
export const sorted = (entries: CopyEntry[]): CopyEntry[] =>
  entries.sort((a, b) => (a.terms.copyId < b.terms.copyId ? -1 : 1));

/** Aggregates as they were saved, made usable again. */
export function revive(id: string, json: unknown): object {
  if (id.startsWith('copy/')) return reviveCopy(json);
  if (id.startsWith('terms/')) return reviveTerms(json);
  return id.startsWith('marks/') ? reviveMarks(json) : reviveAccount(json);
}
