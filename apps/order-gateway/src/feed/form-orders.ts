import { record, type RecordProviderFills } from '@slipstream/contracts';
import type { FileFill } from './parse-fill.js';

/** Fills of one order lie at most this far from the first of them. */
export const orderSpanMsMax = 1_000;
/** A longer run of fills is cut. */
export const orderFillsMax = 500;
/** An order is complete at the latest when this many fills were read since its last one. */
export const lookAheadFillsMax = 10_000;

/** A provider order of the file. */
export interface FormedOrder {
  readonly record: RecordProviderFills;
  readonly firstLine: number;
  readonly lastLine: number;
}

interface GrowingOrder {
  readonly fills: FileFill[];
  /** Running number of the last fill among all fills read. */
  lastRead: number;
}

/**
 * Forms provider orders from the fills of a file: consecutive fills of one provider (those of others may lie between)
 * of the same instrument, side and position side, at most 1,000 ms from the first, at most 500. Orders come out in the
 * order of the line of their last fill, each when it can't grow any more, so the outcome depends on the fills alone.
 * An order whose provider is silent for 10,000 fills of others is complete: that bounds the memory.
 */
export class OrderForming {
  /** At most one per provider, sorted by the line of the last fill: a fill moves its order to the end. */
  private readonly growing = new Map<string, GrowingOrder>();
  /** Complete orders that wait for a growing one with an earlier last fill. */
  private waiting: FormedOrder[] = [];
  private read = 0;
  /** Line before which everything complete has gone out. */
  private releasedBefore = 0;

  /** @returns the orders that go out now */
  take(fill: FileFill): FormedOrder[] {
    this.read += 1;
    const open = this.growing.get(fill.providerId);
    this.growing.delete(fill.providerId);
    if (open && joins(open.fills, fill)) {
      open.fills.push(fill);
      open.lastRead = this.read;
      this.growing.set(fill.providerId, open);
    } else {
      if (open) this.waiting.push(formed(open.fills));
      this.growing.set(fill.providerId, { fills: [fill], lastRead: this.read });
    }
    this.completeSilent();
    return this.release();
  }

  /** @returns all that is left, at the end of the file */
  end(): FormedOrder[] {
    for (const open of this.growing.values()) this.waiting.push(formed(open.fills));
    this.growing.clear();
    return this.release();
  }

  private completeSilent(): void {
    for (const [providerId, open] of this.growing) {
      if (this.read - open.lastRead < lookAheadFillsMax) return;
      this.growing.delete(providerId);
      this.waiting.push(formed(open.fills));
    }
  }

  private release(): FormedOrder[] {
    const oldest = this.growing.values().next().value;
    const before = oldest ? (oldest.fills.at(-1) as FileFill).line : Infinity;
    if (before === this.releasedBefore) return [];
    this.releasedBefore = before;
    const out = this.waiting.filter((order) => order.lastLine < before);
    if (out.length > 0) this.waiting = this.waiting.filter((order) => order.lastLine >= before);
    return out.sort((a, b) => a.lastLine - b.lastLine);
  }
}

/** All orders of a list of fills. */
export function formOrders(fills: Iterable<FileFill>): FormedOrder[] {
  const forming = new OrderForming();
  const orders: FormedOrder[] = [];
  for (const fill of fills) orders.push(...forming.take(fill));
  return [...orders, ...forming.end()];
}

function joins(fills: readonly FileFill[], next: FileFill): boolean {
  const first = fills[0] as FileFill;
  return (
    fills.length < orderFillsMax &&
    next.instrument === first.instrument &&
    next.side === first.side &&
    next.positionSide === first.positionSide &&
    Math.abs(next.fill.occurredAt - first.fill.occurredAt) <= orderSpanMsMax
  );
}

function formed(fills: readonly FileFill[]): FormedOrder {
  const first = fills[0] as FileFill;
  return {
    firstLine: first.line,
    lastLine: (fills.at(-1) as FileFill).line,
    record: record('RecordProviderFills', {
      providerId: first.providerId,
      clientOrderId: null,
      venueOrderId: null,
      instrument: first.instrument,
      side: first.side,
      positionSide: first.positionSide,
      leverage: null,
      marginMode: null,
      fills: fills.map((each) => each.fill),
    }),
  };
}
