import { UnknownSchema, UnreadableRecord, type AnyRecord, type Codec, type Stream } from '@slipstream/contracts';
import { messageOf } from './errors.js';
import { counts, header, headerNumber, headerText } from './headers.js';
import { openKafkaJsLog } from './kafkajs-log.js';
import type { LogRecord } from './log.js';
import { silent } from './logger.js';
import { openCodec, writtenByNewer } from './open-codec.js';
import type { Logger } from './options.js';
import type { JournalRecord } from './projection.js';
import { topicName } from './topics.js';

export interface ReadJournalOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix?: string;
  readonly stream: Stream;
  /** First offset by partition; the beginning where absent. */
  readonly from?: ReadonlyMap<number, number>;
  /** Gets the records that count, each partition in order. */
  readonly onRecords: (records: readonly JournalRecord[]) => void | Promise<void>;
  /** Stops once this holds (asked every 50 ms and after each delivery); without it the end of the log at the start is where it stops. */
  readonly until?: () => boolean;
  readonly logger?: Logger;
  /** Where schema ids come from; the checked-in lock file by default. */
  readonly schemaRegistryUrl?: string | null;
}

/** Reads a journal by the `at` rule without a stored position, and resolves with the offset behind the last one read. */
export async function readJournal(options: ReadJournalOptions): Promise<Map<number, number>> {
  const codec = await openCodec(options.schemaRegistryUrl);
  const log = openKafkaJsLog({
    brokers: options.brokers,
    clientId: 'slipstream-journal',
    logger: options.logger ?? silent,
  });
  const topic = topicName(options.stream, options.topicPrefix);
  let crash: Error | undefined;
  const reader = await log.openReader([topic], (error) => (crash = error));
  const positions = new Map<number, number>();
  const finished = (): boolean => options.until?.() ?? false;
  try {
    for (;;) {
      if (crash) throw crash;
      const deliveries: Promise<void>[] = [];
      let progress = false;
      for (const [partition, { low, high }] of await log.ends(topic)) {
        const from = positions.get(partition) ?? options.from?.get(partition) ?? low;
        positions.set(partition, Math.max(from, high));
        if (from >= high) continue;
        progress = true;
        deliveries.push(readRange(partition, from, high));
      }
      await Promise.all(deliveries);
      if (options.until === undefined || finished()) return positions;
      if (!progress) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    await reader.close();
    await log.close();
  }

  async function readRange(partition: number, from: number, to: number): Promise<void> {
    let delivered: Promise<void> = Promise.resolve();
    await reader.read({ topic, partition }, from, to, (records) => {
      const counting = records.filter((record) => counts(record.offset, record.headers));
      if (counting.length === 0) return;
      delivered = delivered.then(async () => {
        await codec.learn(counting.map((record) => record.value));
        await options.onRecords(counting.map((record) => toJournalRecord(codec, options.stream, partition, record)));
      });
      // Seen when all is read.
      delivered.catch(() => undefined);
    });
    await delivered;
  }
}

/**
 * @throws UnreadableRecord when it can't be decoded
 * @throws InvariantBroken when its schema is unknown
 */
export function toJournalRecord(codec: Codec, stream: Stream, partition: number, record: LogRecord): JournalRecord {
  let event: AnyRecord;
  try {
    event = codec.decode(record.value);
  } catch (error) {
    const where = `${stream.topic}/${partition}/${record.offset}`;
    if (error instanceof UnknownSchema) throw writtenByNewer(where, error);
    throw new UnreadableRecord(`${where} can't be read: ${messageOf(error)}`);
  }
  return {
    topic: stream.topic,
    partition,
    offset: record.offset,
    event,
    correlationId: headerText(record.headers, header.correlationId) ?? '',
    receivedAtMs: headerNumber(record.headers, header.receivedAt),
    appendedAtMs: record.timestampMs,
    cause: headerNumber(record.headers, header.cause) ?? -1,
    rules: headerText(record.headers, header.rules) ?? '',
  };
}
