import {
  partitionCount,
  partitionOf,
  record,
  streams,
  type Mark,
  type RecordProviderFills,
} from '@slipstream/contracts';
import type { EdgeCommand } from '@slipstream/streams';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** What is sent together at one moment of the market. Content and number depend on the source alone, never on speed. */
export interface Step {
  /** From 1 without holes; the offset in the `source` header of its commands */
  readonly n: number;
  /** Market clock, never before that of the step before it */
  readonly at: number;
  /** Prices that are the latest from here on */
  readonly marks: readonly Mark[];
  /** May be empty: the market moved and nothing has to be said at once */
  readonly commands: readonly EdgeCommand[];
  /** Provider orders and fills in it */
  readonly orders: number;
  readonly fills: number;
}

/**
 * Turns prices and provider orders into the numbered steps of a feed: an order's last price per instrument becomes the
 * mark of its provider's partition just before it; all partitions get a tick per market hour in which a price changed,
 * and all prices at each UTC midnight. A time that goes back leaves the clock where it is.
 */
export class StepPlan {
  private n = 0;
  private clock: number | null;
  private readonly marks = new Map<string, string>();
  private readonly changed = new Set<string>();

  /**
   * @param id names the source; the same content has the same id
   * @param clockStart market time reached before this source, null at the very first
   */
  constructor(
    private readonly id: string,
    clockStart: number | null = null,
  ) {
    this.clock = clockStart;
  }

  /** The first prices, told to everybody. */
  open(at: number, marks: readonly Mark[]): Step[] {
    const before = this.advance(at);
    this.learn(marks);
    return [...before, this.broadcast(this.clock as number, 'changed')];
  }

  /** Prices of a moment; said with the next tick. */
  observe(at: number, marks: readonly Mark[]): Step[] {
    const before = this.advance(at);
    this.learn(marks);
    return [...before, this.step(marks, () => [])];
  }

  /** A provider order, with its own prices as marks just before it. */
  order(order: RecordProviderFills): Step[] {
    const last = order.fills.at(-1);
    if (!last) throw new Error(`an order of ${order.providerId} has no fills`);
    const marks = [{ instrument: order.instrument, price: last.price }];
    const before = this.advance(last.occurredAt);
    this.learn(marks);
    const taken = this.step(marks, (at, source) => orderCommands(order, at, marks, source), order.fills.length);
    return [...before, taken];
  }

  /** After the last fill: a tick for everybody a minute later, so that all is marked. */
  end(): Step[] {
    if (this.clock === null) return [];
    const at = this.clock + minuteMs;
    return [...this.advance(at), this.broadcast(at, 'final')];
  }

  private advance(at: number): Step[] {
    const from = this.clock ?? at;
    this.clock = Math.max(from, at);
    const steps: Step[] = [];
    const hourEnd = nextMultiple(from, hourMs);
    if (this.changed.size > 0 && hourEnd <= at && hourEnd % dayMs !== 0) steps.push(this.broadcast(hourEnd, 'changed'));
    for (let midnight = nextMultiple(from, dayMs); midnight <= at; midnight += dayMs) {
      steps.push(this.broadcast(midnight, 'boundary'));
    }
    return steps;
  }

  private learn(marks: readonly Mark[]): void {
    for (const { instrument, price } of marks) {
      if (this.marks.get(instrument) === price) continue;
      this.marks.set(instrument, price);
      this.changed.add(instrument);
    }
  }

  /** Tells all partitions the prices that changed since the last broadcast; at a boundary and at the end all prices. */
  private broadcast(at: number, kind: 'changed' | 'boundary' | 'final'): Step {
    const names = [...(kind === 'changed' ? this.changed : this.marks.keys())].sort();
    const marks = names.map((instrument) => ({ instrument, price: this.marks.get(instrument) as string }));
    this.changed.clear();
    this.n += 1;
    const tick = record('MarkPrices', { at, boundary: kind === 'boundary', line: null, marks });
    const commands = toAllPartitions(tick, (partition) => this.sourceOf(partition));
    return { n: this.n, at, marks: [], commands, orders: 0, fills: 0 };
  }

  private step(
    marks: readonly Mark[],
    commands: (at: number, source: (ordinal: number) => string) => EdgeCommand[],
    fills = 0,
  ): Step {
    this.n += 1;
    const at = this.clock as number;
    const sent = commands(at, (ordinal) => this.sourceOf(ordinal));
    return { n: this.n, at, marks, commands: sent, orders: fills > 0 ? 1 : 0, fills };
  }

  private sourceOf(ordinal: number): string {
    return `file:${this.id}/0/${this.n}/${ordinal}/1`;
  }
}

/** A fact for every partition of providers.commands. */
export function toAllPartitions(
  fact: EdgeCommand['record'],
  sourceOf: (partition: number) => string | null,
): EdgeCommand[] {
  return Array.from({ length: partitionCount }, (_, partition) => {
    const source = sourceOf(partition);
    const at = 'at' in fact ? fact.at : 0;
    return {
      to: streams.providersCommands,
      record: fact,
      key: null,
      partition,
      ...(source === null ? {} : { source }),
      correlationId: `tick-${at}`,
    };
  });
}

function orderCommands(
  order: RecordProviderFills,
  at: number,
  marks: readonly Mark[],
  sourceOf: (ordinal: number) => string,
): EdgeCommand[] {
  const correlationId = `${order.providerId}/${(order.fills[0] as { sequence: number }).sequence}`;
  const partition = partitionOf(order.providerId, partitionCount);
  const mark = record('MarkPrices', { at, boundary: false, line: null, marks });
  const to = streams.providersCommands;
  return [
    { to, record: mark, key: null, partition, source: sourceOf(0), correlationId },
    { to, record: order, key: order.providerId, partition, source: sourceOf(1), correlationId },
  ];
}

/** The first multiple after the time. */
const nextMultiple = (time: number, step: number): number => (Math.floor(time / step) + 1) * step;
