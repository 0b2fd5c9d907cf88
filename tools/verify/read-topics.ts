import type { Log, RangeReader } from '@slipstream/streams';
import type { RawRecord } from './undisturbed.ts';

/** What lies in topics: by topic and partition. */
export type Recorded = ReadonlyMap<string, ReadonlyMap<number, readonly RawRecord[]>>;

/** Everything first: a reader's group would lose its patience with a fold at work. */
export async function readTopics(log: Log, topics: readonly string[]): Promise<Recorded> {
  const reader = await log.openReader(topics, (error) => {
    throw error;
  });
  try {
    const recorded = new Map<string, Map<number, RawRecord[]>>();
    for (const topic of topics) recorded.set(topic, await readAll(log, reader, topic));
    return recorded;
  } finally {
    await reader.close();
  }
}

/** All records of a topic by partition; the partitions are read at once. */
async function readAll(log: Log, reader: RangeReader, topic: string): Promise<Map<number, RawRecord[]>> {
  const ends = [...(await log.ends(topic))].sort(([a], [b]) => a - b);
  const read = ends.map(async ([partition, { low, high }]) => {
    const records: RawRecord[] = [];
    await reader.read({ topic, partition }, low, high, (some) => void records.push(...some));
    return [partition, records] as const;
  });
  return new Map(await Promise.all(read));
}
