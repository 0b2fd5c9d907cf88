import {
  partitionCount,
  partitionOf,
  type CopiesDecided,
  type CopyEnd,
  type CopyFundsAdded,
  type CopyFundsTakenOut,
  type CopyRequested,
  type InsuranceDrawn,
  type MarketTicked,
} from '@slipstream/contracts';
import { afterFill, decimal, flat, latencyBucketMs, slippage, text, zero } from '@slipstream/domain';
import type { OutcomeRow } from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { countEnd, countOutcome } from './count-outcome.js';
import { aimAt, endedFor, forgetLeads, joined, ownOrdersPlaced, placedFor } from './follow-leads.js';
import {
  addToProvider,
  markLine,
  positionKey,
  setWithin,
  type Copies,
  type CopiesChanges,
  type Copy,
  type OutcomeEnd,
} from './copies.js';

/** Takes one record of accounts.events into the copies and their outcomes. */
export function recordAccountEvent(copies: Copies, record: JournalRecord, changes: CopiesChanges): void {
  touch(copies, record, changes);
  const { event } = record;
  switch (event.type) {
    case 'MarketTicked':
      return tick(copies, event, changes);
    case 'CopyRequested':
      return request(copies, event, changes);
    case 'CopyConfirmed':
      return change(copies, changes, event.copyId, { status: 'active', fromOrder: event.fromOrder });
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

/** Notes whose copies the record is about, and when it was. */
function touch(copies: Copies, { event, offset }: JournalRecord, changes: CopiesChanges): void {
  const note = (providerId: string, at: number | undefined): void => {
    changes.providers.set(providerId, offset);
    copies.asOf.set(providerId, Math.max(copies.asOf.get(providerId) ?? 0, at ?? 0));
  };
  if (event.type === 'CopiesDecided') note(event.order.providerId, event.order.occurredAt);
  else if (event.type === 'CopyOrdersEnded') for (const end of event.ends) note(end.providerId, end.occurredAt);
  else if (event.type === 'MarketTicked') {
    // At a midnight all copies are valued anew; between them those that something happens to.
    if (!event.boundary) return;
    for (const [providerId, ids] of copies.ofProvider)
      if ([...ids].some((id) => copies.copies.get(id)?.row.line === event.line)) note(providerId, event.at);
  } else if ('copyId' in event && 'providerId' in event)
    note(event.providerId, 'occurredAt' in event ? event.occurredAt : undefined);
}

function tick(copies: Copies, { line, marks }: MarketTicked, changes: CopiesChanges): void {
  if (line === null) return;
  for (const { instrument, price } of marks) {
    markLine(copies, line, instrument, decimal(price));
    const row = { accountsPartition: copies.partition, line, instrument, price };
    changes.marks.set(`${line}\n${instrument}`, row);
  }
}

function request(copies: Copies, event: CopyRequested, changes: CopiesChanges): void {
  if (copies.copies.has(event.copyId)) return;
  addToProvider(copies, event.providerId, event.copyId);
  copies.copies.set(event.copyId, {
    row: {
      copyId: event.copyId,
      accountId: event.accountId,
      providerId: event.providerId,
      accountsPartition: copies.partition,
      line: partitionOf(event.providerId, partitionCount),
      status: 'starting',
      stopReason: null,
      copyTotalAmt: event.copyTotalAmt,
      putIn: event.copyTotalAmt,
      invested: event.copyTotalAmt,
      insured: '0',
      fromOrder: null,
      returned: null,
      placed: 0,
      skipped: 0,
      filled: 0,
      rejected: 0,
      requestedAt: event.occurredAt,
      stoppedAt: null,
    },
    realisedPnl: zero,
    fees: zero,
  });
  changes.copies.add(event.copyId);
}

function change(copies: Copies, changes: CopiesChanges, copyId: string, fields: Partial<Copy['row']>): void {
  const copy = copies.copies.get(copyId);
  if (copy === undefined) return;
  copies.copies.set(copyId, { ...copy, row: { ...copy.row, ...fields } });
  changes.copies.add(copyId);
}

/** A decision for each copy of the record, and how long it took to come from the provider's fill. */
function decided(copies: Copies, event: CopiesDecided, record: JournalRecord, changes: CopiesChanges): void {
  const { orderNo, price, occurredAt, providerId } = event.order;
  const { leadPositionId } = event.order;
  const decidedAfterMs = afterMs(record);
  const common = { ...undecided, orderNo, providerPrice: price, leadPositionId, decidedAt: occurredAt, decidedAfterMs };
  for (const placed of event.placed) {
    const { copyId, side, quantity, reserved, target } = placed;
    addOutcome(changes, { ...common, copyId, decision: 'placed', side, quantity, reserved, target });
    placedFor(copies, changes, placed, event.order);
    count(copies, changes, copyId, 'placed');
  }
  for (const { copyId, reason, target } of event.skipped) {
    addOutcome(changes, { ...common, copyId, decision: 'skipped', reason, target });
    if (target !== null) aimAt(copies, changes, copyId, event.order, target);
    count(copies, changes, copyId, 'skipped');
    countOutcome(copies, changes, providerId, `skipped:${reason}`);
  }
  for (const { copyId, orderNo: missedNo } of event.missed) {
    const missed = { ...common, copyId, orderNo: missedNo, providerPrice: null, leadPositionId: null };
    addOutcome(changes, { ...missed, decision: 'skipped', reason: 'record_unreadable' });
    count(copies, changes, copyId, 'skipped');
    countOutcome(copies, changes, providerId, 'skipped:record_unreadable');
  }
  if (decidedAfterMs !== null) countLatency(copies, changes, 'fillToPlaced', decidedAfterMs, event.placed.length);
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

/** Money into the copy or out of it: what may be used, and what was put in. */
function moveFunds(copies: Copies, event: CopyFundsAdded | CopyFundsTakenOut, changes: CopiesChanges): void {
  const row = copies.copies.get(event.copyId)?.row;
  if (row === undefined) return;
  const amount = decimal(event.amount);
  const adds = event.type === 'CopyFundsAdded';
  const putIn = text(decimal(row.putIn).plus(adds ? amount : amount.neg()));
  const invested = adds ? text(decimal(row.invested).plus(amount)) : row.invested;
  change(copies, changes, event.copyId, { copyTotalAmt: event.copyTotalAmt, putIn, invested });
}

function insure(copies: Copies, { copyId, amount }: InsuranceDrawn, changes: CopiesChanges): void {
  const insured = copies.copies.get(copyId)?.row.insured ?? '0';
  change(copies, changes, copyId, { insured: text(decimal(insured).plus(decimal(amount))) });
}

function addOutcome(changes: CopiesChanges, row: OutcomeRow): void {
  const key = outcomeKey(row.copyId, row.orderNo);
  const first = changes.outcomes.get(key);
  changes.outcomes.set(key, first === undefined ? row : { ...first, duplicates: first.duplicates + 1 });
}

/** Money and position of the copy, and the end of the outcome where a provider order caused the order. */
function ended(copies: Copies, end: CopyEnd, record: JournalRecord, changes: CopiesChanges): void {
  endedFor(copies, changes, end);
  const copy = copies.copies.get(end.copyId);
  if (copy !== undefined) {
    copies.copies.set(end.copyId, {
      ...copy,
      realisedPnl: copy.realisedPnl.plus(decimal(end.realisedPnl)),
      fees: copy.fees.plus(decimal(end.fee)),
    });
    count(copies, changes, end.copyId, end.type === 'CopyRejected' ? 'rejected' : 'filled');
  }
  const key = positionKey(end.copyId, end.instrument, end.positionSide);
  const position = afterFill(copies.positions.get(end.copyId)?.get(key) ?? flat, end);
  setWithin(copies.positions, end.copyId, key, position === flat ? undefined : position);
  changes.positions.add(key);
  if (end.orderNo === null) return;
  countEnd(copies, changes, end);
  const endedAfterMs = afterMs(record);
  addEnd(changes, end, end.orderNo, endedAfterMs);
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
  const worse =
    end.price === null || end.providerPrice === null
      ? null
      : slippage(end.side, decimal(end.quantity), decimal(end.price), decimal(end.providerPrice));
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
