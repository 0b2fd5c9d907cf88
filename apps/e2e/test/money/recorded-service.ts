import type { AnyRecord, RecordName, Records } from '@slipstream/contracts';
import type { Fold, Outgoing } from '@slipstream/streams';
import { memoryStore, type MemoryStore } from '@slipstream/testing';

interface Saved {
  readonly store: MemoryStore;
  readonly inbox: number;
  readonly journal: number;
  readonly sent: number;
}

/** One partition of a service whose process may be killed at any moment: what it said lies in its journal, what it knew is lost. */
export class RecordedService<S> {
  state: S;
  readonly journal: AnyRecord[] = [];
  readonly sent: Outgoing[] = [];
  private store = memoryStore();
  private readonly causes: number[] = [];
  private readonly inbox: AnyRecord[] = [];
  private saved: Saved = { store: memoryStore(), inbox: 0, journal: 0, sent: 0 };

  constructor(
    private readonly fold: Fold<S>,
    private readonly partition: number,
  ) {
    this.state = fold.open(this.store, partition);
  }

  give(command: AnyRecord): readonly AnyRecord[] {
    const offset = this.inbox.push(command) - 1;
    const events = this.fold.decide(this.state, command, { partition: this.partition, offset });
    for (const event of events) {
      this.causes.push(offset);
      const at = this.journal.push(event) - 1;
      this.sent.push(...this.apply(event, at));
    }
    this.fold.absorb?.(this.state, command);
    return events;
  }

  events<N extends RecordName>(type: N): Records[N][] {
    return this.journal.filter((event): event is Records[N] & AnyRecord => event.type === type);
  }

  save(): void {
    const { inbox, journal, sent } = this;
    const store = this.store.reloaded(this.fold.revive?.bind(this.fold));
    this.saved = { store, inbox: inbox.length, journal: journal.length, sent: sent.length };
  }

  /**
   * Killed and taken over: from what was saved, with the answers of the journal as they were written. What it would decide
   * and send now must be what it said then.
   */
  crash(): void {
    const { inbox, journal, sent } = this.saved;
    this.store = this.saved.store.reloaded(this.fold.revive?.bind(this.fold));
    this.state = this.fold.open(this.store, this.partition);
    const again: Outgoing[] = [];
    let next = journal;
    for (let offset = inbox; offset < this.inbox.length; offset += 1) {
      const command = this.inbox[offset] as AnyRecord;
      const decided = this.fold.decide(this.state, command, { partition: this.partition, offset });
      const said: AnyRecord[] = [];
      for (; this.causes[next] === offset; next += 1) {
        const event = JSON.parse(JSON.stringify(this.journal[next])) as AnyRecord;
        said.push(event);
        again.push(...this.apply(event, next));
      }
      expect(decided).toEqual(said);
      this.fold.absorb?.(this.state, command);
    }
    expect(again).toEqual(this.sent.slice(sent));
  }

  private apply(event: AnyRecord, offset: number): readonly Outgoing[] {
    this.fold.evolve(this.state, event);
    return this.fold.follow(this.state, event, { partition: this.partition, offset });
  }
}
