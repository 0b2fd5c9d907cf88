// The naive twin of the stream shell: one partition, one record after the other, nothing lost, nothing repeated.
import { listEntriesMax, listField, UnreadableRecord, type AnyRecord, type Codec } from '@slipstream/contracts';
import { headerNumber, headerText, type Fold, type Headers, type Outgoing, type Store } from '@slipstream/streams';

/** A record as it lies in a topic. */
export interface RawRecord {
  readonly offset: number;
  readonly value: Buffer | null;
  readonly headers: Headers;
}

/** What an undisturbed run would have said, and where the recorded journal differs from it. */
export interface Undisturbed {
  readonly differences: string[];
  /** Expected outgoing records: topic/partition → source → bytes. */
  readonly sent: Map<string, Map<string, Buffer>>;
  readonly decided: number;
}

interface Source {
  readonly log: string;
  readonly offset: number;
  readonly first: number;
  readonly count: number;
}

/** `topic/partition/offset/first/count`. */
export function parseSource(text: string): Source {
  const parts = text.split('/');
  const [offset, first, count] = parts.slice(-3).map(Number) as [number, number, number];
  return { log: parts.slice(0, -3).join('/'), offset, first, count };
}

/**
 * Runs a fold over the recorded inbox of one partition and compares with its recorded journal.
 * @param journal only the records that count (each at its `at`)
 * @param topicOf name of a stream's topic, with the prefix of this installation
 */
export function undisturbed<S>(
  fold: Fold<S>,
  codec: Codec,
  partition: number,
  inbox: readonly RawRecord[],
  journal: readonly RawRecord[],
  topicOf: (stream: { readonly topic: string }) => string,
): Undisturbed {
  const state = fold.open(plainStore(), partition);
  const result: Undisturbed = { differences: [], sent: new Map(), decided: 0 };
  const answers = Map.groupBy(
    journal.filter((record) => codec.decode(record.value).type !== 'Answered'),
    (record) => headerNumber(record.headers, 'cause'),
  );
  const marks = new Map<string, Source>();
  const out = new Outbox(codec, result.sent, topicOf);
  let decided = 0;
  for (const input of inbox) {
    const command = accept(codec, input, marks);
    const said = answers.get(input.offset) ?? [];
    answers.delete(input.offset);
    if (!command) {
      if (said.length > 0) result.differences.push(`${where(fold, partition, input)}: dropped here, answered there`);
      continue;
    }
    const events = fold.decide(state, command, { partition, offset: input.offset });
    compare(codec, events, said, `${where(fold, partition, input)} ${command.type}`, result.differences);
    events.forEach((event, index) => {
      fold.evolve(state, event);
      const offset = said[index]?.offset ?? -1;
      out.add(`${fold.journal.topic}/${partition}/${offset}`, fold.follow(state, event, { partition, offset }));
    });
    decided += events.length;
    fold.absorb?.(state, command);
    const passed = fold.pass?.(state, command, { partition, offset: input.offset }) ?? [];
    out.add(`${fold.inbox.topic}/${partition}/${input.offset}`, passed);
  }
  for (const cause of answers.keys())
    result.differences.push(`${fold.service} p${partition}: answer to ${cause}, no such record`);
  return { ...result, decided };
}

/** The command of a record without what was seen before; null when nothing is left of it. */
function accept(codec: Codec, input: RawRecord, marks: Map<string, Source>): AnyRecord | null {
  const header = headerText(input.headers, 'source');
  const source = header === undefined ? null : parseSource(header);
  const mark = source && marks.get(source.log);
  let seen = 0;
  if (source && mark) {
    if (source.offset < mark.offset) seen = source.count;
    else if (source.offset === mark.offset) seen = Math.min(Math.max(mark.first - source.first + 1, 0), source.count);
  }
  if (source && seen >= source.count) return null;
  if (source) marks.set(source.log, { ...source, first: source.first + source.count - 1 });
  try {
    const command = codec.decode(input.value);
    const field = listField[command.type];
    if (seen === 0 || !field) return command;
    const list = (command as unknown as Record<string, readonly unknown[]>)[field] ?? [];
    return { ...command, [field]: list.slice(seen) };
  } catch (error) {
    if (error instanceof UnreadableRecord) return null;
    throw error;
  }
}

function compare(
  codec: Codec,
  events: readonly AnyRecord[],
  said: readonly RawRecord[],
  at: string,
  differences: string[],
): void {
  if (events.length !== said.length) {
    differences.push(`${at}: ${events.length} events undisturbed, ${said.length} in the journal`);
    return;
  }
  events.forEach((event, index) => {
    const there = said[index]?.value;
    if (!there || !codec.encode(event).equals(there)) differences.push(`${at}: event ${index} (${event.type}) differs`);
  });
}

/** Outgoing records by target, cut and numbered as the shell does it. */
class Outbox {
  private readonly codec: Codec;
  private readonly sent: Map<string, Map<string, Buffer>>;
  private readonly topicOf: (stream: { readonly topic: string }) => string;

  constructor(
    codec: Codec,
    sent: Map<string, Map<string, Buffer>>,
    topicOf: (stream: { readonly topic: string }) => string,
  ) {
    this.codec = codec;
    this.sent = sent;
    this.topicOf = topicOf;
  }

  add(log: string, outgoing: readonly Outgoing[]): void {
    let ordinal = 0;
    for (const command of outgoing) {
      for (const [record, count] of cut(command.record)) {
        const target = `${this.topicOf(command.to)}/${command.partition}`;
        const bySource = this.sent.get(target) ?? new Map<string, Buffer>();
        this.sent.set(target, bySource);
        bySource.set(`${log}/${ordinal}/${count}`, this.codec.encode(record));
        ordinal += count;
      }
    }
  }
}

function cut(record: AnyRecord): [AnyRecord, number][] {
  const field = listField[record.type];
  if (!field) return [[record, 1]];
  const list = (record as unknown as Record<string, readonly unknown[]>)[field] ?? [];
  const pieces: [AnyRecord, number][] = [];
  for (let from = 0; from < list.length; from += listEntriesMax) {
    const piece = list.slice(from, from + listEntriesMax);
    pieces.push([{ ...record, [field]: piece }, piece.length]);
  }
  return pieces;
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

const where = (fold: { readonly service: string }, partition: number, input: RawRecord): string =>
  `${fold.service} p${partition} inbox offset ${input.offset}`;
