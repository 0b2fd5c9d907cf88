import type { Store } from './fold.js';

/** What changed since the last time, by reference: values are immutable, a null is a deletion. */
export type Changes = ReadonlyMap<string, object | null>;

/** An aggregate and whether the next save writes it; a deleted one stays, as null, until it is saved. */
interface Cell {
  readonly id: string;
  value: object | null;
  changed: boolean;
}

/** The aggregates of one partition in memory, and which of them a save has yet to write. */
export class MemoryStore implements Store {
  private readonly cells = new Map<string, Cell>();
  private changed: Cell[] = [];
  private sorted: string[] | null = null;

  constructor(values: ReadonlyMap<string, object> = new Map()) {
    for (const [id, value] of values) this.cells.set(id, { id, value, changed: false });
  }

  get<T>(id: string): T | undefined {
    return (this.cells.get(id)?.value ?? undefined) as T | undefined;
  }

  /** One look-up where the aggregate is known: this is done for each copy of each order. */
  set<T extends object>(id: string, value: T): void {
    const cell = this.cells.get(id);
    if (cell === undefined) {
      this.sorted = null;
      this.note(this.add(id, value));
      return;
    }
    if (cell.value === null) this.sorted = null;
    cell.value = value;
    this.note(cell);
  }

  delete(id: string): void {
    const cell = this.cells.get(id);
    if (cell === undefined || cell.value === null) return;
    this.sorted = null;
    cell.value = null;
    this.note(cell);
  }

  *entries(): Iterable<readonly [string, object]> {
    this.sorted ??= [...this.cells.keys()].sort();
    for (const id of this.sorted) {
      const value = this.cells.get(id)?.value ?? null;
      if (value !== null) yield [id, value];
    }
  }

  /** How many aggregates the next save would write. */
  get changes(): number {
    return this.changed.length;
  }

  /** Hands over the changes and starts a new list. */
  takeChanges(): Changes {
    const changes = new Map<string, object | null>();
    for (const cell of this.changed) {
      cell.changed = false;
      changes.set(cell.id, cell.value);
      if (cell.value === null) this.cells.delete(cell.id);
    }
    this.changed = [];
    return changes;
  }

  /** A save failed: what wasn't changed again since is still to be written. */
  giveBack(changes: Changes): void {
    for (const [id, value] of changes) this.note(this.cells.get(id) ?? this.add(id, value));
  }

  private add(id: string, value: object | null): Cell {
    const cell = { id, value, changed: false };
    this.cells.set(id, cell);
    return cell;
  }

  private note(cell: Cell): void {
    if (cell.changed) return;
    cell.changed = true;
    this.changed.push(cell);
  }
}
