import type {
  CopyShareMoved,
  CopyShareStarted,
  FeeTerms,
  ProfitShareDue,
  ProfitShareSettled,
  SettlementReceipt,
  ShareCharge,
  ShareTermsAnnounced,
} from '@slipstream/contracts';
import { decimal, previewSettlement, text, zero } from '@slipstream/domain';
import {
  announcedOf,
  pendingOf,
  receiptProofOf,
  shareOf,
  type CopyShareRow,
  type PendingSettlement,
  type SettlementRow,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { recordMonths, subscriptionEnded, subscriptionStarted } from './record-months.js';
import { added, copyOf, earn, earningOf, putCopy, type Fees, type FeesChanges } from './fees.js';

const dayMs = 86_400_000;

/**
 * Takes one record of settlements.events into shares, receipts and earnings. What the journal says is taken as it says it;
 * only a settlement that waits for its charge is worked out, since nothing tells its figures yet.
 */
export function recordSettlement(fees: Fees, { event, offset }: JournalRecord, changes: FeesChanges): void {
  switch (event.type) {
    case 'CopyShareStarted':
      return started(fees, event, offset, changes);
    case 'CopyShareMoved':
      return moved(fees, event, offset, changes);
    case 'ShareTermsAnnounced':
      return announced(fees, event, offset, changes);
    case 'ProfitShareDue':
      return measured(fees, event, offset, changes);
    case 'ProfitShareSettled':
      return settled(fees, event, offset, changes);
    case 'SubscriptionStarted':
      return subscriptionStarted(fees, event, offset, changes);
    case 'SubscriptionSettled':
      return recordMonths(fees, event, offset, changes);
    case 'SubscriptionEnded':
      return subscriptionEnded(fees, event, offset, changes);
    default:
  }
}

const termsOf = ({ feeModel, profitShareRatio, settlementPeriod }: FeeTerms) => ({
  feeModel,
  profitShareRatio,
  settlementPeriod,
});

/** What an earlier copy has left due goes over to the one that goes on. */
function started(fees: Fees, event: CopyShareStarted, offset: number, changes: FeesChanges): void {
  const { amount, gap, due, carriedFrom, occurredAt } = event;
  // Told before.
  if (fees.copies.get(event.copyId)?.startedAt === occurredAt) return;
  const earlier = carriedFrom === null ? undefined : fees.copies.get(carriedFrom);
  if (earlier !== undefined) putCopy(fees, changes, { ...earlier, due: '0' }, occurredAt, offset);
  const row: CopyShareRow = {
    ...copyOf(fees, event),
    ...termsOf(event.fees),
    announced: event.announced && JSON.stringify(event.announced),
    ...{ startedWith: amount, startedAt: occurredAt, settledAt: occurredAt, gap, due, equity: amount },
    ...{ carriedFrom, carriedGap: gap, carriedDue: due, startedOffset: offset },
    ...openedWith(amount, gap),
  };
  putCopy(fees, changes, row, occurredAt, offset);
}

const openedWith = (equity: string, gap: string) => ({
  openingEquity: equity,
  openingGap: gap,
  openingDeposits: '0',
  openingWithdrawals: '0',
  openingGapWithdrawn: '0',
});

function moved(fees: Fees, event: CopyShareMoved, offset: number, changes: FeesChanges): void {
  const row = copyOf(fees, event);
  if (row.status === 'ended') return;
  const { copyId, providerId, kind, amount, equityBefore, gapBefore, gapAfter, occurredAt } = event;
  changes.flows.push({
    ...{ copyId, periodNo: row.begun, logPartition: fees.partition, logOffset: offset, providerId },
    ...{ kind, amount, equityBefore, gapBefore, gapAfter, due: row.due, occurredAt },
  });
  const signed = kind === 'deposit' ? amount : text(decimal(amount).neg());
  const flows =
    kind === 'deposit'
      ? { deposited: added(row.deposited, amount), openingDeposits: added(row.openingDeposits, amount) }
      : { withdrawn: added(row.withdrawn, amount), openingWithdrawals: added(row.openingWithdrawals, amount) };
  const kept = decimal(gapBefore).minus(decimal(gapAfter));
  const after = { ...flows, gap: gapAfter, equity: added(equityBefore, signed) };
  const openingGapWithdrawn = added(row.openingGapWithdrawn, kept);
  putCopy(fees, changes, { ...row, ...after, openingGapWithdrawn }, occurredAt, offset);
}

/** Terms that hold later; a copy that has ended has no later. */
function announced(fees: Fees, event: ShareTermsAnnounced, offset: number, changes: FeesChanges): void {
  const { effectiveFrom, occurredAt } = event;
  for (const { copyId } of event.copies) {
    const row = fees.copies.get(copyId);
    if (row === undefined || row.status === 'ended') continue;
    const text = JSON.stringify({ fees: event.fees, effectiveFrom });
    putCopy(fees, changes, { ...row, announced: text }, occurredAt, offset);
  }
}

/** Copies that were measured: what they came to is due, and a period begins. */
function measured(fees: Fees, event: ProfitShareDue, offset: number, changes: FeesChanges): void {
  const { measuredAt, measures } = event;
  event.charges.forEach((charge, i) => {
    const row = fees.copies.get(charge.copyId);
    if (row === undefined || isTold(fees, row, charge, changes)) return;
    const equity = measures[i]?.equity ?? row.equity;
    const facts = { equity: decimal(equity), available: zero, platformFeeRatio: zero };
    const { settlementId, cause, at, owed } = charge;
    const figures = previewSettlement(shareOf(row), at, facts);
    if (figures === null) return;
    const { from, until, newProfit, accrued } = figures;
    const gap = text(figures.gapAfter);
    const { settlementPeriod, begun: periodNo } = row;
    const asked = { newProfit: text(newProfit), accrued: text(accrued), owed, settlementPeriod, measuredAt, periodNo };
    const after: CopyShareRow = {
      ...row,
      ...termsAfter(row, until),
      ...{ gap, equity, due: added(row.due, accrued), settledAt: until, begun: periodNo + 1 },
      status: cause === 'stop' ? 'ended' : row.status,
      retirementSettled: row.retirementSettled || cause === 'retirement',
      ...openedWith(equity, gap),
      pending: JSON.stringify([...pendingOf(row), { settlementId, cause, from, until, ...asked }]),
    };
    putCopy(fees, changes, after, at, offset);
  });
}

/** Whether a settlement has begun before. */
const isTold = (fees: Fees, row: CopyShareRow, { settlementId }: ShareCharge, changes: FeesChanges): boolean =>
  fees.told.has(settlementId) ||
  changes.settlements.has(settlementId) ||
  pendingOf(row).some((one) => one.settlementId === settlementId);

/** Announced terms hold after the settlement that reaches their moment. */
function termsAfter(row: CopyShareRow, until: number): Partial<CopyShareRow> {
  const announced = announcedOf(row);
  return announced !== null && announced.effectiveFrom <= until ? { ...termsOf(announced.fees), announced: null } : {};
}

function settled(fees: Fees, { receipts }: ProfitShareSettled, offset: number, changes: FeesChanges): void {
  for (const receipt of receipts) {
    const { settlementId } = receipt;
    const first = changes.settlements.get(settlementId);
    if (first !== undefined) changes.settlements.set(settlementId, { ...first, duplicates: first.duplicates + 1 });
    else if (fees.told.has(settlementId)) {
      const of = { settlementPeriod: fees.copies.get(receipt.copyId)?.settlementPeriod ?? '', periodNo: 0 };
      changes.settlements.set(settlementId, receiptRow(fees, receipt, of, offset));
    } else take(fees, receipt, offset, changes);
  }
}

/** A receipt that is told for the first time. */
function take(fees: Fees, receipt: SettlementReceipt, offset: number, changes: FeesChanges): void {
  const { providerId, settlementId, cause, until, newProfit, accrued, providerGross, platformFee, providerNet } =
    receipt;
  const row = copyOf(fees, receipt);
  const waiting = pendingOf(row);
  const pending = waiting.find((one) => one.settlementId === settlementId);
  const settlementPeriod = pending?.settlementPeriod ?? row.settlementPeriod;
  const periodNo = pending?.periodNo ?? row.begun;
  changes.settlements.set(settlementId, receiptRow(fees, receipt, { settlementPeriod, periodNo }, offset));
  const after: CopyShareRow = {
    ...row,
    ...(pending === undefined ? settledAtOnce(row, receipt) : charged(row, receipt, waiting)),
    due: added(
      row.due,
      decimal(accrued)
        .minus(decimal(pending?.accrued ?? '0'))
        .minus(decimal(providerGross)),
    ),
    status: cause === 'stop' ? 'ended' : row.status,
    settlements: row.settlements + 1,
    newProfit: added(row.newProfit, newProfit),
    accrued: added(row.accrued, accrued),
    providerGross: added(row.providerGross, providerGross),
    platformFee: added(row.platformFee, platformFee),
    providerNet: added(row.providerNet, providerNet),
    lastSettlement: Math.max(row.lastSettlement ?? until, until),
  };
  putCopy(fees, changes, after, receipt.occurredAt, offset);
  // A settlement at midnight closes the day before.
  const earning = earningOf(changes, { providerId, day: Math.floor((until - 1) / dayMs), settlementPeriod });
  earning.counts.settlements += 1;
  earn(earning, { newProfit, accrued, providerGross, platformFee, providerNet });
}

/**
 * What the copy has paid; money that has come or gone since the measure is in the next period already. A later settlement
 * that waits asks for so much less.
 */
function charged(
  row: CopyShareRow,
  { settlementId, providerGross }: SettlementReceipt,
  waiting: readonly PendingSettlement[],
): Partial<CopyShareRow> {
  const paid = decimal(providerGross).neg();
  const later = waiting
    .filter((one) => one.settlementId !== settlementId)
    .map((one) => ({ ...one, owed: added(one.owed, paid) }));
  return {
    equity: added(row.equity, paid),
    openingEquity: added(row.openingEquity, paid),
    pending: JSON.stringify(later),
  };
}

/** Nothing was owed, so nothing was asked for: measure and receipt are one. */
function settledAtOnce(row: CopyShareRow, receipt: SettlementReceipt): Partial<CopyShareRow> {
  const { equityAfter: equity, gapAfter: gap, until, cause } = receipt;
  return {
    ...termsAfter(row, until),
    ...{ gap, equity, settledAt: until, begun: row.begun + 1 },
    retirementSettled: row.retirementSettled || cause === 'retirement',
    ...openedWith(equity, gap),
  };
}

function receiptRow(
  { partition }: Fees,
  receipt: SettlementReceipt,
  of: Pick<SettlementRow, 'settlementPeriod' | 'periodNo'>,
  logOffset: number,
): SettlementRow {
  const row = { ...receipt, ...of, logPartition: partition, logOffset };
  return { ...row, hash: receiptProofOf(row), duplicates: 0 };
}
