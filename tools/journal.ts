import { UnreadableRecord, type Codec, type Stream } from '@slipstream/contracts';
import {
  counts,
  toJournalRecord,
  topicName,
  type JournalRecord,
  type LogRecord,
  type RangeReader,
} from '@slipstream/streams';

/** What a journal is read with. */
export interface JournalReader {
  readonly reader: RangeReader;
  readonly codec: Codec;
  /** Before topic names. */
  readonly prefix: string;
}

/**
 * The records of from ≤ offset < to that count and say something; the unreadable lie in the dead letters.
 * @throws Error when an offset is missing
 */
export async function readRecords(
  { reader, codec, prefix }: JournalReader,
  stream: Stream,
  partition: number,
  from: number,
  to: number,
): Promise<JournalRecord[]> {
  const raw: LogRecord[] = [];
  await reader.read({ topic: topicName(stream, prefix), partition }, from, to, (some) => void raw.push(...some));
  if (raw.length !== to - from) {
    const where = `${stream.topic}/${partition}`;
    throw new Error(`${where} has ${raw.length} of the ${to - from} records from offset ${from} on: it has holes.`);
  }
  await codec.learn(raw.map(({ value }) => value));
  return raw.flatMap((record) => {
    if (!counts(record.offset, record.headers)) return [];
    try {
      const read = toJournalRecord(codec, stream, partition, record);
      return read.event.type === 'Answered' ? [] : [read];
    } catch (error) {
      if (error instanceof UnreadableRecord) return [];
      throw error;
    }
  });
}
