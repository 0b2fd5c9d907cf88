import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  record as makeRecord,
  UnknownSchema,
  UnreadableRecord,
  type AnyRecord,
  type Codec,
} from '@slipstream/contracts';
import { entriesOf, sliceOf } from './cut.js';
import { deadLetter } from './dead-letters.js';
import { InvariantBroken, messageOf } from './errors.js';
import type { Fold } from './fold.js';
import { counts, header, headerText } from './headers.js';
import type { LogRecord } from './log.js';
import { parseSource } from './marks.js';
import { writtenByNewer } from './open-codec.js';
import type { Logger } from './options.js';
import type { PartitionMemory } from './partition-memory.js';
import { Slice, type Trace } from './slice.js';

/** A slice ends after so many entries of commands, or so many bytes of answers or commands. */
const sliceEntriesMax = 5000;
const sliceBytesMax = 8 * 1024 * 1024;
/** The event loop gets its turn after so many entries. */
const entriesPerTurn = 500;

export interface DecideOptions {
  readonly codec: Codec;
  readonly prefix: string;
  readonly rules: string;
  readonly logger: Logger;
  readonly sliceEntriesMax?: number;
}

/**
 * Steps 1 to 3 of the shell, without any I/O: takes records from `from` on, drops what was seen, takes the answer from
 * the journal or decides, evolves, and collects what is to be appended and sent. The memory is changed at once; who
 * fails to append it has to drop it.
 */
export class Decider<S> {
  constructor(
    private readonly fold: Fold<S>,
    private readonly options: DecideOptions,
  ) {}

  async slice(memory: PartitionMemory<S>, records: readonly LogRecord[], from: number): Promise<Slice> {
    const slice = new Slice(this.options.codec, this.options.prefix);
    const entriesMax = this.options.sliceEntriesMax ?? sliceEntriesMax;
    let sinceTurn = 0;
    for (let i = from; i < records.length; i++) {
      const record = records[i] as LogRecord;
      if (record.offset !== memory.next) this.hole(memory, record);
      const before = slice.entries;
      this.take(memory, slice, record);
      memory.next = record.offset + 1;
      slice.records++;
      if (slice.entries >= entriesMax || Math.max(slice.journalBytes, slice.outbox.bytes) >= sliceBytesMax) break;
      sinceTurn += slice.entries - before;
      if (sinceTurn >= entriesPerTurn) {
        sinceTurn = 0;
        await nextTurn();
      }
    }
    this.answerNothing(memory, slice);
    return slice;
  }

  private hole(memory: PartitionMemory<S>, record: LogRecord): never {
    const log = `${this.options.prefix}${this.fold.inbox.topic}/${memory.partition}`;
    throw new InvariantBroken(
      `${log} goes on at offset ${record.offset}, but ${memory.next} is the next to be processed: records were lost or the topic was replaced. Restore the topic, or empty the service's database schema to begin anew.`,
    );
  }

  private take(memory: PartitionMemory<S>, slice: Slice, record: LogRecord): void {
    const trace: Trace = {
      correlationId:
        headerText(record.headers, header.correlationId) ??
        `${this.fold.inbox.topic}/${memory.partition}/${record.offset}`,
      receivedAt: headerText(record.headers, header.receivedAt),
    };
    const command = this.unseen(memory, slice, record, trace);
    slice.entries += command === null ? 1 : Math.max(1, entriesOf(command));
    const meta = { partition: memory.partition, offset: record.offset };
    if (record.offset <= memory.lastAnswered) {
      for (const answer of memory.takeAnswers(record.offset)) {
        if (answer.event.type !== 'Answered') this.apply(memory, slice, answer.event, answer.offset, trace);
      }
    } else {
      slice.lastUnanswered = record.offset;
      for (const event of command === null ? [] : this.decide(memory, command, meta, trace)) {
        const offset = memory.journalEnd + slice.journal.length;
        this.append(slice, memory, event, record, trace);
        this.apply(memory, slice, event, offset, trace);
        if (this.fold.effects) slice.effects.push({ event, trace });
      }
    }
    if (command === null) return;
    this.fold.absorb?.(memory.state, command);
    const passed = this.fold.pass?.(memory.state, command, meta);
    if (passed?.length) slice.outbox.add(passed, this.log(this.fold.inbox, memory), record.offset, trace);
  }

  /** The command, or what of it wasn't seen before; null when nothing is left to decide. */
  private unseen(memory: PartitionMemory<S>, slice: Slice, record: LogRecord, trace: Trace): AnyRecord | null {
    if (this.fold.inbox.kind === 'journal' && !counts(record.offset, record.headers)) return null;
    let command: AnyRecord;
    try {
      command = this.options.codec.decode(record.value);
      if (!(this.fold.inbox.records as readonly string[]).includes(command.type)) {
        throw new UnreadableRecord(`${command.type} doesn't belong into ${this.fold.inbox.topic}`);
      }
    } catch (error) {
      if (error instanceof UnknownSchema)
        throw writtenByNewer(`${this.log(this.fold.inbox, memory)}/${record.offset}`, error);
      this.dispose(memory, slice, record, error, trace);
      return null;
    }
    if (command.type === 'Answered') return null;
    const text = headerText(record.headers, header.source);
    const source = text === undefined ? null : parseSource(text);
    if (source === null) return command;
    const seen = memory.marks.pass(source);
    if (seen === 0) return command;
    return seen >= source.count ? null : sliceOf(command, seen, source.count);
  }

  private dispose(memory: PartitionMemory<S>, slice: Slice, record: LogRecord, error: unknown, trace: Trace): void {
    const letter = deadLetter(this.fold.service, this.fold.inbox, memory.partition, record, messageOf(error));
    this.options.logger.error(
      {
        correlationId: trace.correlationId,
        topic: this.fold.inbox.topic,
        partition: memory.partition,
        offset: record.offset,
        reason: messageOf(error),
      },
      'unreadable record sent to the dead letters',
    );
    slice.outbox.add([letter], this.log(this.fold.inbox, memory), record.offset, trace);
  }

  private decide(
    memory: PartitionMemory<S>,
    command: AnyRecord,
    meta: { partition: number; offset: number },
    trace: Trace,
  ): readonly AnyRecord[] {
    try {
      return this.fold.decide(memory.state, command, meta);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      this.options.logger.error(
        {
          correlationId: trace.correlationId,
          command: command.type,
          ...meta,
          reason: error.message,
          stack: error.stack,
        },
        'decide failed',
      );
      return this.fold.failed?.(memory.state, command, error) ?? [];
    }
  }

  private apply(memory: PartitionMemory<S>, slice: Slice, event: AnyRecord, offset: number, trace: Trace): void {
    this.fold.evolve(memory.state, event);
    const commands = this.fold.follow(memory.state, event, { partition: memory.partition, offset });
    if (commands.length > 0) slice.outbox.add(commands, this.log(this.fold.journal, memory), offset, trace);
  }

  private append(slice: Slice, memory: PartitionMemory<S>, event: AnyRecord, cause: LogRecord, trace: Trace): void {
    const headers: Record<string, string> = {
      [header.cause]: String(cause.offset),
      [header.at]: String(memory.journalEnd + slice.journal.length),
      [header.rules]: this.options.rules,
      [header.correlationId]: trace.correlationId,
    };
    const causeSource = headerText(cause.headers, header.source);
    if (causeSource !== undefined) headers[header.causeSource] = causeSource;
    if (trace.receivedAt !== undefined) headers[header.receivedAt] = trace.receivedAt;
    const key = (event as unknown as Record<string, unknown>)[this.fold.journal.key];
    slice.addEvent({
      key: typeof key === 'string' ? key : null,
      value: this.options.codec.encode(event),
      headers,
    });
  }

  /** A slice that decides nothing is answered too: its owner learns from the ack that it still is the owner. */
  private answerNothing(memory: PartitionMemory<S>, slice: Slice): void {
    if (slice.lastUnanswered === null || slice.journal.length > 0) return;
    slice.addEvent({
      key: null,
      value: this.options.codec.encode(makeRecord('Answered', {})),
      headers: {
        [header.cause]: String(slice.lastUnanswered),
        [header.at]: String(memory.journalEnd),
        [header.rules]: this.options.rules,
      },
    });
  }

  private log(stream: { readonly topic: string }, memory: PartitionMemory<S>): string {
    return `${stream.topic}/${memory.partition}`;
  }
}
