import net from 'node:net';
import tls from 'node:tls';
import { Kafka, logLevel, type Admin, type ISocketFactory, type Message, type Producer } from 'kafkajs';
import { InDoubt, messageOf } from './errors.js';
import { openReader, subscribe } from './kafkajs-consumer.js';
import type { Appender, Log, LogMessage, NewTopic, PartitionBatch, Range } from './log.js';
import type { LogOptions } from './options.js';
import './kafkajs-produce.js';
import './kafkajs-repair.js';

/** The adapter of the port over kafkajs 2.2; its traps are dealt with here and in `kafkajs-consumer.ts`, nowhere else. */
export function openKafkaJsLog(options: LogOptions): Log {
  const kafka = createClient(options);
  const admin = lazyAdmin(kafka);
  return {
    clusterId: () => admin.ask(async (client) => (await client.describeCluster()).clusterId),
    partitionCounts: (topics) => admin.ask((client) => partitionCounts(client, topics)),
    createTopics: (topics) => admin.ask((client) => createTopics(client, topics)),
    ends: (topic) =>
      admin.ask(async (client) => {
        const offsets = await client.fetchTopicOffsets(topic);
        return new Map<number, Range>(
          offsets.map((entry) => [entry.partition, { low: Number(entry.low), high: Number(entry.high) }]),
        );
      }),
    committed: (groupId, topic) =>
      admin.ask(async (client) => {
        const offsets = await client.fetchOffsets({ groupId, topics: [topic] });
        return new Map(offsets[0]?.partitions.map((entry) => [entry.partition, Number(entry.offset)]) ?? []);
      }),
    openAppender: () => openAppender(kafka),
    consume: (consumeOptions) => subscribe(kafka, consumeOptions),
    openReader: (topics, onCrash) => openReader(kafka, options.clientId, topics, onCrash),
    close: () => admin.close(),
  };
}

function createClient({ brokers, clientId, logger }: LogOptions): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 15_000,
    retry: { retries: 6, initialRetryTime: 100, maxRetryTime: 2000 },
    socketFactory: promptSocket,
    logLevel: logLevel.WARN,
    // kafkajs calls "error" what it then retries; what it gives up on comes to us as an exception or a crash.
    logCreator:
      () =>
      ({ log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }) =>
        logger.debug({ client: 'kafkajs', ...fields }, String(message)),
  });
}

/** Small requests go out at once: Nagle's algorithm would hold them back for the ack of the one before. */
const promptSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? tls.connect({ host, port, ...(net.isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : net.connect({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  return socket;
};

interface LazyAdmin {
  ask<T>(question: (client: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** An admin connection, opened when asked and anew after an error: kafkajs keeps asking the leader it knew. */
function lazyAdmin(kafka: Kafka): LazyAdmin {
  let opened: Promise<Admin> | undefined;
  const open = async (): Promise<Admin> => {
    const client = kafka.admin();
    await client.connect();
    return client;
  };
  const drop = async (which: Promise<Admin> | undefined): Promise<void> => {
    if (opened === which) opened = undefined;
    await (await which?.catch(() => undefined))?.disconnect().catch(() => undefined);
  };
  return {
    ask: async (question) => {
      const client = (opened ??= open());
      try {
        return await question(await client);
      } catch (error) {
        void drop(client);
        throw error;
      }
    },
    close: () => drop(opened),
  };
}

async function partitionCounts(client: Admin, topics: readonly string[]): Promise<Map<string, number | undefined>> {
  const existing = new Set(await client.listTopics());
  const known = topics.filter((topic) => existing.has(topic));
  const found = new Map<string, number | undefined>(topics.map((topic) => [topic, undefined]));
  if (known.length === 0) return found;
  const metadata = await client.fetchTopicMetadata({ topics: known });
  for (const topic of metadata.topics) found.set(topic.name, topic.partitions.length);
  return found;
}

async function createTopics(client: Admin, topics: readonly NewTopic[]): Promise<void> {
  await client.createTopics({
    // kafkajs gives up at once where the broker doesn't tell of the new topic yet; the caller waits with patience.
    waitForLeaders: false,
    topics: topics.map((topic) => ({
      topic: topic.topic,
      numPartitions: topic.partitions,
      replicationFactor: topic.replicationFactor,
      configEntries: Object.entries(topic.config).map(([name, value]) => ({ name, value })),
    })),
  });
}

async function openAppender(kafka: Kafka): Promise<Appender> {
  const producer = kafka.producer({
    idempotent: false,
    allowAutoTopicCreation: false,
    retry: { retries: 0 },
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition as number,
  });
  await producer.connect();
  return {
    append: (batches) => append(producer, batches),
    close: () => producer.disconnect(),
  };
}

async function append(producer: Producer, batches: readonly PartitionBatch[]): Promise<number[]> {
  const topicMessages = byTopic(batches);
  const written = new Map<string, number>();
  try {
    for (const entry of await producer.sendBatch({ acks: -1, timeout: 15_000, topicMessages })) {
      if (entry.errorCode === 0) written.set(`${entry.topicName}/${entry.partition}`, Number(entry.baseOffset));
    }
  } catch (error) {
    throw new InDoubt(`no ack: ${messageOf(error)}`, { cause: error });
  }
  // kafkajs resolves although a partition moved to another broker and its messages were never written.
  return batches.map(({ topic, partition }) => {
    const offset = written.get(`${topic}/${partition}`);
    if (offset === undefined || offset < 0) throw new InDoubt(`no ack for ${topic}/${partition}`);
    return offset;
  });
}

function byTopic(batches: readonly PartitionBatch[]): { topic: string; messages: Message[] }[] {
  const topics = new Map<string, PartitionBatch[]>();
  for (const batch of batches) {
    const known = topics.get(batch.topic);
    if (known) known.push(batch);
    else topics.set(batch.topic, [batch]);
  }
  return [...topics].map(([topic, parts]) => ({ topic, messages: grouped(parts) }));
}

/**
 * kafkajs groups messages by partition with a reduce that copies the group for each message: quadratic. Ours are
 * grouped already, so its reduce is answered with the groups.
 */
function grouped(batches: readonly PartitionBatch[]): Message[] {
  const groups: Record<number, LogMessage[]> = {};
  for (const batch of batches) groups[batch.partition] = batch.messages;
  const messages: Message[] =
    batches.length === 1 ? [...(batches[0]?.messages ?? [])] : batches.flatMap((b) => b.messages);
  return Object.defineProperty(messages, 'reduce', { value: () => ({ ...groups }) });
}
