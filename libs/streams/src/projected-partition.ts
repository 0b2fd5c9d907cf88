import { UnreadableRecord, type Codec, type Stream } from '@slipstream/contracts';
import type pg from 'pg';
import { deadLetter } from './dead-letters.js';
import { inTransaction } from './database.js';
import { InvariantBroken, messageOf } from './errors.js';
import { counts, header, headerText } from './headers.js';
import { keyOf, type Log, type LogBatch, type LogRecord, type Subscription } from './log.js';
import type { Logger, PartitionStatus } from './options.js';
import { learn } from './open-codec.js';
import { withPatience } from './patience.js';
import type { JournalRecord, Projection } from './projection.js';
import type { Portion } from './projection-writer.js';
import { toJournalRecord } from './read-journal.js';
import { checkCluster } from './saved-state.js';
import type { CommandWriter } from './sender.js';
import type { Counters } from './shell.js';
import { Outbox } from './slice.js';
import { checkInside } from './take-over.js';

/** What the partitions of one running projection share. */
export interface ProjectionShell {
  readonly projection: Projection;
  readonly prefix: string;
  readonly codec: Codec;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly owner: string;
  /** @returns false when the partition has another owner: nothing was written */
  readonly write: (portion: Portion) => Promise<boolean>;
  readonly deadLetters: CommandWriter;
  readonly subscription: () => Subscription;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly stopping: () => boolean;
  fail(error: Error): void;
}

const recordsMax = 4000;

/** Rows and position are one transaction, so what is projected is saved; only the group's offset follows later. */
class ProjectedMemory {
  committedPosition: number | null = null;
  readonly lastSavedAtMs = 0;
  readonly lastActiveAtMs = 0;
  readonly unsaved = false;

  constructor(
    readonly epoch: number,
    public next: number,
  ) {}

  get savedPosition(): number {
    return this.next;
  }
}

/** One journal partition of a projection: takes over, writes batches. Its steps never overlap. */
export class ProjectedPartition {
  phase: PartitionStatus['phase'] = 'taking_over';
  memory: ProjectedMemory | null = null;
  lag = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private generation = 0;

  constructor(
    private readonly shell: ProjectionShell,
    readonly stream: Stream,
    readonly partition: number,
  ) {}

  get at() {
    return { topic: this.shell.prefix + this.stream.topic, partition: this.partition };
  }

  get ready(): boolean {
    return this.phase !== 'taking_over';
  }

  assign(subscription: Subscription): void {
    subscription.pause(this.at);
    const generation = ++this.generation;
    this.exclusive(async () => {
      if (generation !== this.generation) return;
      if (!(await this.stillMine())) await this.takeOver(generation);
      if (generation === this.generation) this.proceed();
    }).catch((error: unknown) => this.shell.fail(error instanceof Error ? error : new Error(messageOf(error))));
  }

  revoke(): void {
    this.generation++;
    this.drop();
  }

  private drop(): void {
    this.phase = 'lost';
    this.memory = null;
    this.lag = 0;
  }

  /** Positions are written with the rows. */
  async save(): Promise<void> {
    await this.turn;
  }

  async handle(batch: LogBatch): Promise<void> {
    this.shell.counters.lastBatchAtMs = Date.now();
    await learn(this.shell, this.at, batch.records);
    for (let i = 0; i < batch.records.length && !batch.isStale() && !this.shell.stopping(); i += recordsMax) {
      const records = batch.records.slice(i, i + recordsMax);
      if (this.memory) this.lag = batch.highWatermark - this.memory.next;
      if (!(await this.exclusive(() => this.project(records)))) return;
      batch.resolve(records.at(-1)?.offset as number);
      this.lag = batch.highWatermark - (this.memory?.next ?? batch.highWatermark);
      await batch.heartbeat();
    }
  }

  private async project(records: readonly LogRecord[]): Promise<boolean> {
    const memory = this.memory;
    if (this.phase !== 'owned' || memory === null) return false;
    checkWhole(this.at.topic, this.partition, memory.next, records);
    const counting = await this.decode(records);
    const next = memory.next + records.length;
    const generation = this.generation;
    const { epoch, next: from } = memory;
    const written = await this.shell.write({ partition: this, epoch, records: counting, from, next });
    if (!written) {
      await this.giveWay(generation);
      return false;
    }
    memory.next = next;
    const { counters } = this.shell;
    counters.records += records.length;
    counters.lastBatchAtMs = Date.now();
    counters.onBatch?.(records.length);
    return true;
  }

  private async decode(records: readonly LogRecord[]): Promise<JournalRecord[]> {
    const counting: JournalRecord[] = [];
    const letters = new Outbox(this.shell.codec, this.shell.prefix);
    for (const record of records) {
      if (!counts(record.offset, record.headers)) continue;
      try {
        const read = toJournalRecord(this.shell.codec, this.stream, this.partition, record);
        if (read.event.type !== 'Answered') counting.push(read);
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        const correlationId = headerText(record.headers, header.correlationId) ?? '';
        this.shell.logger.error(
          { correlationId, ...this.at, offset: record.offset, reason: messageOf(error) },
          'unreadable record sent to the dead letters',
        );
        const { service } = this.shell.projection;
        const letter = deadLetter(service, this.stream, this.partition, record, messageOf(error));
        const trace = { correlationId, receivedAt: undefined };
        letters.add([letter], `${this.stream.topic}/${this.partition}`, record.offset, trace);
      }
    }
    await this.shell.deadLetters.send(letters.all());
    return counting;
  }

  /**
   * The fence held: another process has the partition, or the rows were replaced (a rebuild raises the epoch and leaves the
   * owner): then memory is loaded from the new ones.
   */
  private async giveWay(generation: number): Promise<void> {
    this.drop();
    const { rowCount } = await withPatience(`The owner of ${keyOf(this.at)} can't be asked for`, this.shell, () =>
      this.shell.pool.query('SELECT 1 FROM projection_positions WHERE topic = $1 AND partition = $2 AND owner = $3', [
        this.stream.topic,
        this.partition,
        this.shell.owner,
      ]),
    );
    if (rowCount !== 1) {
      this.shell.logger.warn(this.at, 'another process projects this partition');
      return;
    }
    this.shell.logger.info(this.at, 'the rows were replaced; loading them again');
    if (generation === this.generation) await this.takeOver(generation);
    if (generation === this.generation) this.proceed();
  }

  private async stillMine(): Promise<boolean> {
    if (this.phase !== 'owned' || this.memory === null) return false;
    const { rowCount } = await this.shell.pool.query(
      'SELECT 1 FROM projection_positions WHERE topic = $1 AND partition = $2 AND epoch = $3 AND owner = $4',
      [this.stream.topic, this.partition, this.memory.epoch, this.shell.owner],
    );
    return rowCount === 1;
  }

  private async takeOver(generation: number): Promise<void> {
    this.phase = 'taking_over';
    const what = `${this.at.topic}/${this.partition} can't be taken over`;
    const memory = await withPatience(what, this.shell, async () => {
      const clusterId = await this.shell.log.clusterId();
      const loaded = await inTransaction(this.shell.pool, (client) => this.raise(client, clusterId));
      checkInside(
        `${this.at.topic}/${this.partition}`,
        loaded.next,
        (await this.shell.log.ends(this.at.topic)).get(this.partition),
      );
      return loaded;
    });
    if (generation !== this.generation) return;
    this.memory = memory;
    this.phase = 'owned';
    this.shell.counters.takeovers++;
  }

  private async raise(client: pg.PoolClient, clusterId: string): Promise<ProjectedMemory> {
    const { rows } = await client.query<{ epoch: string; cluster_id: string; position: string }>(
      `INSERT INTO projection_positions AS p VALUES ($1, $2, 1, $3, $4, 0)
       ON CONFLICT (topic, partition) DO UPDATE SET epoch = p.epoch + 1, owner = $3
       RETURNING epoch, cluster_id, position`,
      [this.stream.topic, this.partition, this.shell.owner, clusterId],
    );
    const row = rows[0] as { epoch: string; cluster_id: string; position: string };
    checkCluster(row.cluster_id, clusterId);
    await this.shell.projection.open(this.stream.topic, this.partition, client);
    return new ProjectedMemory(Number(row.epoch), Number(row.position));
  }

  private proceed(): void {
    if (this.phase !== 'owned' || this.memory === null || this.shell.stopping()) return;
    this.memory.committedPosition = null;
    this.shell.subscription().seek(this.at, this.memory.next);
    this.shell.subscription().resume(this.at);
  }

  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}

function checkWhole(topic: string, partition: number, next: number, records: readonly LogRecord[]): void {
  let expected = next;
  for (const { offset } of records) {
    if (offset !== expected++) {
      throw new InvariantBroken(
        `${topic}/${partition} goes on at offset ${offset}, but ${expected - 1} is the next to be projected: records were lost or the topic was replaced. Restore the topic, or rebuild the read model from an empty schema.`,
      );
    }
  }
}
