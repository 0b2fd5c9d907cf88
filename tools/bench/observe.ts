import type kafkajs from 'kafkajs';
import { Codec, lockIds, streams, type CopyOrdersEnded, type PlaceOrders, type Stream } from '@slipstream/contracts';

const journalCodec = new Codec(lockIds());
const confirmedId = lockIds().idOf('CopyConfirmed');
const endedId = lockIds().idOf('CopyOrdersEnded');

/** A record of `orders.commands`. */
export interface Placed {
  readonly partition: number;
  readonly record: PlaceOrders;
}

/** Waits for one provider order to be through. */
interface Awaited {
  left: number;
  readonly done: (atMs: number) => void;
}

/**
 * Watches the end of the line, `orders.commands`. While it is measured it only reads headers: `corr` says which provider
 * order a record belongs to, `source` how many entries it has. The values are kept and decoded
 * afterwards.
 */
export class Observer {
  private readonly awaited = new Map<string, Awaited>();
  private readonly consumer: kafkajs.Consumer;
  private readonly journal: kafkajs.Consumer;
  private readonly values: { readonly partition: number; readonly value: Buffer }[] = [];
  private readonly counts = { CopyConfirmed: 0, CopyOrdersEnded: 0 };
  private onSaid: (() => void) | undefined;
  private readonly prefix: string;

  constructor(kafka: kafkajs.Kafka, prefix: string) {
    this.prefix = prefix;
    const options = { maxWaitTimeInMs: 1000, minBytes: 1, maxBytesPerPartition: 4 * 1024 * 1024 };
    this.consumer = kafka.consumer({ groupId: `${prefix}bench-observer`, ...options });
    this.journal = kafka.consumer({ groupId: `${prefix}bench-journal`, ...options });
  }

  async start(): Promise<void> {
    await subscribe(this.consumer, this.prefix + streams.ordersCommands.topic, (message, partition) =>
      this.seen(message, partition),
    );
    await subscribe(this.journal, this.prefix + streams.accountsEvents.topic, (message) => this.said(message));
  }

  /** Resolves when the journal of the accounts has said so many times that a copy is confirmed, or an order ended. */
  async heard(what: 'CopyConfirmed' | 'CopyOrdersEnded', count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.onSaid = () => this.counts[what] >= count && resolve();
      this.onSaid();
    });
  }

  get counted(): Readonly<Record<'CopyConfirmed' | 'CopyOrdersEnded', number>> {
    return this.counts;
  }

  /** Off while commands are measured: the journal carries as much again. */
  listenToJournal(on: boolean): void {
    const topics = [{ topic: this.prefix + streams.accountsEvents.topic }];
    if (on) this.journal.resume(topics);
    else this.journal.pause(topics);
  }

  /** Resolves with the time (performance.now) at which all entries of the provider order have been seen. */
  through(correlationId: string, entries: number): Promise<number> {
    return new Promise((done) => this.awaited.set(correlationId, { left: entries, done }));
  }

  async stop(): Promise<void> {
    await Promise.all([this.consumer.disconnect(), this.journal.disconnect()]);
  }

  private said({ value, headers, offset }: kafkajs.KafkaMessage): void {
    const id = value?.readUInt32BE(1);
    if (String(headers?.['at']) !== offset) return;
    if (id === confirmedId) this.counts.CopyConfirmed++;
    else if (id === endedId) {
      const record = journalCodec.decode(value) as CopyOrdersEnded;
      this.counts.CopyOrdersEnded += record.ends.length;
    } else return;
    this.onSaid?.();
  }

  private seen({ value, headers }: kafkajs.KafkaMessage, partition: number): void {
    if (value === null) return;
    this.values.push({ partition, value });
    const one = this.awaited.get(String(headers?.['corr']));
    if (!one) return;
    const source = String(headers?.['source']);
    one.left -= Number(source.slice(source.lastIndexOf('/') + 1));
    if (one.left <= 0) {
      this.awaited.delete(String(headers?.['corr']));
      one.done(performance.now());
    }
  }

  /** Decodes the orders seen since the last call. */
  takeOrders(): Placed[] {
    const codec = new Codec(lockIds());
    return this.values.splice(0).flatMap(({ partition, value }) => {
      const record = codec.decode(value);
      return record.type === 'PlaceOrders' ? [{ partition, record }] : [];
    });
  }
}

async function subscribe(
  consumer: kafkajs.Consumer,
  topic: string,
  seen: (message: kafkajs.KafkaMessage, partition: number) => void,
): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: (streams.ordersCommands as Stream).partitions,
    eachBatch: ({ batch }) => {
      for (const message of batch.messages) seen(message, batch.partition);
      return Promise.resolve();
    },
  });
}
