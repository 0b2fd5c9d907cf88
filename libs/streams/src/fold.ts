import type { AnyRecord, ServiceName, Stream } from '@slipstream/contracts';

/** Where a record lies. Nothing in it comes from the clock. */
export interface Meta {
  readonly partition: number;
  readonly offset: number;
}

/**
 * The aggregates of one inbox partition by id. Values are immutable JSON-able objects: a change sets a new value, so
 * that a save takes references and stalls nobody. Ids carry their kind: `account/a1`, `marks/3`.
 */
export interface Store {
  get<T>(id: string): T | undefined;
  set<T extends object>(id: string, value: T): void;
  delete(id: string): void;
  /** All aggregates, sorted by id: a load from the database has another order than what was lost. */
  entries(): Iterable<readonly [string, object]>;
}

/** A command for another inbox. */
export interface Outgoing {
  readonly to: Stream;
  /** A record whose list (`listField`) is longer than `listEntriesMax` is cut by the shell. */
  readonly record: AnyRecord;
  /** Key of the record, or null for one that concerns a whole partition; then `partition` says which. */
  readonly key: string | null;
  readonly partition: number;
}

/**
 * A service as a pure fold over its inbox. No clock, randomness, environment, I/O or `await` in any of these; lists are
 * sorted by id. `S` wraps the store of one partition with whatever indexes the service derives from it.
 */
export interface Fold<S> {
  readonly service: ServiceName;
  readonly inbox: Stream;
  readonly journal: Stream;
  /** State of a partition over its (loaded or empty) store. */
  open(store: Store, partition: number): S;
  /** Events a command leads to; refusals are events too, [] when nothing is to be said. Never changes the state. */
  decide(state: S, command: AnyRecord, meta: Meta): readonly AnyRecord[];
  /**
   * Events that answer a command whose `decide` threw (AccountSuspended); without it the command is answered with
   * nothing. Must not throw.
   */
  failed?(state: S, command: AnyRecord, error: Error): readonly AnyRecord[];
  /** Applies an event of the own journal. */
  evolve(state: S, event: AnyRecord): void;
  /** Applies a command that needs no decision to be remembered (MarkPrices), after `decide` was asked; nothing else. */
  absorb?(state: S, fact: AnyRecord): void;
  /**
   * Commands for other inboxes. From the event and the state just after it, which is itself the fold of the journal and
   * of the facts before it, so that it comes out the same when sent again. `meta` lies in the journal.
   */
  follow(state: S, event: AnyRecord, meta: Meta): readonly Outgoing[];
  /** Commands that follow from a fact passed on in line (MarkPrices), without an event. Repeats must do no harm. */
  pass?(state: S, fact: AnyRecord, meta: Meta): readonly Outgoing[];
  /** Effects on the outside world (the venue): started after the event is in the journal. */
  readonly effects?: Effects<S>;
  /** A value as it was saved, made usable again (decimals from their text); the default takes the JSON as it is. */
  revive?(id: string, json: unknown): object;
}

/** What a service does outside the log; answers come back as commands of the own inbox. */
export interface Effects<S> {
  /** Starts what the event asks for and resolves with the answers known so far. Called again after a crash. */
  run(state: S, event: AnyRecord): Promise<readonly Outgoing[]>;
  /** At takeover, after the journal is read: asks for all that was started and not answered. */
  recover(state: S): Promise<readonly Outgoing[]>;
}
