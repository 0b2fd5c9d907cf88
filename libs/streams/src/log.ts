/**
 * The one port to the log. Everything of a Kafka client sits behind it; `kafkajs-log.ts` is the adapter that exists.
 * Offsets are numbers (below 2^53), topics are the real names, prefix included.
 */
export interface Log {
  clusterId(): Promise<string>;
  /** Partition count of each topic; undefined for one that doesn't exist. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number | undefined>>;
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** First offset still there and offset of the next record, by partition. */
  ends(topic: string): Promise<ReadonlyMap<number, Range>>;
  /** Offsets a group has committed for a topic, by partition; -1 where it has none. */
  committed(groupId: string, topic: string): Promise<ReadonlyMap<number, number>>;
  /** A connection for writing; each send is one request, never retried by itself. */
  openAppender(): Promise<Appender>;
  consume(options: ConsumeOptions): Promise<Subscription>;
  /** A connection for reading ranges without a stored position. */
  openReader(topics: readonly string[], onCrash: (error: Error) => void): Promise<RangeReader>;
  close(): Promise<void>;
}

export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export type Headers = Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;

/** A record as it lies in the log. */
export interface LogRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Headers;
  readonly timestampMs: number;
}

/** A record to be written. */
export interface LogMessage {
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/** What goes to one partition as one Kafka record batch: taken whole or not at all. */
export interface PartitionBatch extends TopicPartition {
  readonly messages: LogMessage[];
}

export interface Appender {
  /**
   * Writes each batch with acks=all.
   * @returns the first offset of each batch, in the order given
   * @throws InDoubt when any of it may or may not have been written; the connection is of no use afterwards
   */
  append(batches: readonly PartitionBatch[]): Promise<number[]>;
  close(): Promise<void>;
}

/** What a fetch brought for one partition. */
export interface LogBatch extends TopicPartition {
  readonly records: readonly LogRecord[];
  readonly highWatermark: number;
  heartbeat(): Promise<void>;
  /** The partition was sought elsewhere or the consumer stops: leave the rest alone. */
  isStale(): boolean;
  /** The fetch goes on behind this offset. */
  resolve(offset: number): void;
}

export interface ConsumeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly concurrency: number;
  readonly sessionTimeoutMs?: number;
  /** Called at every (re)assignment, before anything is fetched; whatever is paused or sought in it holds at once. */
  onAssigned(assigned: readonly TopicPartition[], subscription: Subscription): void;
  onBatch(batch: LogBatch): Promise<void>;
  /** The consumer has ended for good. */
  onCrash(error: Error): void;
}

export interface Subscription {
  pause(of: TopicPartition): void;
  resume(of: TopicPartition): void;
  seek(of: TopicPartition, offset: number): void;
  commit(positions: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  close(): Promise<void>;
}

export interface RangeReader {
  /** Hands over the records of from ≤ offset < to in order; nothing is skipped. */
  read(of: TopicPartition, from: number, to: number, onRecords: (records: readonly LogRecord[]) => void): Promise<void>;
  close(): Promise<void>;
}

export const keyOf = (of: TopicPartition): string => `${of.topic}/${of.partition}`;
