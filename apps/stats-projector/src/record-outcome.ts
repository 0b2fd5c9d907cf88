import type { CopiesDecided, CopiesMeasured, CopyEnd, MarketTicked } from '@slipstream/contracts';
import { decimal, latencyBucketMs, text } from '@slipstream/domain';
import type { MeasureRow, OutcomeRow } from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { change, confirm, insure, moveFunds, payShare, request } from './change-copy.js';
import { markLine, type Copies, type CopiesChanges, type OutcomeEnd } from './copies.js';
import { countEnd, countOutcome, slippageOf } from './count-outcome.js';
import { aimAt, endedFor, forgetLeads, joined, ownOrdersPlaced, placedFor } from './follow-leads.js';
import { isValuation, touch } from './touch.js';

/** Takes one record of accounts.events into the copies and their outcomes. */
export function recordAccountEvent(copies: Copies, record: JournalRecord, changes: CopiesChanges): void {
  take(copies, record, changes);
  touch(copies, record, changes);
}

function take(copies: Copies, record: JournalRecord, changes: CopiesChanges): void {
  const { event } = record;
  switch (event.type) {
    case 'MarketTicked':
      return tick(copies, event, changes);
    case 'CopyRequested':
      return request(copies, event, changes);
    case 'CopyConfirmed':
      return confirm(copies, event, changes);
    case 'CopyRefused':
      return change(copies, changes, event.copyId, { status: 'refused', stopReason: event.reason });
    case 'CopyStopping':
      return change(copies, changes, event.copyId, { status: 'stopping', stopReason: event.reason });
    case 'CopyPaused':
      return change(copies, changes, event.copyId, { status: 'paused' });
    case 'CopyResumed':
      return change(copies, changes, event.copyId, { status: 'active' });
    case 'CopyFundsAdded':
    case 'CopyFundsTakenOut':
      return moveFunds(copies, event, changes);
    case 'InsuranceDrawn':
      return insure(copies, event, changes);
    case 'CopiesMeasured':
      return void changes.measures.push(measureRow(copies, event, record.offset));
    case 'ProfitShareCharged':
      return event.charges.forEach((charged) => payShare(copies, charged, changes));
    case 'CopyStopped':
      forgetLeads(copies, changes, event.copyId);
      return change(copies, changes, event.copyId, {
        status: 'stopped',
        returned: event.returned,
        stoppedAt: event.occurredAt,
      });
    case 'CopiesDecided':
      return decided(copies, event, record, changes);
    case 'CopyOrdersEnded':
      return event.ends.forEach((end) => ended(copies, end, record, changes));
    case 'CopyOrdersPlaced':
      return ownOrdersPlaced(copies, changes, event);
    case 'OpenPositionJoined':
      return joined(copies, changes, event);
    default:
  }
}

/** The marks that copies are valued at; those of other ticks are not looked at, so that it doesn't matter where a batch ends. */
function tick(copies: Copies, event: MarketTicked, changes: CopiesChanges): void {
  const { line, marks } = event;
  if (line === null || !isValuation(event)) return;
  if (marks.length > 0) changes.ticked.add(line);
  for (const { instrument, price } of marks) {
    markLine(copies, line, instrument, decimal(price));
    const row = { accountsPartition: copies.partition, line, instrument, price };
    changes.marks.set(`${line}\n${instrument}`, row);
  }
}

/** So many instruments of a measure are kept. */
const marksMax = 1_000;

/** By what copies were valued, for their receipts. */
function measureRow({ partition }: Copies, { at, cause, marks }: CopiesMeasured, logOffset: number): MeasureRow {
  const kept = JSON.stringify(marks.slice(0, marksMax).map(({ instrument, price }) => ({ instrument, price })));
  const leftOut = Math.max(0, marks.length - marksMax);
  return { accountsPartition: partition, logOffset, at, cause, marks: kept, leftOut };
}

/** A decision for each copy of the record, and how long it took to come from the provider's fill. */
function decided(copies: Copies, event: CopiesDecided, record: JournalRecord, changes: CopiesChanges): void {
  const { orderNo, price, occurredAt, providerId } = event.order;
  const { leadPositionId } = event.order;
  const decidedAfterMs = afterMs(record);
  const common = { ...undecided, orderNo, providerPrice: price, leadPositionId, decidedAt: occurredAt, decidedAfterMs };
  // Numbers before the order's come first: what a copy was told of before is told again.
  for (const { copyId, orderNo: missedNo } of event.missed) {
    const missed = { ...common, copyId, orderNo: missedNo, providerPrice: null, leadPositionId: null };
    addOutcome(changes, { ...missed, decision: 'skipped', reason: 'record_unreadable' });
    if (!isFirst(copies, copyId, missedNo)) continue;
    count(copies, changes, copyId, 'skipped');
    countOutcome(copies, changes, providerId, 'skipped:record_unreadable');
  }
  for (const placed of event.placed) {
    const { copyId, side, quantity, reserved, target } = placed;
    addOutcome(changes, { ...common, copyId, decision: 'placed', side, quantity, reserved, target });
    if (!isFirst(copies, copyId, orderNo)) continue;
    placedFor(copies, changes, placed, event.order);
    count(copies, changes, copyId, 'placed');
  }
  for (const { copyId, reason, target } of event.skipped) {
    addOutcome(changes, { ...common, copyId, decision: 'skipped', reason, target });
    if (!isFirst(copies, copyId, orderNo)) continue;
    if (target !== null) aimAt(copies, changes, copyId, event.order, target);
    count(copies, changes, copyId, 'skipped');
    countOutcome(copies, changes, providerId, `skipped:${reason}`);
  }
  if (decidedAfterMs !== null) countLatency(copies, changes, 'fillToPlaced', decidedAfterMs, event.placed.length);
}

/** Whether the copy decides this number for the first time; it is remembered. A second decision only counts as one too many. */
function isFirst(copies: Copies, copyId: string, orderNo: number): boolean {
  const copy = copies.copies.get(copyId);
  if (copy === undefined) return true;
  if (orderNo <= copy.lastOrder) return false;
  copies.copies.set(copyId, { ...copy, lastOrder: orderNo });
  return true;
}

/** From the provider's fill at the edge to this record in the journal. */
const afterMs = ({ receivedAtMs, appendedAtMs }: JournalRecord): number | null =>
  receivedAtMs === null ? null : appendedAtMs - receivedAtMs;

function countLatency(copies: Copies, changes: CopiesChanges, stage: string, ms: number, count: number): void {
  if (count === 0) return;
  const upToMs = latencyBucketMs(ms);
  const key = `${stage}\n${upToMs}`;
  const n = (changes.latencies.get(key)?.n ?? 0) + count;
  changes.latencies.set(key, { stage, accountsPartition: copies.partition, upToMs, n });
}

function addOutcome(changes: CopiesChanges, row: OutcomeRow): void {
  const key = outcomeKey(row.copyId, row.orderNo);
  const first = changes.outcomes.get(key);
  changes.outcomes.set(key, first === undefined ? row : { ...first, duplicates: first.duplicates + 1 });
}

/** Money and position of the copy, and the end of the outcome where a provider order caused the order. */
function ended(copies: Copies, end: CopyEnd, record: JournalRecord, changes: CopiesChanges): void {
  const endedAfterMs = afterMs(record);
  if (end.orderNo !== null) addEnd(changes, end, end.orderNo, endedAfterMs);
  // An end that was told before only counts as one too many.
  if (!endedFor(copies, changes, end)) return;
  const copy = copies.copies.get(end.copyId);
  if (copy !== undefined) {
    const realisedPnl = copy.realisedPnl.plus(decimal(end.realisedPnl));
    const fees = copy.fees.plus(decimal(end.fee)).plus(decimal(end.commission));
    copies.copies.set(end.copyId, { ...copy, realisedPnl, fees });
    count(copies, changes, end.copyId, end.type === 'CopyRejected' ? 'rejected' : 'filled');
  }
  if (end.orderNo === null) return;
  countEnd(copies, changes, end);
  if (endedAfterMs !== null) countLatency(copies, changes, 'fillToEnd', endedAfterMs, 1);
}

function addEnd(changes: CopiesChanges, end: CopyEnd, orderNo: number, endedAfterMs: number | null): void {
  const key = outcomeKey(end.copyId, orderNo);
  const outcome = changes.outcomes.get(key);
  const earlier = outcome?.endType === null ? undefined : (outcome ?? changes.ends.get(key));
  const added: OutcomeEnd =
    earlier === undefined
      ? outcomeEnd(end, orderNo, endedAfterMs)
      : { ...earlier, endDuplicates: earlier.endDuplicates + 1 };
  if (outcome === undefined) changes.ends.set(key, added);
  else changes.outcomes.set(key, { ...outcome, ...added });
}

function outcomeEnd(end: CopyEnd, orderNo: number, endedAfterMs: number | null): OutcomeEnd {
  const worse = slippageOf(end);
  return {
    copyId: end.copyId,
    orderNo,
    endType: end.type,
    endReason: end.reason,
    filledQuantity: end.quantity,
    price: end.price,
    slippageAmount: worse === null ? null : text(worse.amount),
    slippageBp: worse === null ? null : text(worse.basisPoints),
    fee: end.fee,
    feeAsset: end.feeAsset,
    realisedPnl: end.realisedPnl,
    endedAt: end.occurredAt,
    endedAfterMs,
    endDuplicates: 0,
  };
}

type Counter = 'placed' | 'skipped' | 'filled' | 'rejected';
function count(copies: Copies, changes: CopiesChanges, copyId: string, counter: Counter): void {
  const copy = copies.copies.get(copyId);
  if (copy === undefined) return;
  change(copies, changes, copyId, { [counter]: copy.row[counter] + 1 });
}

const outcomeKey = (copyId: string, orderNo: number): string => `${copyId}\n${orderNo}`;

/** An outcome before anything is known of it. */
const undecided = {
  reason: null,
  side: null,
  quantity: null,
  reserved: null,
  target: null,
  duplicates: 0,
  endType: null,
  endReason: null,
  filledQuantity: null,
  price: null,
  slippageAmount: null,
  slippageBp: null,
  fee: null,
  feeAsset: null,
  realisedPnl: null,
  endedAt: null,
  endedAfterMs: null,
  endDuplicates: 0,
} as const;
