import {
  partitionCount,
  partitionOf,
  type CopyConfirmed,
  type CopyFundsAdded,
  type CopyFundsTakenOut,
  type CopyRequested,
  type InsuranceDrawn,
  type ShareCharged,
} from '@slipstream/contracts';
import { afterCopyFlow, decimal, isZero, text, zero } from '@slipstream/domain';
import { addProvider, type Copies, type CopiesChanges } from './copies.js';
import type { Copy } from './packed-copies.js';
import { growthOf } from './value-copies.js';

/** A copy that was asked for. It counts once it is confirmed. */
export function request(copies: Copies, event: CopyRequested, changes: CopiesChanges): void {
  const { copyId, accountId, providerId, copyTotalAmt, occurredAt } = event;
  if (copies.copies.has(copyId)) return;
  const line = partitionOf(providerId, partitionCount);
  addProvider(copies, providerId, line);
  copies.copies.set(copyId, {
    row: {
      ...{ copyId, accountId, providerId, accountsPartition: copies.partition, line, copyTotalAmt },
      status: 'starting',
      stopReason: null,
      putIn: copyTotalAmt,
      invested: copyTotalAmt,
      startedWith: copyTotalAmt,
      growth: '1',
      base: copyTotalAmt,
      insured: '0',
      fromOrder: null,
      returned: null,
      placed: 0,
      skipped: 0,
      filled: 0,
      rejected: 0,
      requestedAt: occurredAt,
      stoppedAt: null,
    },
    realisedPnl: zero,
    fees: zero,
    lastOrder: 0,
  });
  changes.copies.add(copyId);
}

/** Some of what the row of a copy says, anew. */
export function change(copies: Copies, changes: CopiesChanges, copyId: string, fields: Partial<Copy['row']>): void {
  const copy = copies.copies.get(copyId);
  if (copy === undefined) return;
  copies.copies.set(copyId, { ...copy, row: { ...copy.row, ...fields } });
  changes.copies.add(copyId);
}

/** Admitted; one that was stopped meanwhile doesn't become active any more. */
export function confirm(copies: Copies, { copyId, fromOrder }: CopyConfirmed, changes: CopiesChanges): void {
  const isStarting = copies.copies.get(copyId)?.row.status === 'starting';
  change(copies, changes, copyId, isStarting ? { status: 'active', fromOrder } : { fromOrder });
}

/** Money into the copy or out of it: what may be used, what was put in, and where its growth is cut. */
export function moveFunds(copies: Copies, event: CopyFundsAdded | CopyFundsTakenOut, changes: CopiesChanges): void {
  const copy = copies.copies.get(event.copyId);
  if (copy === undefined) return;
  const { row } = copy;
  const adds = event.type === 'CopyFundsAdded';
  const amount = decimal(event.amount);
  const flow = adds ? amount : amount.neg();
  const { growth, base } = afterCopyFlow(growthOf(copy), flow, decimal(event.equityBefore));
  change(copies, changes, event.copyId, {
    copyTotalAmt: event.copyTotalAmt,
    putIn: text(decimal(row.putIn).plus(flow)),
    invested: adds ? text(decimal(row.invested).plus(amount)) : row.invested,
    growth: text(growth),
    base: text(base),
  });
}

/** What a copy paid its provider: money that left it, by which its return doesn't move. */
export function payShare(copies: Copies, { copyId, ...said }: ShareCharged, changes: CopiesChanges): void {
  const copy = copies.copies.get(copyId);
  const charged = decimal(said.charged);
  if (copy === undefined || isZero(charged)) return;
  const { growth, base } = afterCopyFlow(growthOf(copy), charged.neg(), decimal(said.equityBefore));
  const putIn = text(decimal(copy.row.putIn).minus(charged));
  change(copies, changes, copyId, { putIn, growth: text(growth), base: text(base) });
}

/** A loss beyond the copy's money, borne by the insurance account. */
export function insure(copies: Copies, { copyId, amount }: InsuranceDrawn, changes: CopiesChanges): void {
  const insured = copies.copies.get(copyId)?.row.insured ?? '0';
  change(copies, changes, copyId, { insured: text(decimal(insured).plus(decimal(amount))) });
}
