import type { AnyRecord, RecordName, Records } from '@slipstream/contracts';
import type { Fold, Outgoing } from '@slipstream/streams';
import { memoryStore, type MemoryStore } from './memory-store.js';

/** A fold of one partition, driven without broker or database. */
export interface Driven<S> {
  readonly state: S;
  readonly store: MemoryStore;
  /** All events so far; an event's index is its offset. */
  readonly journal: readonly AnyRecord[];
  /** All commands that followed, with the answers of effects that were run. */
  readonly sent: readonly Outgoing[];
  /** Hands commands to the fold, one after the other, and returns the events they led to. */
  give(...commands: readonly AnyRecord[]): AnyRecord[];
  /** Events of one type so far. */
  events<N extends RecordName>(type: N): Records[N][];
  /** Runs the effects of all events since the last call and returns their answers. */
  effects(): Promise<AnyRecord[]>;
  /** The same fold after a save and a load; its inbox goes on. */
  reloaded(): Driven<S>;
}

/**
 * Drives a fold as the shell does: decide, evolve, follow, absorb, pass; each command at the next inbox offset.
 * @param from offset of the first command
 */
export function drive<S>(fold: Fold<S>, partition = 0, store: MemoryStore = memoryStore(), from = 0): Driven<S> {
  const state = fold.open(store, partition);
  const journal: AnyRecord[] = [];
  const sent: Outgoing[] = [];
  let inboxOffset = from;
  let effectsFrom = 0;
  const giveOne = (command: AnyRecord): readonly AnyRecord[] => {
    const meta = { partition, offset: inboxOffset++ };
    const events = fold.decide(state, command, meta);
    for (const event of events) {
      const offset = journal.push(event) - 1;
      fold.evolve(state, event);
      sent.push(...fold.follow(state, event, { partition, offset }));
    }
    fold.absorb?.(state, command);
    sent.push(...(fold.pass?.(state, command, meta) ?? []));
    return events;
  };
  return {
    state,
    store,
    journal,
    sent,
    give: (...commands) => commands.flatMap(giveOne),
    events: <N extends RecordName>(type: N) =>
      journal.filter((event): event is Records[N] & AnyRecord => event.type === type),
    effects: async () => {
      const answers: AnyRecord[] = [];
      for (const event of journal.slice(effectsFrom)) {
        for (const outgoing of (await fold.effects?.run(state, event)) ?? []) answers.push(outgoing.record);
      }
      effectsFrom = journal.length;
      return answers;
    },
    reloaded: () => drive(fold, partition, store.reloaded(fold.revive?.bind(fold)), inboxOffset),
  };
}
