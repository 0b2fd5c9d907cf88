import { streams, type Stream } from '@slipstream/contracts';
import { openKafkaJsLog } from './kafkajs-log.js';
import type { Log } from './log.js';
import { silent } from './logger.js';
import { withPatience } from './patience.js';

/** Name of a stream's topic in this installation. */
export const topicName = (stream: Stream, prefix = ''): string => prefix + stream.topic;

/**
 * Creates the topics that are missing, with the partitions and configuration of `streams.ts`.
 * @throws Error when a topic that exists has another number of partitions
 */
export async function ensureTopics(brokers: readonly string[], prefix = '', replicationFactor = 1): Promise<void> {
  const log = openKafkaJsLog({ brokers, clientId: 'slipstream-topics', logger: silent });
  try {
    const all = Object.values(streams) as readonly Stream[];
    const counts = await log.partitionCounts(all.map((stream) => topicName(stream, prefix)));
    const missing = all.filter((stream) => counts.get(topicName(stream, prefix)) === undefined);
    if (missing.length > 0) {
      await log.createTopics(
        missing.map((stream) => ({
          topic: topicName(stream, prefix),
          partitions: stream.partitions,
          replicationFactor,
          config: stream.config,
        })),
      );
    }
    for (const stream of missing) await untilTold(log, topicName(stream, prefix));
    await checkPartitions(log, all, prefix);
    for (const stream of all) await untilWritable(log, topicName(stream, prefix), stream.partitions);
  } finally {
    await log.close();
  }
}

/** The broker tells of a new topic a moment after it has created it. */
async function untilTold(log: Log, topic: string): Promise<void> {
  const ask = async (): Promise<void> => {
    const counts = await log.partitionCounts([topic]);
    if (counts.get(topic) === undefined) throw new Error('the broker does not tell of it yet');
  };
  await withPatience(`Topic ${topic} isn't there`, { logger: silent }, ask, 100);
}

/** A new topic can be written only once each partition has a leader that knows so; whoever leads tells the ends. */
async function untilWritable(log: Log, topic: string, partitions: number): Promise<void> {
  const ask = async (): Promise<void> => {
    const ends = await log.ends(topic);
    if (ends.size < partitions) throw new Error(`only ${ends.size} of ${partitions} partitions have a leader`);
  };
  await withPatience(`Topic ${topic} isn't ready`, { logger: silent }, ask, 100);
}

/** @throws Error naming the first topic that is missing or has another number of partitions than agreed */
export async function checkPartitions(log: Log, of: readonly Stream[], prefix: string): Promise<void> {
  const counts = await log.partitionCounts(of.map((stream) => topicName(stream, prefix)));
  for (const stream of of) {
    const topic = topicName(stream, prefix);
    const found = counts.get(topic);
    if (found === stream.partitions) continue;
    if (found === undefined) throw new Error(`Topic ${topic} doesn't exist; create the topics first (npm start does).`);
    throw new Error(
      `Topic ${topic} has ${found} partitions, ${stream.partitions} are needed: keys would move. Use another TOPIC_PREFIX or delete the topic.`,
    );
  }
}
