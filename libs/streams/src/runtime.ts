import { messageOf } from './errors.js';
import type { TopicPartition } from './log.js';
import type { Logger, PartitionStatus, Running, Status } from './options.js';
import type { Counters } from './shell.js';
import type { PartitionMemory } from './partition-memory.js';

/** How often positions and saves are looked after. */
const tickMs = 50;
/** Unsaved progress of a partition without traffic is saved after this, later where much of it would be written. */
const idleMs = 150;
const idleMsPerChange = 1;
/** Records wait and no batch came for so long: not alive. */
const stuckMsDefault = 30_000;
const saveIntervalMsDefault = 2000;

type Positions = readonly (TopicPartition & { readonly offset: number })[];

/** What the runtime looks after; a fold's partition or a projection's. */
export interface Looked {
  readonly at: TopicPartition;
  readonly phase: PartitionStatus['phase'];
  readonly ready: boolean;
  readonly lag: number;
  readonly memory:
    | (Pick<
        PartitionMemory<unknown>,
        'next' | 'savedPosition' | 'committedPosition' | 'lastSavedAtMs' | 'lastActiveAtMs' | 'unsaved'
      > & { readonly changes?: number })
    | null;
  save(): Promise<void>;
}

export interface RuntimeOptions {
  readonly logger: Logger;
  readonly onFailure?: (error: Error) => void;
  readonly saveIntervalMs?: number;
  readonly stuckMs?: number;
  readonly counters: Counters;
  readonly inboxTopic: string;
  owned(): readonly Looked[];
  commit(positions: Positions): Promise<unknown>;
  close(): Promise<void>;
}

/** Saves and commits on time, tells how it goes, stops in order, fails once. */
export class Runtime implements Running {
  stopping = false;
  private failure: Error | null = null;
  private everAssigned = false;
  private timer: NodeJS.Timeout | undefined;
  private work: Promise<void> = Promise.resolve();
  private readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private readonly ended = Promise.withResolvers<void>();

  constructor(private readonly options: RuntimeOptions) {
    this.ended.promise.catch(() => undefined);
  }

  start(): void {
    this.tick();
  }

  assigned(): void {
    this.everAssigned = true;
  }

  done(): Promise<void> {
    return this.ended.promise;
  }

  ready(): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.status().ready) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  status(): Status {
    const owned = this.options.owned();
    const { counters, stuckMs = stuckMsDefault } = this.options;
    const lag = owned.some((partition) => partition.lag > 0);
    const stuck = lag && Date.now() - counters.lastBatchAtMs > stuckMs;
    return {
      partitions: owned.map(({ at, phase, lag: waiting, memory }) => ({
        ...at,
        phase,
        position: memory?.next ?? 0,
        lag: waiting,
      })),
      ready: this.failure === null && this.everAssigned && owned.every((partition) => partition.ready),
      live: this.failure === null && !stuck,
      failure: this.failure?.message ?? null,
      processedRecords: counters.records,
      takeovers: counters.takeovers,
      saves: counters.saves,
    };
  }

  fail(error: Error): void {
    if (this.failure || this.stopping) return;
    this.failure = error;
    this.stopping = true;
    this.options.logger.error({ reason: error.message, stack: error.stack }, 'stopped: can not go on');
    for (const entry of this.waiting) entry.reject(error);
    this.options.onFailure?.(error);
    void this.options
      .close()
      .catch(() => undefined)
      .finally(() => this.ended.reject(error));
  }

  async stop(): Promise<void> {
    if (this.stopping) return this.ended.promise.catch(() => undefined);
    this.stopping = true;
    clearTimeout(this.timer);
    try {
      await this.work;
      for (const partition of this.options.owned()) await partition.save();
      await this.commit();
      await this.options.close();
      this.ended.resolve();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(messageOf(error));
      this.ended.reject(failure);
      throw failure;
    }
  }

  private tick(): void {
    if (this.stopping) return;
    if (this.waiting.length > 0 && this.status().ready) for (const entry of this.waiting.splice(0)) entry.resolve();
    this.work = this.lookAfter();
    void this.work.then(() => {
      if (!this.stopping)
        this.timer = setTimeout(() => this.tick(), Math.min(tickMs, this.options.saveIntervalMs ?? tickMs));
    });
  }

  private async lookAfter(): Promise<void> {
    try {
      for (const partition of this.options.owned()) if (this.isDue(partition)) await partition.save();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(messageOf(error)));
      return;
    }
    try {
      await this.commit();
    } catch (error) {
      // A rebalance is under way: whoever owns the partition then commits.
      this.options.logger.debug({ reason: messageOf(error) }, 'positions not committed yet');
    }
  }

  private isDue({ memory }: Looked): boolean {
    if (memory === null || !memory.unsaved) return false;
    const now = Date.now();
    if (now - memory.lastSavedAtMs >= (this.options.saveIntervalMs ?? saveIntervalMsDefault)) return true;
    return now - memory.lastActiveAtMs >= idleMs + idleMsPerChange * (memory.changes ?? 0);
  }

  /** The group's offset never runs ahead of what is saved. */
  private async commit(): Promise<void> {
    const behind = this.options
      .owned()
      .filter(({ phase, memory }) => phase === 'owned' && memory && memory.committedPosition !== memory.savedPosition);
    if (behind.length === 0) return;
    const noted = behind.map(({ at, memory }) => ({ at, memory, offset: memory?.savedPosition ?? 0 }));
    await this.options.commit(noted.map(({ at, offset }) => ({ ...at, offset })));
    for (const { memory, offset } of noted) if (memory) memory.committedPosition = offset;
  }
}
