import { setTimeout as delay } from 'node:timers/promises';
import { record, type Mark } from '@slipstream/contracts';
import type { Edge, EdgeCommand } from '@slipstream/streams';
import type { Speed } from './arguments.js';
import type { Backlog } from './backlog.js';
import { toAllPartitions, type Step } from './plan-steps.js';

/** One send to the broker holds at most so much. */
const batchRecordsMax = 200;
const batchBytesMax = 1024 * 1024;
const tickMs = 1_000;

/** How steps are sent. */
export interface Sending {
  readonly edge: Edge;
  /** Null where market time sets the pace. */
  readonly backlog: Backlog | null;
  readonly speed: Speed;
  /** Steps up to this one were acknowledged in an earlier run: they are counted, not sent. */
  readonly doneSteps: number;
  readonly signal: AbortSignal;
  /** After the broker has acknowledged everything up to the step. */
  acknowledged(last: Step, totals: Totals): Promise<void>;
}

export interface Totals {
  readonly orders: number;
  readonly fills: number;
}

/**
 * Sends the steps in their order, at the speed wanted, in batches.
 * @returns the totals over all steps, those done earlier included; ends early, after the batch at hand, when aborted
 */
export async function sendSteps(steps: AsyncIterable<Step>, sending: Sending): Promise<Totals> {
  const batch = new Batch(sending);
  const pace = new Pace(sending, batch);
  for await (const step of steps) {
    if (step.n <= sending.doneSteps) {
      batch.skip(step);
      continue;
    }
    await pace.until(step.at);
    if (sending.signal.aborted) break;
    await batch.add(step);
  }
  await batch.flush();
  if (sending.speed === 'step') await sending.backlog?.rest(sending.signal);
  return batch.totals;
}

/** Steps that go out together. */
class Batch {
  totals: Totals = { orders: 0, fills: 0 };
  /** Latest price per instrument that changed since the last tick by wall time. */
  readonly changed = new Map<string, string>();
  private steps: Step[] = [];
  private records = 0;
  private bytes = 0;

  constructor(private readonly sending: Sending) {}

  skip(step: Step): void {
    this.totals = { orders: this.totals.orders + step.orders, fills: this.totals.fills + step.fills };
  }

  async add(step: Step): Promise<void> {
    this.skip(step);
    this.steps.push(step);
    this.records += step.commands.length;
    this.bytes += bytesOf(step);
    for (const { instrument, price } of step.marks) this.changed.set(instrument, price);
    if (this.records >= batchRecordsMax || this.bytes >= batchBytesMax || this.steps.length >= batchRecordsMax * 5) {
      await this.flush();
    }
  }

  async flush(): Promise<void> {
    const last = this.steps.at(-1);
    if (!last) return;
    if (this.sending.speed === 'max') await this.sending.backlog?.room(this.sending.signal);
    const commands = this.steps.flatMap((step) => step.commands);
    if (this.sending.speed === 'step') await this.sendInStep(commands);
    else if (commands.length > 0) await this.sending.edge.send(stamped(commands));
    this.steps = [];
    this.records = 0;
    this.bytes = 0;
    await this.sending.acknowledged(last, this.totals);
  }

  /** What a mark does to copies (stop loss, liquidation) is done before the order behind it comes. */
  private async sendInStep(commands: readonly EdgeCommand[]): Promise<void> {
    for (const [kind, group] of Map.groupBy(commands, ({ record: each }) => each.type)) {
      if (kind !== 'MarkPrices') await this.sending.backlog?.rest(this.sending.signal);
      await this.sending.edge.send(stamped(group));
    }
  }

  /** The market clock by wall time, between two steps. Without a source: an older one than the line knows is ignored. */
  async tick(at: number): Promise<void> {
    await this.flush();
    const marks: Mark[] = [...this.changed].sort().map(([instrument, price]) => ({ instrument, price }));
    this.changed.clear();
    const tick = record('MarkPrices', { at, boundary: false, line: null, marks });
    await this.sending.edge.send(stamped(toAllPartitions(tick, () => null)));
  }
}

/** Holds each step back until its market time has come; ticks once per second while it does. */
class Pace {
  private start: { readonly wallMs: number; readonly at: number } | null = null;
  private nextTickMs = 0;

  constructor(
    private readonly sending: Sending,
    private readonly batch: Batch,
  ) {}

  /** What was sent so far is done, with all that followed from it. */
  private async atRest(): Promise<void> {
    await this.batch.flush();
    await this.sending.backlog?.rest(this.sending.signal);
  }

  async until(at: number): Promise<void> {
    const { speed, signal } = this.sending;
    if (speed === 'max') return;
    if (speed === 'step') return this.atRest();
    this.start ??= { wallMs: Date.now(), at };
    this.nextTickMs ||= Date.now() + tickMs;
    const dueMs = this.start.wallMs + (at - this.start.at) / speed;
    for (;;) {
      const nowMs = Date.now();
      if (nowMs >= this.nextTickMs) {
        this.nextTickMs = Math.max(this.nextTickMs + tickMs, nowMs);
        const market = Math.floor(this.start.at + (nowMs - this.start.wallMs) * speed);
        await this.batch.tick(Math.min(market, at));
      }
      if (signal.aborted || nowMs >= dueMs) return;
      await this.batch.flush();
      const waitMs = Math.max(1, Math.min(dueMs, this.nextTickMs) - Date.now());
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function stamped(commands: readonly EdgeCommand[]): EdgeCommand[] {
  const receivedAtMs = Date.now();
  return commands.map((command) => ({ ...command, receivedAtMs }));
}

/** Roughly, from above. */
function bytesOf(step: Step): number {
  return step.commands.reduce((bytes, { record: each }) => {
    if (each.type === 'RecordProviderFills') return bytes + 300 + each.fills.length * 200;
    return bytes + 300 + (each.type === 'MarkPrices' ? each.marks.length * 60 : 0);
  }, 0);
}
