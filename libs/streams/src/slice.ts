import type { AnyRecord, Codec, Stream } from '@slipstream/contracts';
import { encodePieces } from './cut.js';
import type { Outgoing } from './fold.js';
import { header } from './headers.js';
import { keyOf, type LogMessage, type PartitionBatch } from './log.js';
import { sourceText } from './marks.js';
import { sizeOf } from './sender.js';
import { topicName } from './topics.js';

/** What travels with a record from hop to hop, in headers. */
export interface Trace {
  readonly correlationId: string;
  readonly receivedAt: string | undefined;
}

/** Commands by the partition they go to, in order. */
export class Outbox {
  private readonly batches = new Map<string, PartitionBatch>();
  bytes = 0;

  constructor(
    private readonly codec: Codec,
    private readonly prefix: string,
  ) {}

  /**
   * Adds what follows from one record of a log. Ordinals run over the entries of all commands of that record.
   * @param log `<topic>/<partition>` of the record, or null when it follows from no log (answers of the outside world)
   */
  add(commands: readonly Outgoing[], log: string | null, offset: number, trace: Trace): void {
    let ordinal = 0;
    for (const command of commands) {
      const target = this.batchOf(command.to, command.partition);
      for (const piece of encodePieces(this.codec, command.record)) {
        const headers: Record<string, string> = { [header.correlationId]: trace.correlationId };
        if (log !== null) headers[header.source] = sourceText(log, offset, ordinal, piece.count);
        if (trace.receivedAt !== undefined) headers[header.receivedAt] = trace.receivedAt;
        const message = { key: command.key, value: piece.value, headers };
        target.messages.push(message);
        this.bytes += sizeOf(message);
        ordinal += piece.count;
      }
    }
  }

  all(): PartitionBatch[] {
    return [...this.batches.values()];
  }

  private batchOf(to: Stream, partition: number): PartitionBatch {
    const at = { topic: topicName(to, this.prefix), partition };
    let batch = this.batches.get(keyOf(at));
    if (!batch) this.batches.set(keyOf(at), (batch = { ...at, messages: [] }));
    return batch;
  }
}

/** The part of a batch that is decided, answered and sent in one go. */
export class Slice {
  readonly journal: LogMessage[] = [];
  readonly outbox: Outbox;
  /** Events whose effects are to be started once they are in the journal, with what their record said. */
  readonly effects: { readonly event: AnyRecord; readonly trace: Trace }[] = [];
  /** Entries of the commands so far. */
  entries = 0;
  records = 0;
  journalBytes = 0;
  /** Offset of the last record that wasn't answered in the journal before; null while there is none. */
  lastUnanswered: number | null = null;

  constructor(codec: Codec, prefix: string) {
    this.outbox = new Outbox(codec, prefix);
  }

  addEvent(message: LogMessage): void {
    this.journal.push(message);
    this.journalBytes += sizeOf(message);
  }
}
