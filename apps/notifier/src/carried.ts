/** What is kept between events, by group and id. */
export interface CarriedChange {
  readonly group: string;
  readonly id: string;
  /** Null: no longer kept. */
  readonly value: object | null;
}

/** What the events of one journal partition leave for later ones; the database holds the same after each transaction. */
export class Carried {
  private readonly groups = new Map<string, Map<string, object>>();
  private changes = new Map<string, CarriedChange>();

  constructor(rows: Iterable<{ readonly group: string; readonly id: string; readonly value: object }> = []) {
    for (const { group, id, value } of rows) this.groupOf(group).set(id, value);
  }

  get<T extends object>(group: string, id: string): T | undefined {
    return this.groups.get(group)?.get(id) as T | undefined;
  }

  /** Values are never changed in place. */
  set(group: string, id: string, value: object): void {
    this.groupOf(group).set(id, value);
    this.note({ group, id, value });
  }

  delete(group: string, id: string): void {
    const members = this.groups.get(group);
    if (members?.delete(id) !== true) return;
    if (members.size === 0) this.groups.delete(group);
    this.note({ group, id, value: null });
  }

  /** Members of a group, sorted by id: a load has another order than what led to it. */
  entries<T extends object>(group: string): [string, T][] {
    return [...(this.groups.get(group) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)) as [string, T][];
  }

  /** Ends what one event opened: a whole group goes. */
  clear(group: string): void {
    for (const [id] of this.entries(group)) this.delete(group, id);
  }

  /** What has changed since the last call, one change per member. */
  takeChanges(): CarriedChange[] {
    const taken = [...this.changes.values()];
    this.changes = new Map();
    return taken;
  }

  private groupOf(group: string): Map<string, object> {
    let members = this.groups.get(group);
    if (members === undefined) this.groups.set(group, (members = new Map<string, object>()));
    return members;
  }

  private note(change: CarriedChange): void {
    this.changes.set(`${change.group}\n${change.id}`, change);
  }
}
