import { streams, type Stream } from '@slipstream/contracts';
import { Kafka, logLevel } from 'kafkajs';
import type { Offsets, Reader } from './quiescence.ts';

/** Which service reads which topics to the end: inboxes by their reader, journals by the projections. */
export function readersOf(prefix: string): Reader[] {
  const inboxes = (Object.values(streams) as readonly Stream[]).filter((stream) => stream.kind === 'inbox');
  const pairs = [
    ...inboxes.map((stream) => [stream.reader, stream] as const),
    ['stats-projector', streams.providersEvents] as const,
    ['stats-projector', streams.accountsEvents] as const,
    ['stats-projector', streams.settlementsEvents] as const,
    ['settlement', streams.accountsEvents] as const,
    ['settlement-fold', streams.accountsEvents] as const,
    ['notifier', streams.providersEvents] as const,
    ['notifier', streams.accountsEvents] as const,
    ['notifier', streams.settlementsEvents] as const,
  ];
  return pairs.map(([service, stream]) => ({ group: prefix + service, topic: prefix + stream.topic }));
}

/** The offsets of a broker. */
export async function openOffsets(brokers: string): Promise<Offsets & { close(): Promise<void> }> {
  const kafka = new Kafka({ clientId: 'slipstream-start', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return {
    close: () => admin.disconnect(),
    committed: async ({ group, topic }) => {
      const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      // −1: no commit yet.
      const commits = (found?.partitions ?? []).filter(({ offset }) => offset !== '-1');
      return new Map(commits.map(({ partition, offset }) => [partition, Number(offset)]));
    },
    bounds: async (topic) => {
      const partitions = await admin.fetchTopicOffsets(topic);
      return new Map(
        partitions.map(({ partition, low, high }) => [partition, { low: Number(low), end: Number(high) }]),
      );
    },
  };
}
