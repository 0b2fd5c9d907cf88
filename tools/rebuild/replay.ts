import type { Stream } from '@slipstream/contracts';
import { inTransaction, openCodec, topicName, type Log, type Projection } from '@slipstream/streams';
import type pg from 'pg';
import { readRecords, type JournalReader } from '../journal.ts';

/** Next offset to be projected, by `topic/partition`, topics without prefix. */
export type Positions = ReadonlyMap<string, number>;

export interface ReplayOptions {
  readonly log: Log;
  /** Its statements find the shadow tables by their plain names. */
  readonly pool: pg.Pool;
  readonly projection: Projection;
  readonly prefix: string;
  readonly tell: (line: string) => void;
}

const recordsPerTransaction = 4000;
const tellEveryMs = 5000;

/** Projects journals into empty tables, in steps: each call of `to` goes on where the last one ended. */
export class Replay {
  /** Journal records that were projected. */
  records = 0;
  private readonly reached = new Map<string, number>();
  private toldAtMs = performance.now();

  private readonly options: ReplayOptions;
  private readonly journal: JournalReader;
  private readonly crashed: { error?: Error };

  private constructor(options: ReplayOptions, journal: JournalReader, crashed: { error?: Error }) {
    this.options = options;
    this.journal = journal;
    this.crashed = crashed;
  }

  static async open(options: ReplayOptions): Promise<Replay> {
    const { log, projection, prefix } = options;
    const codec = await openCodec(process.env['SCHEMA_REGISTRY_URL']);
    const crashed: { error?: Error } = {};
    const topics = projection.journals.map((stream) => topicName(stream, prefix));
    const reader = await log.openReader(topics, (error) => (crashed.error = error));
    return new Replay(options, { reader, codec, prefix }, crashed);
  }

  /**
   * Projects everything below the positions, each partition in order.
   * @returns how many offsets that were
   */
  async to(positions: Positions): Promise<number> {
    let offsets = 0;
    for (const stream of this.options.projection.journals)
      for (let partition = 0; partition < stream.partitions; partition++) {
        const end = positions.get(`${stream.topic}/${partition}`) ?? 0;
        for (let from = this.reached.get(`${stream.topic}/${partition}`) ?? 0; from < end;) {
          const to = Math.min(end, from + recordsPerTransaction);
          await this.project(stream, partition, from, to);
          offsets += to - from;
          from = to;
        }
      }
    return offsets;
  }

  close(): Promise<void> {
    return this.journal.reader.close();
  }

  private async project(stream: Stream, partition: number, from: number, to: number): Promise<void> {
    const { pool, projection, tell } = this.options;
    const key = `${stream.topic}/${partition}`;
    const records = await readRecords(this.journal, stream, partition, from, to);
    if (this.crashed.error) throw this.crashed.error;
    await inTransaction(pool, async (client) => {
      if (!this.reached.has(key)) await projection.open(stream.topic, partition, client);
      if (records.length > 0) await projection.finish?.([await projection.apply(records, client)], client);
    });
    this.reached.set(key, to);
    this.records += records.length;
    if (performance.now() - this.toldAtMs < tellEveryMs) return;
    this.toldAtMs = performance.now();
    tell(`${this.records} records; ${key} up to offset ${to}`);
  }
}
