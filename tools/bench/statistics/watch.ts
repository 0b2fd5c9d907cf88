import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** A question costs the database what some fills cost. */
const pollMs = 10;
const patienceMs = 60_000;

interface Sample {
  readonly providerId: string;
  readonly offset: number;
  readonly sentAtMs: number;
}

/** Fills whose statistics are waited for: one question for all of them, again and again, over one connection. */
export class Watch {
  /** From before the send until the row shows it, milliseconds. */
  readonly seenMs: number[] = [];
  private waiting: Sample[] = [];
  private ended = false;
  private readonly pool: pg.Pool;
  private readonly running: Promise<void>;

  constructor(pool: pg.Pool) {
    this.pool = pool;
    this.running = this.run();
    this.running.catch(() => undefined);
  }

  add(sample: Sample): void {
    this.waiting.push(sample);
  }

  /** Resolves when the last of them was seen. @throws Error when one doesn't come */
  async end(): Promise<void> {
    this.ended = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.ended || this.waiting.length > 0) {
      if (this.waiting.length > 0) await this.ask();
      const [oldest] = this.waiting;
      if (oldest && performance.now() - oldest.sentAtMs > patienceMs)
        throw new Error(`A fill isn't in the statistics after ${patienceMs / 1000} s.`);
      await sleep(pollMs);
    }
  }

  private async ask(): Promise<void> {
    const asked = this.waiting;
    this.waiting = [];
    const { rows } = await this.pool.query<{ provider_id: string; log_offset: string }>(
      'SELECT provider_id, log_offset FROM provider_stats WHERE provider_id = ANY ($1)',
      [asked.map(({ providerId }) => providerId)],
    );
    const shown = new Map(rows.map((row) => [row.provider_id, Number(row.log_offset)]));
    const now = performance.now();
    for (const sample of asked) {
      if ((shown.get(sample.providerId) ?? -1) >= sample.offset) this.seenMs.push(now - sample.sentAtMs);
      else this.waiting.push(sample);
    }
    this.waiting.sort((a, b) => a.sentAtMs - b.sentAtMs);
  }
}
