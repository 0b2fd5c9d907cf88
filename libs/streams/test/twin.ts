import { Codec, lockIds, type AnyRecord } from '@slipstream/contracts';
import type { Fold, Outgoing, Store } from '../src/index.js';
import { encodePieces, entriesOf, sliceOf } from '../src/cut.js';
import { header, headerText } from '../src/headers.js';
import type { LogRecord } from '../src/log.js';

const codec = new Codec(lockIds());

/** Values by partition: `journal[p]`, and what partition p sends to each other one: `outgoing['p>q']`. */
export interface Said {
  readonly journal: string[][];
  readonly outgoing: Record<string, string[]>;
}

/**
 * The naive twin of the shell: one record after the other, in memory, every entry of every source taken once (a set of
 * all that was seen, no marks), no batches, no log, no database. What an undisturbed run must say.
 */
export function twin<S>(fold: Fold<S>, inbox: readonly (readonly LogRecord[])[]): Said {
  const outgoing: Record<string, string[]> = {};
  const journal = inbox.map((records, partition) => {
    const values: string[] = [];
    const state = fold.open(plainStore(), partition);
    const seen = new Set<string>();
    const send = (commands: readonly Outgoing[]): void => {
      for (const command of commands) {
        const known = (outgoing[`${partition}>${command.partition}`] ??= []);
        known.push(...entryValues(command.record));
      }
    };
    for (const record of records) {
      const command = fresh(record, seen, fold);
      if (command === null) continue;
      const meta = { partition, offset: record.offset };
      for (const event of decide(fold, state, command, meta)) {
        values.push(codec.encode(event).toString('base64'));
        fold.evolve(state, event);
        send(fold.follow(state, event, { partition, offset: values.length }));
      }
      fold.absorb?.(state, command);
      send(fold.pass?.(state, command, meta) ?? []);
    }
    return values;
  });
  return { journal, outgoing };
}

/** Each entry of a record as a record of its own. */
export function entryValues(record: AnyRecord, from = 0): string[] {
  const values: string[] = [];
  for (let entry = from; entry < entriesOf(record); entry++) {
    const one = entriesOf(record) === 1 ? record : sliceOf(record, entry, entry + 1);
    values.push(
      encodePieces(codec, one)
        .map((piece) => piece.value.toString('base64'))
        .join(),
    );
  }
  return values;
}

function decide<S>(fold: Fold<S>, state: S, command: AnyRecord, meta: { partition: number; offset: number }) {
  try {
    return fold.decide(state, command, meta);
  } catch (error) {
    return fold.failed?.(state, command, error as Error) ?? [];
  }
}

function fresh<S>(record: LogRecord, seen: Set<string>, fold: Fold<S>): AnyRecord | null {
  let command: AnyRecord;
  try {
    command = codec.decode(record.value);
  } catch {
    return null;
  }
  if (!(fold.inbox.records as readonly string[]).includes(command.type)) return null;
  const source = headerText(record.headers, header.source);
  if (source === undefined) return command;
  const parts = source.split('/');
  const [first, count] = [Number(parts.at(-2)), Number(parts.at(-1))];
  const names = Array.from({ length: count }, (_, i) => `${parts.slice(0, -2).join('/')}/${first + i}`);
  const taken = names.map((name) => !seen.has(name));
  for (const name of names) seen.add(name);
  if (taken.every(Boolean)) return command;
  return taken.some(Boolean) ? sliceOf(command, taken.indexOf(true), count) : null;
}

function plainStore(): Store {
  const values = new Map<string, object>();
  return {
    get: <T>(id: string) => values.get(id) as T | undefined,
    set: (id, value) => void values.set(id, value),
    delete: (id) => void values.delete(id),
    entries: () => [...values].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}
