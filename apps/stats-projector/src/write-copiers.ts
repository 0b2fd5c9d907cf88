import { aumOf, decimal, text, zero, type Decimal } from '@slipstream/domain';
import { ProviderCopiesRow, upsert } from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import type { Copies, CopiesChanges, Copy } from './copies.js';
import { formulaVersion } from './write-line.js';

const running: readonly string[] = ['active', 'paused', 'stopping'];

/** What this partition's copies of each provider that changed come to, at the marks of the last tick; then the sums of all. */
export async function writeCopiers(client: PoolClient, copies: Copies, changes: CopiesChanges): Promise<void> {
  const rows = [...changes.providers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([providerId, offset]) => {
      const ids = copies.ofProvider.get(providerId);
      return ids === undefined ? [] : [rowFor(copies, providerId, ids, offset)];
    });
  if (rows.length === 0) return;
  const ids = rows.map(({ providerId }) => providerId);
  await upsert(client, ProviderCopiesRow, rows);
  // Sums over all partitions: held while they are made, so that of two that write at once the second sees the first.
  await client.query(
    `INSERT INTO provider_copiers SELECT id, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM unnest($1::text[]) AS id
     ON CONFLICT DO NOTHING`,
    [ids],
  );
  await client.query('SELECT 1 FROM provider_copiers WHERE provider_id = ANY ($1) ORDER BY provider_id FOR UPDATE', [
    ids,
  ]);
  await client.query(
    `UPDATE provider_copiers t
        SET ${summed.map((name) => `${name} = s.${name}`).join(', ')}, as_of = s.as_of,
            realised_return = round(s.realised_pnl / nullif(s.invested, 0), 10),
            profit_share = round(s.in_profit::numeric / nullif(s.with_result, 0), 10)
       FROM (SELECT provider_id, max(as_of) AS as_of, ${summed.map((name) => `sum(${name}) AS ${name}`).join(', ')}
               FROM provider_copies WHERE provider_id = ANY ($1) GROUP BY provider_id) s
      WHERE t.provider_id = s.provider_id`,
    [ids],
  );
}

const summed = [
  'copies',
  'active',
  'with_result',
  'in_profit',
  'invested',
  'realised_pnl',
  'unrealised_pnl',
  'aum',
  'drift',
  'placed',
  'skipped',
  'filled',
  'rejected',
];

function rowFor(copies: Copies, providerId: string, ids: ReadonlySet<string>, logOffset: number): ProviderCopiesRow {
  let [count, active, withResult, inProfit, placed, skipped, filled, rejected] = [0, 0, 0, 0, 0, 0, 0, 0];
  let [invested, realised, unrealised, aum, drift] = [zero, zero, zero, zero, zero];
  for (const id of ids) {
    const copy = copies.copies.get(id);
    if (copy === undefined || copy.row.fromOrder === null) continue;
    count += 1;
    const own = copy.realisedPnl.minus(copy.fees);
    const open = unrealisedOf(copies, copy);
    const isActive = running.includes(copy.row.status);
    invested = invested.plus(decimal(copy.row.invested));
    realised = realised.plus(own);
    unrealised = unrealised.plus(open);
    placed += copy.row.placed;
    skipped += copy.row.skipped;
    filled += copy.row.filled;
    rejected += copy.row.rejected;
    if (copy.row.filled > 0) {
      withResult += 1;
      if (own.plus(open).gt(zero)) inProfit += 1;
    }
    if (!isActive) continue;
    active += 1;
    drift = drift.plus(driftOf(copies, copy));
    const equity = decimal(copy.row.putIn).plus(decimal(copy.row.insured)).plus(own).plus(open);
    aum = aum.plus(aumOf(decimal(copy.row.copyTotalAmt), equity));
  }
  const money = { invested, realisedPnl: realised, unrealisedPnl: unrealised, aum, drift };
  const counts = { copies: count, active, withResult, inProfit, placed, skipped, filled, rejected };
  return {
    ...{ providerId, accountsPartition: copies.partition, logOffset, formulaVersion },
    asOf: copies.asOf.get(providerId) ?? 0,
    ...counts,
    ...(Object.fromEntries(Object.entries(money).map(([name, value]) => [name, text(value)])) as {
      [N in keyof typeof money]: string;
    }),
  };
}

function unrealisedOf(copies: Copies, { row }: Copy): Decimal {
  const marks = copies.marks.get(row.line);
  let sum = zero;
  for (const [key, { quantity, averageCost }] of copies.positions.get(row.copyId) ?? []) {
    const instrument = key.split('\n')[1] as string;
    const mark = marks?.get(instrument);
    if (mark === undefined) continue;
    sum = sum.plus(mark.minus(averageCost).times(quantity).times(copies.instruments(instrument).contractSize));
  }
  return sum;
}

function driftOf(copies: Copies, { row }: Copy): Decimal {
  const marks = copies.marks.get(row.line);
  let sum = zero;
  for (const { instrument, target, quantity } of copies.leads.get(row.copyId)?.values() ?? []) {
    const mark = marks?.get(instrument) ?? zero;
    sum = sum.plus(target.minus(quantity).abs().times(mark).times(copies.instruments(instrument).contractSize));
  }
  return sum;
}
