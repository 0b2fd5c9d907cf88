import { Codec, createSchemaIds, partitionCount, type AnyRecord, type Stream } from '@slipstream/contracts';
import { openKafkaJsLog, topicName, type Appender, type Log, type LogMessage } from '@slipstream/streams';

/** A record on its way into a journal. */
export interface Entry {
  readonly partition: number;
  readonly key: string;
  readonly value: Buffer;
}

/** The one writer of an empty journal: each record says at which offset it lies, as the deciding service would. */
export class JournalWriter {
  private readonly next: number[] = Array.from({ length: partitionCount }, () => 0);
  private readonly topic: string;
  private readonly codec: Codec;
  private readonly log: Log;
  private readonly appender: Appender;

  private constructor(topic: string, codec: Codec, log: Log, appender: Appender) {
    this.topic = topic;
    this.codec = codec;
    this.log = log;
    this.appender = appender;
  }

  static async open(stream: Stream, brokers: string, prefix: string): Promise<JournalWriter> {
    const quiet = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error };
    const log = openKafkaJsLog({ brokers: brokers.split(','), clientId: 'bench-journal', logger: quiet });
    const codec = new Codec(await createSchemaIds({}));
    return new JournalWriter(topicName(stream, prefix), codec, log, await log.openAppender());
  }

  /** A record in its binary form, made before anything is measured. */
  entry(partition: number, key: string, event: AnyRecord): Entry {
    return { partition, key, value: this.codec.encode(event) };
  }

  /**
   * Appends the entries, those of a partition in their order.
   * @returns the offset of each entry
   * @throws Error when there is another writer
   */
  async append(entries: readonly Entry[]): Promise<number[]> {
    const receivedAt = String(Date.now());
    const batches = new Map<number, LogMessage[]>();
    const offsets = entries.map(({ partition, key, value }) => {
      const messages = batches.get(partition) ?? [];
      batches.set(partition, messages);
      const offset = (this.next[partition] ?? 0) + messages.length;
      const at = String(offset);
      messages.push({ key, value, headers: { at, cause: at, rules: 'bench', corr: 'bench', t0: receivedAt } });
      return offset;
    });
    if (batches.size === 0) return offsets;
    const all = [...batches].map(([partition, messages]) => ({ topic: this.topic, partition, messages }));
    const first = await this.appender.append(all);
    all.forEach(({ partition, messages }, index) => {
      const expected = this.next[partition] ?? 0;
      if (first[index] !== expected)
        throw new Error(`${this.topic}/${partition} has another writer: ${first[index]} instead of ${expected}`);
      this.next[partition] = expected + messages.length;
    });
    return offsets;
  }

  async close(): Promise<void> {
    await this.appender.close();
    await this.log.close();
  }
}
