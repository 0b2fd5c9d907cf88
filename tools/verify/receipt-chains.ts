// Whether receipts of a copy go on where the one before ended, and begin with what the copy began with.
import type { SettlementRow } from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { num, said, sum, type Num } from './naive-numbers.ts';
import type { Journaled } from './receipt-places.ts';
import type { Tables } from './receipts.ts';

/** What a receipt opens with is what the one before it has left. */
const goesOn = [
  ['equityOpening', 'equityAfter'],
  ['gapOpening', 'gapAfter'],
  ['dueBefore', 'dueAfter'],
] as const;

/** Receipts of each copy in their order. */
const byCopy = (rows: readonly SettlementRow[]): SettlementRow[][] =>
  [...Map.groupBy(rows, (row) => row.copyId).values()].map((own) =>
    own.sort((a, b) => a.until - b.until || a.logOffset - b.logOffset),
  );

/** Each settlement of a copy begins where the one before it ended, with the equity, gap and rest due that it left. */
export function wrongChains(rows: readonly SettlementRow[]): string[] {
  const wrong: string[] = [];
  for (const own of byCopy(rows))
    for (const [i, row] of own.entries()) {
      if (row.periodNo !== i) wrong.push(`${row.settlementId} is number ${row.periodNo} of its copy, not ${i}`);
      const before = own[i - 1];
      if (before === undefined) continue;
      const { settlementId } = row;
      if (row.from !== before.until) wrong.push(`${settlementId} doesn't begin where ${before.settlementId} ended`);
      for (const [opens, left] of goesOn)
        if (!num(row[opens]).eq(before[left]))
          wrong.push(`${settlementId}.${opens} is ${row[opens]}, ${before.settlementId} left ${before[left]}`);
    }
  return wrong;
}

/** The first receipt of a copy begins with what CopyShareStarted says. */
export function wrongStarts(rows: readonly SettlementRow[], starts: Journaled['starts']): string[] {
  return byCopy(rows).flatMap(([first]) => {
    if (first === undefined) return [];
    const { settlementId, copyId } = first;
    const start = starts.get(copyId)?.event;
    if (start === undefined) return [`${settlementId}: settlements.events tells of no start of ${copyId}`];
    const began = [
      ['from', first.from, start.occurredAt],
      ['equityOpening', first.equityOpening, start.amount],
      ['gapOpening', first.gapOpening, start.gap],
      ['dueBefore', first.dueBefore, start.due],
    ] as const;
    return began
      .filter(([, shown, told]) => !num(shown).eq(told))
      .map(([name, shown, told]) => `${settlementId}.${name} is ${shown}, ${copyId} started with ${told}`);
  });
}

/** Receipts whose money that came and left, and gap that went along, aren't the sums of the flows that are shown with them. */
export function wrongFlowSums({ settlements, flows }: Tables): string[] {
  const shown = Map.groupBy(flows, ({ copyId, periodNo }) => `${periodNo}/${copyId}`);
  return settlements.flatMap((row) => {
    const own = shown.get(`${row.periodNo}/${row.copyId}`) ?? [];
    const of = (kind: string): Num => sum(own.filter((flow) => flow.kind === kind).map(({ amount }) => num(amount)));
    const sums = {
      deposits: of('deposit'),
      withdrawals: of('withdrawal'),
      gapWithdrawn: sum(own.map(({ gapBefore, gapAfter }) => num(gapBefore).minus(gapAfter))),
    };
    return Object.entries(sums).flatMap(([name, value]) => {
      const is = num(row[name as keyof typeof sums]);
      return is.eq(value) ? [] : [`${row.settlementId}.${name}: ${said(is)} shown, its flows come to ${said(value)}`];
    });
  });
}

/** Marks that aren't those of the record that measured. */
export function wrongMarks({ measures }: Tables, accounts: readonly JournalRecord[]): string[] {
  const told = new Map(accounts.map((record) => [`${record.partition}/${record.offset}`, record.event]));
  return measures.flatMap((row) => {
    const place = `${row.accountsPartition}/${row.logOffset}`;
    const event = told.get(place);
    if (event?.type !== 'CopiesMeasured') return [`marks of ${place}: accounts.events measures nothing there`];
    const kept = event.marks.slice(0, event.marks.length - row.leftOut);
    const marks = JSON.stringify(kept.map(({ instrument, price }) => ({ instrument, price })));
    return marks === row.marks ? [] : [`marks of ${place}: ${row.marks} shown, ${marks} in accounts.events`];
  });
}
