import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { inTransaction } from './database.js';
import { messageOf } from './errors.js';
import type { FaultPoints, Logger } from './options.js';
import type { JournalRecord, Projection } from './projection.js';
import type { ProjectedPartition } from './projected-partition.js';

/** What one partition wants written. */
export interface Portion {
  readonly partition: ProjectedPartition;
  readonly epoch: number;
  readonly records: readonly JournalRecord[];
  /** Position without and with these records. */
  readonly from: number;
  readonly next: number;
}

interface Waiting {
  readonly portion: Portion;
  readonly done: (written: boolean) => void;
  readonly fail: (error: unknown) => void;
}

const recordsPerTransaction = 5000;
const attemptsMax = 12;

/** A fence held against another owner: that portion is left out and the rest is written. */
class Fenced extends Error {
  constructor(readonly waiting: Waiting) {
    super('another owner');
  }
}

/**
 * Writes what partitions want written: one transaction at a time, the portions that wait share it. Each begins with its
 * fence, the epoch and the position before; all are taken or none. So nothing is written twice when the answer to a
 * COMMIT is lost: the position then says whether it was done.
 */
export class ProjectionWriter {
  private waiting: Waiting[] = [];
  private running = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly projection: Projection,
    private readonly logger: Logger,
    private readonly faults: FaultPoints = {},
  ) {}

  /** @returns false when the partition has another owner: nothing of the portion was written */
  write(portion: Portion): Promise<boolean> {
    return new Promise((done, fail) => {
      this.waiting.push({ portion, done, fail });
      if (!this.running) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running = true;
    // Partitions of the same fetch ask in the same turns of the event loop.
    await pause(0);
    while (this.waiting.length > 0) {
      const share = this.takeShare();
      try {
        await this.insist(share);
      } catch (error) {
        for (const entry of share) entry.fail(error);
      }
    }
    this.running = false;
  }

  private takeShare(): Waiting[] {
    let records = 0;
    let count = 0;
    for (const { portion } of this.waiting) {
      if (count > 0 && records + portion.records.length > recordsPerTransaction) break;
      records += portion.records.length;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async insist(share: readonly Waiting[]): Promise<void> {
    let open = [...share];
    let reopen = false;
    await this.again('projection not written, trying again', async () => {
      while (open.length > 0) {
        try {
          return await this.transaction(open, reopen);
        } catch (error) {
          reopen = true;
          if (!(error instanceof Fenced)) throw error;
          open = open.filter((entry) => entry !== error.waiting);
          error.waiting.done(false);
        }
      }
    });
    for (const { portion } of open) await this.faults.afterSave?.(portion.partition.partition);
    // At once: what they send shares its way.
    await Promise.all(
      open
        .filter((entry) => entry.portion.records.length > 0)
        .map(({ portion }) =>
          this.again('what was written is not told yet, trying again', async () =>
            this.projection.committed?.(portion.records),
          ),
        ),
    );
    for (const entry of open) entry.done(true);
  }

  /** Tries again for a while what fails for a reason that passes. */
  private async again(warning: string, work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ;) {
      try {
        return await work();
      } catch (error) {
        if (++attempt > attemptsMax || !isPassing(error)) throw error;
        this.logger.warn({ reason: messageOf(error) }, warning);
        await pause(Math.min(3000, 25 * 2 ** attempt));
      }
    }
  }

  private transaction(open: readonly Waiting[], reopen: boolean): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      const left: unknown[] = [];
      for (const entry of open) {
        const { partition, epoch, records, from, next } = entry.portion;
        const at = [partition.stream.topic, partition.partition] as const;
        // A COMMIT that is still under way holds the row: the position is read after it.
        const fence = await client.query(
          `UPDATE projection_positions SET position = $5
           WHERE topic = $1 AND partition = $2 AND epoch = $3 AND position = $4`,
          [...at, epoch, from, next],
        );
        const written = fence.rowCount !== 1;
        if (written && !(await isWritten(client, entry.portion))) throw new Fenced(entry);
        if (reopen) await this.projection.open(...at, client);
        if (written) continue;
        if (records.length > 0) left.push(await this.projection.apply(records, client));
        await this.faults.beforeSave?.(partition.partition);
      }
      if (left.length > 0) await this.projection.finish?.(left, client);
    });
  }
}

/** An earlier try was committed though nobody heard of it: the row stands at the new position under this epoch. */
async function isWritten(client: pg.PoolClient, { partition, epoch, next }: Portion): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT 1 FROM projection_positions WHERE topic = $1 AND partition = $2 AND epoch = $3 AND position = $4',
    [partition.stream.topic, partition.partition, epoch, next],
  );
  return rowCount === 1;
}

/** Connection trouble, a shutdown, a deadlock: worth another try. Anything else is a fault of the projection. */
function isPassing(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== 'string') return /connection|timeout/i.test(messageOf(error));
  return /^(08|40|53|57)/.test(code) || /^E[A-Z]+$/.test(code);
}
