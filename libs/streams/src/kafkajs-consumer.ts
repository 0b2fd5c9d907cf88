import { randomUUID } from 'node:crypto';
import kafkajs, { type Consumer, type EachBatchPayload, type Kafka, type KafkaMessage } from 'kafkajs';
import { InvariantBroken, messageOf } from './errors.js';
import { keyOf, type ConsumeOptions, type LogBatch, type LogRecord, type RangeReader } from './log.js';
import type { Subscription, TopicPartition } from './log.js';

/** How long a fetch waits for a first byte; pauses and seeks take hold within it. */
const fetchWaitMs = 100;
const fetch = {
  minBytes: 1,
  maxWaitTimeInMs: fetchWaitMs,
  maxBytes: 32 * 1024 * 1024,
  maxBytesPerPartition: 4 * 1024 * 1024,
  allowAutoTopicCreation: false,
};
/** About 40 s of a broker that is away; after that the process ends and its supervisor starts it again. */
const patience = { retries: 12, initialRetryTime: 200, maxRetryTime: 5000 };
const patienceMs = 40_000;

/** A consumer group; see `ConsumeOptions`. */
export async function subscribe(kafka: Kafka, options: ConsumeOptions): Promise<Subscription> {
  let closing = false;
  let lastGoodMs = Date.now();
  const good = (): void => void (lastGoodMs = Date.now());
  const consumer = kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs ?? 10_000,
    rebalanceTimeout: 30_000,
    heartbeatInterval: 1000,
    retry: {
      ...patience,
      // Some passing errors end the consumer at once, such as a coordinator that is still loading when a group is joined.
      restartOnFailure: async () => !closing && Date.now() - lastGoodMs < patienceMs,
    },
    ...fetch,
  });
  const subscription = controls(consumer);
  consumer.on(consumer.events.HEARTBEAT, good);
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (!closing && !payload.restart) options.onCrash(payload.error);
  });
  // Listeners run before the first fetch of the new assignment, so pauses and seeks made here hold for it.
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    good();
    options.onAssigned(assigned(payload.memberAssignment), subscription);
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: options.concurrency,
    eachBatch: (payload) => guarded(options, toBatch(payload)),
  });
  return {
    ...subscription,
    close: async () => {
      closing = true;
      await consumer.disconnect();
    },
  };
}

/** kafkajs handles its own errors (a rebalance); any other would restart the batch for ever, or end it without a word. */
async function guarded(options: ConsumeOptions, batch: LogBatch): Promise<void> {
  try {
    await options.onBatch(batch);
  } catch (error) {
    if (error instanceof kafkajs.KafkaJSError) throw error;
    options.onCrash(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

const assigned = (assignment: Readonly<Record<string, number[]>>): TopicPartition[] =>
  Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => ({ topic, partition })));

const controls = (consumer: Consumer): Subscription => ({
  pause: ({ topic, partition }) => consumer.pause([{ topic, partitions: [partition] }]),
  resume: ({ topic, partition }) => consumer.resume([{ topic, partitions: [partition] }]),
  seek: ({ topic, partition }, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
  commit: (positions) => consumer.commitOffsets(positions.map((at) => ({ ...at, offset: String(at.offset) }))),
  close: () => consumer.disconnect(),
});

function toBatch(payload: EachBatchPayload): LogBatch {
  const { batch } = payload;
  return {
    topic: batch.topic,
    partition: batch.partition,
    records: batch.messages.map(toRecord),
    highWatermark: Number(batch.highWatermark),
    heartbeat: () => payload.heartbeat(),
    isStale: () => !payload.isRunning() || payload.isStale(),
    resolve: (offset) => payload.resolveOffset(String(offset)),
  };
}

const toRecord = (message: KafkaMessage): LogRecord => ({
  offset: Number(message.offset),
  key: message.key,
  value: message.value,
  headers: message.headers ?? {},
  timestampMs: Number(message.timestamp),
});

interface Wanted extends TopicPartition {
  next: number;
  readonly to: number;
  readonly onRecords: (records: readonly LogRecord[]) => void;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Reads ranges through a consumer group of its own, since kafkajs can't be told which partitions to read: everything
 * is paused but what is being read.
 */
export async function openReader(
  kafka: Kafka,
  clientId: string,
  topics: readonly string[],
  onCrash: (error: Error) => void,
): Promise<RangeReader> {
  const wanted = new Map<string, Wanted>();
  const crash = (error: Error): void => {
    for (const entry of wanted.values()) entry.fail(error);
    wanted.clear();
    onCrash(error);
  };
  const subscription = await subscribe(kafka, {
    groupId: `${clientId}-reader-${randomUUID()}`,
    topics,
    concurrency: 1,
    onAssigned: (partitions, now) => {
      for (const of of partitions) {
        const entry = wanted.get(keyOf(of));
        if (entry) now.seek(of, entry.next);
        else now.pause(of);
      }
    },
    onBatch: async (batch) => {
      const entry = wanted.get(keyOf(batch));
      if (!entry || batch.isStale()) return;
      try {
        if (take(entry, batch)) {
          wanted.delete(keyOf(batch));
          subscription.pause(batch);
          entry.done();
        }
      } catch (error) {
        wanted.delete(keyOf(batch));
        subscription.pause(batch);
        entry.fail(error instanceof Error ? error : new Error(messageOf(error)));
      }
    },
    onCrash: crash,
  });
  return {
    read: (of, from, to, onRecords) =>
      new Promise<void>((resolve, reject) => {
        if (from >= to) return resolve();
        if (wanted.has(keyOf(of))) return reject(new Error(`${keyOf(of)} is being read already`));
        wanted.set(keyOf(of), { ...of, next: from, to, onRecords, done: resolve, fail: reject });
        subscription.seek(of, from);
        subscription.resume(of);
      }),
    close: () => subscription.close(),
  };
}

/** True when the range is complete. */
function take(entry: Wanted, batch: LogBatch): boolean {
  const records = batch.records.filter((record) => record.offset < entry.to);
  const first = records[0];
  if (first && first.offset !== entry.next) {
    throw new InvariantBroken(`${keyOf(batch)} goes on at ${first.offset}, not at ${entry.next}: records were lost.`);
  }
  entry.onRecords(records);
  const last = batch.records.at(-1);
  if (last) {
    batch.resolve(last.offset);
    entry.next = last.offset + 1;
  }
  return entry.next >= entry.to;
}
