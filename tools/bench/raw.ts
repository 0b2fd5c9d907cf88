import { setTimeout as sleep } from 'node:timers/promises';
import type kafkajs from 'kafkajs';
import { partitionCount } from '@slipstream/contracts';
import { root } from '../embedded/common.ts';
import { startChild, type Child } from './child.ts';
import type { Side } from './measure.ts';
import { crowded, instrument } from './plan.ts';

/** A provider order as the bare peer takes it. */
export interface RawOrder {
  readonly providerId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly symbol: string;
  readonly side: string;
  readonly price: string;
}

const pollMs = 10;

/** Drives the bare peer (raw-peer.ts). What it has written is seen by the ends of its topic, which costs nobody CPU. */
export class RawSide implements Side {
  readonly name = 'rawKafkajs';
  child!: Child;
  private readonly admin: kafkajs.Admin;
  private readonly producer: kafkajs.Producer;
  private readonly kafka: kafkajs.Kafka;
  private readonly prefix: string;
  private readonly followers: number;
  private sent = 0;

  constructor(kafka: kafkajs.Kafka, prefix: string, followers: number) {
    this.kafka = kafka;
    this.prefix = prefix;
    this.followers = followers;
    this.admin = kafka.admin();
    this.producer = kafka.producer({ allowAutoTopicCreation: false });
  }

  async start(brokers: string, profiled: boolean): Promise<void> {
    await Promise.all([this.admin.connect(), this.producer.connect()]);
    await this.admin.createTopics({
      waitForLeaders: true,
      topics: [
        { topic: `${this.prefix}raw.orders`, numPartitions: 1, replicationFactor: 1 },
        { topic: `${this.prefix}raw.commands`, numPartitions: partitionCount, replicationFactor: 1 },
      ],
    });
    this.child = await startChild(this.name, `${root}/tools/bench/raw-peer.ts`, {
      args: [brokers, this.prefix, String(this.followers)],
      profiled,
    });
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
  }

  async saturate(orders: number): Promise<void> {
    await Promise.race([this.caughtUp(await this.send(orders)), this.child.failed]);
  }

  async latencyMs(): Promise<number> {
    const startedMs = performance.now();
    await Promise.race([this.caughtUp(await this.send(1)), this.child.failed]);
    return performance.now() - startedMs;
  }

  /** Resolves with the number of orders sent in all, these included. */
  private async send(orders: number): Promise<number> {
    const messages = Array.from({ length: orders }, () => {
      const sequence = ++this.sent;
      const price = String(60_000 + (sequence % 7) * 10);
      const order = { providerId: crowded, orderId: `o-${sequence}`, sequence, symbol: instrument, side: 'buy', price };
      return { key: crowded, value: JSON.stringify(order satisfies RawOrder) };
    });
    const all = this.sent;
    await this.producer.send({ topic: `${this.prefix}raw.orders`, messages, acks: -1 });
    return all;
  }

  private async caughtUp(orders: number): Promise<void> {
    while ((await this.written()) < orders * this.followers) await sleep(pollMs);
  }

  private async written(): Promise<number> {
    const ends = await this.admin.fetchTopicOffsets(`${this.prefix}raw.commands`);
    return ends.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** Reads everything back: how many commands are missing, how many are there more than once. */
  async verify(): Promise<{ missing: number; duplicated: number }> {
    const expected = this.sent * this.followers;
    let left = await this.written();
    const seen = new Set<string>();
    const consumer = this.kafka.consumer({
      groupId: `${this.prefix}raw-verify`,
      maxBytesPerPartition: 4 * 1024 * 1024,
    });
    await consumer.connect();
    await consumer.subscribe({ topic: `${this.prefix}raw.commands`, fromBeginning: true });
    const total = left;
    await new Promise<void>((resolve) => {
      void consumer.run({
        eachBatch: ({ batch }) => {
          // The id is the first field: its length in two bytes at most, then the text.
          for (const { value } of batch.messages) seen.add(firstText(value as Buffer));
          if ((left -= batch.messages.length) <= 0) resolve();
          return Promise.resolve();
        },
      });
    });
    await consumer.disconnect();
    return { missing: expected - seen.size, duplicated: total - seen.size };
  }
}

/** The text at the start of an Avro record. */
function firstText(bytes: Buffer): string {
  const [low = 0, high = 0] = bytes;
  const length = low < 0x80 ? low >> 1 : ((low & 0x7f) | (high << 7)) >> 1;
  const start = low < 0x80 ? 1 : 2;
  return bytes.toString('latin1', start, start + length);
}
