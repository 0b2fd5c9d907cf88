// Days, copies and what is due, added up anew from the receipts.
import type { SettlementRow, SubscriptionChargeRow } from '@slipstream/read-model';
import { dayMs, num, said, sum, zero, type Num } from './naive-numbers.ts';
import type { Raw, Tables } from './receipts.ts';

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
export function wrongSums(tables: Tables): string[] {
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
