import type { AnyRecord } from '@slipstream/contracts';
import { InvariantBroken } from './errors.js';
import type { Fold } from './fold.js';
import { Marks } from './marks.js';
import type { Loaded, Snapshot } from './saved-state.js';
import { MemoryStore } from './store.js';

/** An event the journal holds already, waiting for its cause to come along in the inbox. */
export interface Answer {
  readonly offset: number;
  readonly cause: number;
  readonly event: AnyRecord;
}

/** All that is known of an owned partition. Dropped as a whole on doubt. */
export class PartitionMemory<S> {
  readonly epoch: number;
  readonly clusterId: string;
  readonly store: MemoryStore;
  readonly state: S;
  readonly marks: Marks;
  /** Next inbox offset. */
  next: number;
  /** Offset the next event is expected to get. */
  journalEnd: number;
  /** As of the last save, and as last committed to the group. */
  savedPosition: number;
  committedPosition: number | null = null;
  lastSavedAtMs = 0;
  lastActiveAtMs = 0;
  recovered = false;
  private nextAnswer = 0;

  constructor(
    fold: Fold<S>,
    readonly partition: number,
    loaded: Loaded,
    journalEnd: number,
    private answers: readonly Answer[],
  ) {
    const revive = fold.revive?.bind(fold) ?? ((_id: string, json: unknown) => json as object);
    this.store = new MemoryStore(new Map(loaded.values.map(([id, json]) => [id, revive(id, json)])));
    this.epoch = loaded.epoch;
    this.clusterId = loaded.clusterId;
    this.marks = new Marks(loaded.marks);
    this.next = loaded.inboxPosition;
    this.savedPosition = loaded.inboxPosition;
    this.journalEnd = journalEnd;
    this.state = fold.open(this.store, partition);
    this.lastAnswered = answers.at(-1)?.cause ?? -1;
    // What `open` may have written is derived from what is saved.
    this.store.takeChanges();
  }

  /** Up to here the journal has the answers; a record without one decided nothing. */
  readonly lastAnswered: number;

  get caughtUp(): boolean {
    return this.next > this.lastAnswered;
  }

  /** The answers to one inbox record. */
  takeAnswers(cause: number): readonly Answer[] {
    const from = this.nextAnswer;
    for (; ; this.nextAnswer++) {
      const answer = this.answers[this.nextAnswer];
      if (answer && answer.cause < cause) {
        throw new InvariantBroken(
          `Journal record ${answer.offset} of partition ${this.partition} answers inbox record ${answer.cause}, which was passed: the journal doesn't fit the saved state.`,
        );
      }
      if (answer?.cause !== cause) break;
    }
    const taken = this.answers.slice(from, this.nextAnswer);
    if (this.nextAnswer === this.answers.length) {
      this.answers = [];
      this.nextAnswer = 0;
    }
    return taken;
  }

  get changes(): number {
    return this.store.changes;
  }

  get unsaved(): boolean {
    return this.next !== this.savedPosition;
  }

  /** Only between slices, when all is answered, followed and acked. */
  snapshot(): Snapshot {
    return {
      inboxPosition: this.next,
      journalPosition: this.adoptedTo(),
      marks: this.marks.toJSON(),
      changes: this.store.takeChanges(),
    };
  }

  /** While catching up, the journal is in the state only up to the next answer. */
  private adoptedTo(): number {
    return this.answers[this.nextAnswer]?.offset ?? this.journalEnd;
  }
}
