import { InDoubt, messageOf } from './errors.js';
import { keyOf, type Appender, type Log, type LogMessage, type PartitionBatch } from './log.js';
import type { Logger } from './options.js';

const requestBytesMax = 12 * 1024 * 1024;

interface Waiting {
  readonly batches: readonly PartitionBatch[];
  readonly done: (offsets: number[]) => void;
  readonly fail: (error: Error) => void;
}

/** A connection that is opened when needed and replaced after doubt. */
class RenewedAppender {
  private appender: Promise<Appender> | undefined;

  constructor(private readonly log: Log) {}

  async append(batches: readonly PartitionBatch[]): Promise<number[]> {
    const appender = await (this.appender ??= this.log.openAppender()).catch((error: unknown) => {
      this.appender = undefined;
      throw new InDoubt(`can't connect: ${messageOf(error)}`, { cause: error });
    });
    try {
      return await appender.append(batches);
    } catch (error) {
      this.appender = undefined;
      void appender.close().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const appender = await this.appender?.catch(() => undefined);
    this.appender = undefined;
    await appender?.close();
  }
}

/** Takes what waits, one request at a time: idempotence is lost and found by hand, so order must never be in question. */
abstract class OneAtATime {
  protected readonly appender: RenewedAppender;
  private waiting: Waiting[] = [];
  private running: Promise<void> | null = null;

  constructor(log: Log) {
    this.appender = new RenewedAppender(log);
  }

  protected enqueue(batches: readonly PartitionBatch[]): Promise<number[]> {
    return new Promise((done, fail) => {
      this.waiting.push({ batches, done, fail });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    // What else was asked for in this turn of the event loop shares the first request.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const now = this.waiting;
      this.waiting = [];
      try {
        await this.write(now);
      } catch (error) {
        for (const entry of now) entry.fail(error as Error);
      }
    }
    this.running = null;
  }

  protected abstract write(waiting: readonly Waiting[]): Promise<void>;

  async close(): Promise<void> {
    await this.running;
    await this.appender.close();
  }
}

/** Journal appends: the batches of all partitions that wait in one request, tried once. Doubt is for the caller. */
export class JournalWriter extends OneAtATime {
  /** @returns the offset at which the batch lies. @throws InDoubt */
  async append(batch: PartitionBatch): Promise<number> {
    return (await this.enqueue([batch]))[0] as number;
  }

  protected async write(waiting: readonly Waiting[]): Promise<void> {
    const offsets = await this.appender.append(waiting.flatMap((entry) => entry.batches));
    waiting.forEach((entry, i) => entry.done([offsets[i] as number]));
  }
}

export interface ResendOptions {
  readonly attempts: number;
  readonly logger: Logger;
}

/**
 * Commands: order per partition is the order of the calls; on doubt everything of the request is sent again in the
 * same order over a new connection. Repeats may lie in the topic, the readers' marks drop them.
 */
export class CommandWriter extends OneAtATime {
  constructor(
    log: Log,
    private readonly options: ResendOptions,
  ) {
    super(log);
  }

  /** @throws Error when all attempts are used up */
  async send(batches: readonly PartitionBatch[]): Promise<void> {
    if (batches.length > 0) await this.enqueue(batches);
  }

  protected async write(waiting: readonly Waiting[]): Promise<void> {
    for (const request of requestsOf(waiting.flatMap((entry) => entry.batches))) await this.insist(request);
    for (const entry of waiting) entry.done([]);
  }

  private async insist(request: readonly PartitionBatch[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.appender.append(request);
        return;
      } catch (error) {
        if (attempt >= this.options.attempts) {
          const topics = [...new Set(request.map((batch) => batch.topic))].join(', ');
          throw new Error(
            `Nothing can be written to ${topics} after ${attempt} attempts (${messageOf(error)}); check that the brokers in KAFKA_BROKERS are up.`,
            { cause: error },
          );
        }
        this.options.logger.warn({ attempt, reason: messageOf(error) }, 'send in doubt, sending again');
        await new Promise((resolve) => setTimeout(resolve, Math.min(3000, 50 * 2 ** attempt)));
      }
    }
  }
}

/** Joins the batches by partition in order; a partition's share of one request stays below the limit of the topic. */
function requestsOf(batches: readonly PartitionBatch[]): PartitionBatch[][] {
  const requests: PartitionBatch[][] = [];
  let open = new Map<string, PartitionBatch>();
  const bytes = new Map<string, number>();
  const close = (): void => {
    if (open.size > 0) requests.push([...open.values()]);
    open = new Map();
    bytes.clear();
  };
  for (const batch of batches) {
    const key = keyOf(batch);
    for (const message of batch.messages) {
      const size = sizeOf(message);
      const sum = (bytes.get(key) ?? 0) + size;
      if (sum > requestBytesMax && open.has(key)) close();
      bytes.set(key, (bytes.get(key) ?? 0) + size);
      const target = open.get(key);
      if (target) target.messages.push(message);
      else open.set(key, { topic: batch.topic, partition: batch.partition, messages: [message] });
    }
  }
  close();
  return requests;
}

/** Bytes of a message in a batch, headers estimated. */
export const sizeOf = (message: LogMessage): number => message.value.length + 256;
