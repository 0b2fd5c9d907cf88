import { nextPeriodStart, text, type SettlementPeriod } from '@slipstream/domain';
import {
  CopyShareRow,
  inTurn,
  ProviderDueRow,
  ProviderEarningRow,
  SettlementRow,
  ShareFlowRow,
  SubscriptionChargeRow,
  tableOf,
  updated,
  upserted,
  type Statement,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import type { PoolClient } from 'pg';
import { earningSums, loadFees, noFeesChanges, type Earning, type FeesLeft } from './fees.js';
import { recordSettlement } from './record-settlement.js';

const dayMs = 86_400_000;
/** Receipts, charges and the like of one statement. */
const entriesMax = 20_000;

/**
 * Takes records of a partition of settlements.events. A boundary brings a receipt for every copy there is, so no more than
 * some ten thousand are held at once: what is full is written.
 * @returns what is left to be written
 */
export async function recordSettlements(
  client: PoolClient,
  partition: number,
  records: readonly JournalRecord[],
): Promise<FeesLeft> {
  for (let from = 0; ;) {
    const to = sliceEnd(records, from);
    const slice = records.slice(from, to);
    const left = { fees: await loadFees(client, partition, slice), changes: noFeesChanges() };
    for (const record of slice) recordSettlement(left.fees, record, left.changes);
    if (to === records.length) return left;
    await writeSettlements(client, [left]);
    from = to;
  }
}

/** Where a slice ends: at least one record, then as many as fit. */
function sliceEnd(records: readonly JournalRecord[], from: number): number {
  let entries = 0;
  for (let to = from; to < records.length; to++) {
    entries += entriesOf(records[to] as JournalRecord);
    if (entries > entriesMax && to > from) return to;
  }
  return records.length;
}

function entriesOf({ event }: JournalRecord): number {
  if (event.type === 'ProfitShareSettled' || event.type === 'SubscriptionSettled') return event.receipts.length;
  if (event.type === 'ProfitShareDue') return event.charges.length;
  return event.type === 'ShareTermsAnnounced' ? event.copies.length : 1;
}

/** Writes what changed: a statement per table, whatever the number of events. */
export async function writeSettlements(client: PoolClient, parts: readonly (FeesLeft | undefined)[]): Promise<void> {
  const left = parts.flatMap((part) => part ?? []);
  if (left.length === 0) return;
  // A receipt that is there stays: a second one is only counted.
  const again = { onConflict: 'UPDATE SET duplicates = t.duplicates + 1 + excluded.duplicates' } as const;
  await inTurn(client, [
    () =>
      upserted(
        SettlementRow,
        left.flatMap(({ changes }) => [...changes.settlements.values()]),
        again,
      ),
    () =>
      upserted(
        SubscriptionChargeRow,
        left.flatMap(({ changes }) => [...changes.charges.values()]),
        again,
      ),
    () =>
      upserted(
        ShareFlowRow,
        left.flatMap(({ changes }) => changes.flows),
      ),
    () => upserted(CopyShareRow, left.flatMap(newCopies)),
    () => changedCopies(left),
    () => upserted(ProviderEarningRow, left.flatMap(earningRows), { onConflict: `UPDATE SET ${addedUp.join(', ')}` }),
    () => upserted(ProviderDueRow, left.flatMap(dueRows), { onConflict: dueConflict }),
  ]);
}

const copyRows = ({ fees, changes }: FeesLeft): CopyShareRow[] =>
  [...changes.copies].flatMap((copyId) => fees.copies.get(copyId) ?? []);

const newCopies = (left: FeesLeft): CopyShareRow[] =>
  copyRows(left).filter(({ copyId }) => !left.fees.before.has(copyId));

/** Rows that were there: only the columns in which one of them has changed, which is a third of them at a boundary. */
function changedCopies(left: readonly FeesLeft[]): Statement {
  const rows: CopyShareRow[] = [];
  const changed = new Set<keyof CopyShareRow>();
  const names = tableOf(CopyShareRow).columns.map(({ property }) => property as keyof CopyShareRow);
  for (const one of left)
    for (const row of copyRows(one)) {
      const before = one.fees.before.get(row.copyId);
      if (before === undefined) continue;
      rows.push(row);
      for (const name of names) if (row[name] !== before[name]) changed.add(name);
    }
  return changed.size === 0 ? null : updated(CopyShareRow, rows, [...changed], ['copyId']);
}

// Sums of exact numbers have as many decimals as the longest of them had: without its zeros a sum is the same however it came
// together.
const addedUp = [
  ...['settlements', 'months_paid', 'months_unpaid'].map((name) => `${name} = t.${name} + excluded.${name}`),
  ...['new_profit', 'accrued', 'provider_gross', 'platform_fee', 'provider_net']
    .concat(['subscription_gross', 'subscription_fee', 'subscription_net'])
    .map((name) => `${name} = trim_scale(t.${name} + excluded.${name})`),
];
const dueConflict = `UPDATE SET followers = greatest(t.followers, excluded.followers),
  due = trim_scale(t.due + excluded.due), as_of = greatest(t.as_of, excluded.as_of),
  log_offset = greatest(t.log_offset, excluded.log_offset)`;

const earningRows = ({ fees, changes }: FeesLeft): ProviderEarningRow[] =>
  [...changes.earnings.values()].map((earning: Earning) => {
    const { providerId, day, settlementPeriod, counts, sums } = earning;
    const texts = Object.fromEntries(earningSums.map((name) => [name, text(sums[name])])) as Record<
      (typeof earningSums)[number],
      string
    >;
    const periodUntil = nextPeriodStart(day * dayMs, settlementPeriod as SettlementPeriod);
    const key = { providerId, accountsPartition: fees.partition, day, settlementPeriod, periodUntil };
    return { ...key, ...counts, ...texts };
  });

const dueRows = ({ fees, changes }: FeesLeft): ProviderDueRow[] =>
  [...changes.providers].map(([providerId, { due, asOf, logOffset }]) => ({
    providerId,
    accountsPartition: fees.partition,
    followers: fees.counts.get(providerId) ?? 0,
    ...{ due: text(due), asOf, logOffset },
  }));
