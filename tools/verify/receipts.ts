// Works every receipt of a provider out anew, by plain arithmetic from its own figures, and compares rows, journal and sums.
import { streams, type SettlementReceipt, type SubscriptionReceipt } from '@slipstream/contracts';
import {
  chargeProofOf,
  inSnapshot,
  receiptProofOf,
  rowOf,
  SettlementRow,
  SubscriptionChargeRow,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import type pg from 'pg';
import { readRecords, type JournalReader } from '../journal.ts';
import type { Verdict } from './decisions.ts';
import { dayMs, num, said, sum, zero, type Num } from './naive-numbers.ts';

type Raw = Readonly<Record<string, string | number | null>>;

/** What the tables say of a provider's receipts at one moment. */
export interface Tables {
  readonly settlements: readonly SettlementRow[];
  readonly months: readonly SubscriptionChargeRow[];
  readonly shares: readonly Raw[];
  readonly earnings: readonly Raw[];
  readonly dues: readonly Raw[];
}

/** What the journal says: each receipt where it was first told, and how often again. */
interface Told<R> {
  readonly receipt: R;
  readonly partition: number;
  readonly offset: number;
  again: number;
}
interface Journaled {
  readonly settlements: ReadonlyMap<string, Told<SettlementReceipt>>;
  readonly months: ReadonlyMap<string, Told<SubscriptionReceipt>>;
}

/**
 * The receipts of a provider: each row is what the journal says at its place, follows from its own inputs by the formulas of
 * libs/domain (settlement), has the hash it should have, and goes on where the receipt of the copy before it ended; days, copies and
 * what is due are the sums of them.
 */
export async function verifyReceipts(
  pool: pg.Pool,
  journal: JournalReader,
  providerId: string,
  verdict: Verdict,
): Promise<void> {
  const tables = await inSnapshot(pool, (client) => readTables(client, providerId));
  const records: JournalRecord[] = [];
  // Up to where each partition was projected about the provider.
  for (const due of tables.dues) {
    const [partition, end] = [Number(due['accounts_partition']), Number(due['log_offset']) + 1];
    records.push(...(await readRecords(journal, streams.settlementsEvents, partition, 0, end)));
  }
  const wrong = wrongReceipts(tables, records, providerId);
  verdict.differences.push(...wrong);
  const count = tables.settlements.length + tables.months.length;
  verdict.lines.push(
    `${count} receipts from ${records.length} records of ${tables.dues.length} partitions of settlements.events ` +
      `${wrong.length === 0 ? 'follow from their figures' : 'differ'}`,
  );
}

/**
 * Everything of a provider's receipts that isn't as it should be.
 * @param records of settlements.events, up to where the tables are; each partition in order
 */
export function wrongReceipts(tables: Tables, records: readonly JournalRecord[], providerId: string): string[] {
  const told = toldOf(records, providerId);
  return [
    ...tables.settlements.flatMap(wrongSteps),
    ...tables.months.flatMap(wrongMonth),
    ...wrongPlaces(tables.settlements, told.settlements, 'settlementId'),
    ...wrongPlaces(tables.months, told.months, 'chargeId'),
    ...wrongChains(tables.settlements),
    ...wrongSums(tables),
  ];
}

/** Reads what the tables say of a provider's receipts; in a snapshot, so that it is of one moment. */
export async function readTables(client: Pick<pg.PoolClient, 'query'>, providerId: string): Promise<Tables> {
  // By the provider alone, so that a row that belongs to no copy is found too.
  const of = async (table: string): Promise<Raw[]> =>
    (await client.query<Raw>(`SELECT * FROM ${table} WHERE provider_id = $1`, [providerId])).rows;
  return {
    settlements: (await of('settlements')).map((raw) => rowOf(SettlementRow, raw)),
    months: (await of('subscription_charges')).map((raw) => rowOf(SubscriptionChargeRow, raw)),
    shares: await of('copy_shares'),
    earnings: await of('provider_earnings'),
    dues: await of('provider_dues'),
  };
}

function toldOf(records: readonly JournalRecord[], providerId: string): Journaled {
  const settlements = new Map<string, Told<SettlementReceipt>>();
  const months = new Map<string, Told<SubscriptionReceipt>>();
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
      for (const receipt of event.receipts) note(settlements, receipt.settlementId, receipt);
    if (event.type === 'SubscriptionSettled')
      for (const receipt of event.receipts) note(months, receipt.chargeId, receipt);
  }
  return { settlements, months };
}

const max0 = (value: Num): Num => (value.lt(0) ? zero : value);
const amount = (value: Num): Num => value.round(8, 2);

/** Figures of a receipt that don't follow from those above them. */
function wrongSteps(row: SettlementRow): string[] {
  const of = (name: keyof SettlementRow): Num => num(String(row[name]));
  const owed = of('dueBefore').plus(of('accrued'));
  const gross = owed.lt(of('available')) ? owed : of('available');
  const again: Partial<Record<keyof SettlementRow, Num>> = {
    equityBefore: of('equityOpening').plus(of('deposits')).minus(of('withdrawals')).plus(of('pnl')),
    gapBefore: of('gapOpening').minus(of('pnl')).minus(of('gapWithdrawn')),
    newProfit: max0(zero.minus(of('gapBefore'))),
    gapAfter: max0(of('gapBefore')),
    accrued: amount(of('newProfit').times(of('profitShareRatio'))),
    providerGross: gross,
    dueAfter: owed.minus(of('providerGross')),
    platformFee: amount(of('providerGross').times(of('platformFeeRatio'))),
    providerNet: of('providerGross').minus(of('platformFee')),
    equityAfter: of('equityBefore').minus(of('providerGross')),
  };
  const wrong = Object.entries(again).flatMap(([name, value]) => {
    const shown = of(name as keyof SettlementRow);
    return shown.eq(value)
      ? []
      : [`settlement ${row.settlementId}.${name}: ${said(shown)} shown, ${said(value)} recomputed`];
  });
  const hash = receiptProofOf(row);
  if (hash !== row.hash) wrong.push(`hash of settlement ${row.settlementId}: ${row.hash} shown, ${hash} recomputed`);
  return wrong;
}

function wrongMonth(row: SubscriptionChargeRow): string[] {
  const { chargeId, paid } = row;
  const [price, ratio] = [num(row.price), num(row.platformFeeRatio)];
  const fee = paid ? amount(price.times(ratio)) : zero;
  const wrong: string[] = [];
  const expect = (name: 'platformFee' | 'providerNet', value: Num): void => {
    if (!num(row[name]).eq(value))
      wrong.push(`month ${chargeId}.${name}: ${row[name]} shown, ${said(value)} recomputed`);
  };
  expect('platformFee', fee);
  expect('providerNet', paid ? price.minus(fee) : zero);
  const isEnough = num(row.available).gte(price);
  if (paid && !isEnough) wrong.push(`month ${chargeId} was paid with less than its price`);
  const hash = chargeProofOf(row);
  if (hash !== row.hash) wrong.push(`hash of month ${chargeId}: ${row.hash} shown, ${hash} recomputed`);
  return wrong;
}

/** Rows that aren't what the journal says at their place, and receipts without a row. */
function wrongPlaces<R extends SettlementReceipt | SubscriptionReceipt>(
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

/** Each settlement of a copy begins where the one before it ended, with the gap that it left. */
function wrongChains(rows: readonly SettlementRow[]): string[] {
  const wrong: string[] = [];
  for (const [copyId, own] of Map.groupBy(rows, (row) => row.copyId)) {
    const sorted = [...own].sort((a, b) => a.until - b.until || a.logOffset - b.logOffset);
    for (let i = 1; i < sorted.length; i++) {
      const [before, row] = [sorted[i - 1] as SettlementRow, sorted[i] as SettlementRow];
      if (row.from !== before.until)
        wrong.push(`${copyId}: ${row.settlementId} doesn't begin where ${before.settlementId} ended`);
      if (!num(row.gapOpening).eq(before.gapAfter))
        wrong.push(
          `${row.settlementId} opens with a gap of ${row.gapOpening}, ${before.settlementId} left ${before.gapAfter}`,
        );
    }
  }
  return wrong;
}

const counted = ['settlements', 'months_paid', 'months_unpaid'];
const shareSums = [
  ['new_profit', 'newProfit'],
  ['accrued', 'accrued'],
  ['provider_gross', 'providerGross'],
  ['platform_fee', 'platformFee'],
  ['provider_net', 'providerNet'],
] as const;
const monthSums = [
  ['subscription_gross', 'price'],
  ['subscription_fee', 'platformFee'],
  ['subscription_net', 'providerNet'],
] as const;

/** Sums of receipts by a key, under the names of the columns. */
function sumsBy(
  { settlements, months }: Tables,
  keyOfSettlement: (row: SettlementRow) => string,
  keyOfMonth: (row: SubscriptionChargeRow) => string,
): Map<string, Record<string, Num>> {
  const [shares, paid] = [Map.groupBy(settlements, keyOfSettlement), Map.groupBy(months, keyOfMonth)];
  const keys = new Set([...shares.keys(), ...paid.keys()]);
  return new Map(
    [...keys].map((key) => {
      const [own, all] = [shares.get(key) ?? [], paid.get(key) ?? []];
      const whole = all.filter((month) => month.paid);
      const counts = [own.length, whole.length, all.length - whole.length].map((n) => num(n));
      return [
        key,
        Object.fromEntries([
          ...counted.map((name, i) => [name, counts[i] ?? zero] as const),
          ...shareSums.map(([name, figure]) => [name, sum(own.map((row) => num(row[figure])))] as const),
          ...monthSums.map(([name, figure]) => [name, sum(whole.map((row) => num(row[figure])))] as const),
        ]),
      ];
    }),
  );
}

/** Days and copies that aren't the sums of their receipts, and what is due that isn't what the copies owe. */
function wrongSums(tables: Tables): string[] {
  const names = [...counted, ...shareSums.map(([name]) => name), ...monthSums.map(([name]) => name)];
  const compare = (
    what: string,
    rows: readonly Raw[],
    expected: Map<string, Record<string, Num>>,
    keyOf: (row: Raw) => string,
  ) => {
    const shown = Map.groupBy(rows, keyOf);
    return [...new Set([...shown.keys(), ...expected.keys()])].flatMap((key) =>
      names.flatMap((name) => {
        const is = sum((shown.get(key) ?? []).map((row) => num(String(row[name]))));
        const should = expected.get(key)?.[name] ?? zero;
        return is.eq(should) ? [] : [`${what} ${key}.${name}: ${said(is)} shown, ${said(should)} recomputed`];
      }),
    );
  };
  // A settlement at midnight closes the day before, a month counts on the day on which it begins.
  const byDay = sumsBy(
    tables,
    (row) => String(Math.floor((row.until - 1) / dayMs)),
    (row) => String(Math.floor(row.from / dayMs)),
  );
  const byCopy = sumsBy(
    tables,
    (row) => row.copyId,
    (row) => row.copyId,
  );
  const owed = sum(tables.shares.map((row) => num(String(row['due']))));
  const due = sum(tables.dues.map((row) => num(String(row['due']))));
  return [
    ...compare('earnings of day', tables.earnings, byDay, (row) => String(row['day'])),
    ...compare('copy', tables.shares, byCopy, (row) => String(row['copy_id'])),
    ...(owed.eq(due) ? [] : [`due: ${said(due)} shown, copies owe ${said(owed)}`]),
  ];
}
