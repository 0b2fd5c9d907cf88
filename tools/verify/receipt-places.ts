// What settlements.events tells of a provider, and the rows that aren't what it says.
import type {
  CopyShareMoved,
  CopyShareStarted,
  SettlementReceipt,
  ShareCharge,
  SubscriptionReceipt,
} from '@slipstream/contracts';
import type { SettlementRow, ShareFlowRow, SubscriptionChargeRow } from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';

/** What the journal says: each receipt where it was first told, and how often again. */
export interface Told<R> {
  readonly receipt: R;
  readonly partition: number;
  readonly offset: number;
  again: number;
}

/** All that settlements.events says of a provider. */
export interface Journaled {
  readonly settlements: Map<string, Told<SettlementReceipt>>;
  readonly months: Map<string, Told<SubscriptionReceipt>>;
  /** By copy. */
  readonly starts: Map<string, Placed<CopyShareStarted>>;
  readonly flows: Placed<CopyShareMoved>[];
  /** What was asked for, by settlement. */
  readonly asked: Map<string, ShareCharge>;
}

export interface Placed<E> {
  readonly event: E;
  readonly partition: number;
  readonly offset: number;
}

export function journaledOf(records: readonly JournalRecord[], providerId: string): Journaled {
  const told: Journaled = {
    ...{ settlements: new Map(), months: new Map(), starts: new Map(), flows: [], asked: new Map() },
  };
  for (const { event, partition, offset } of records) {
    const note = <R extends { readonly providerId: string }>(
      all: Map<string, Told<R>>,
      id: string,
      receipt: R,
    ): void => {
      if (receipt.providerId !== providerId) return;
      const first = all.get(id);
      if (first === undefined) all.set(id, { receipt, partition, offset, again: 0 });
      else first.again += 1;
    };
    if (event.type === 'ProfitShareSettled')
      for (const receipt of event.receipts) note(told.settlements, receipt.settlementId, receipt);
    if (event.type === 'SubscriptionSettled')
      for (const receipt of event.receipts) note(told.months, receipt.chargeId, receipt);
    if (event.type === 'ProfitShareDue')
      for (const charge of event.charges)
        if (charge.providerId === providerId) told.asked.set(charge.settlementId, charge);
    if (event.type === 'CopyShareStarted' && event.providerId === providerId && !told.starts.has(event.copyId))
      told.starts.set(event.copyId, { event, partition, offset });
    if (event.type === 'CopyShareMoved' && event.providerId === providerId)
      told.flows.push({ event, partition, offset });
  }
  return told;
}

/** Rows that aren't what the journal says at their place, and receipts without a row. */
export function wrongPlaces<R extends SettlementReceipt | SubscriptionReceipt>(
  rows: readonly (SettlementRow | SubscriptionChargeRow)[],
  told: ReadonlyMap<string, Told<R>>,
  idName: 'settlementId' | 'chargeId',
): string[] {
  const idOf = (row: object): string => String((row as Readonly<Record<string, unknown>>)[idName]);
  const missing = new Set(told.keys());
  const wrong = rows.flatMap((row): string[] => {
    const id = idOf(row);
    const first = told.get(id);
    missing.delete(id);
    if (first === undefined) return [`${idName} ${id}: a row that no journal tells of`];
    const { receipt, partition, offset, again } = first;
    const expected = { ...receipt, logPartition: partition, logOffset: offset, duplicates: again };
    return Object.entries(expected).flatMap(([name, value]) => {
      const shown = (row as unknown as Readonly<Record<string, unknown>>)[name];
      return shown === value
        ? []
        : [`${idName} ${id}.${name}: ${String(shown)} shown, ${String(value)} in the journal`];
    });
  });
  return [...wrong, ...[...missing].map((id) => `${idName} ${id} is in the journal and has no row`)];
}

/** Flows without a row, rows without a flow, and those that say something else. */
export function wrongFlowRows(rows: readonly ShareFlowRow[], flows: Journaled['flows']): string[] {
  const keyOf = (partition: number, offset: number): string => `${partition}/${offset}`;
  const byPlace = new Map(rows.map((row) => [keyOf(row.logPartition, row.logOffset), row]));
  const wrong = flows.flatMap(({ event, partition, offset }): string[] => {
    const key = keyOf(partition, offset);
    const row = byPlace.get(key);
    byPlace.delete(key);
    const { copyId, kind, amount, equityBefore, gapBefore, gapAfter, occurredAt } = event;
    if (row === undefined) return [`flow of ${copyId} at ${key} of settlements.events has no row`];
    const said = { copyId, kind, amount, equityBefore, gapBefore, gapAfter, occurredAt };
    return Object.entries(said).flatMap(([name, value]) => {
      const shown = row[name as keyof ShareFlowRow];
      return shown === value ? [] : [`flow ${key}.${name}: ${shown} shown, ${value} in the journal`];
    });
  });
  return [...wrong, ...[...byPlace.keys()].map((key) => `flow ${key}: a row that no journal tells of`)];
}
