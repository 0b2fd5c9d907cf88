import { decimal, published, type Decimal } from '@slipstream/domain';
import { ProviderCopiersRow, ProviderCopiesRow, rowOf, upsert } from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import type { Copies, CopiesChanges, CopiesLeft } from './copies.js';
import { revalue, type TotalsText } from './value-copies.js';
import { formulaVersion } from './write-line.js';

/**
 * What partitions' copies of each provider that a record was about come to, at the marks of the last tick; then the sums of
 * all partitions.
 */
export async function writeCopiers(client: PoolClient, left: readonly CopiesLeft[]): Promise<void> {
  const rows = left.flatMap(({ copies, changes }) => {
    revalue(copies, changedCopies(copies, changes));
    return [...changes.providers].flatMap(([providerId, offset]) => rowFor(copies, providerId, offset));
  });
  if (rows.length === 0) return;
  await upsert(client, ProviderCopiesRow, rows);
  // Of two that add up at once the second must see the first; one lock for all, so that nobody waits in a circle.
  await client.query("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.provider_copiers'))");
  const { rows: added } = await client.query<Record<string, string>>(sumsOfProviders, [
    [...new Set(rows.map(({ providerId }) => providerId))],
  ]);
  await upsert(client, ProviderCopiersRow, added.map(copiersOf));
}

/** Copies that a record was about, and those that hold something of a line whose marks moved. */
function changedCopies(copies: Copies, { copies: changed, leads, ticked }: CopiesChanges): ReadonlySet<string> {
  const ids = new Set(changed);
  for (const key of leads) ids.add(key.slice(0, key.indexOf('\n')));
  if (ticked.size === 0) return ids;
  for (const copyId of copies.leads.keys()) if (ticked.has(copies.copies.get(copyId)?.row.line ?? -1)) ids.add(copyId);
  return ids;
}

function rowFor(copies: Copies, providerId: string, logOffset: number): ProviderCopiesRow[] {
  const provider = copies.providers.get(providerId);
  if (provider === undefined) return [];
  const totals = JSON.parse(provider.totals) as TotalsText;
  const { asOf } = provider;
  return [{ providerId, accountsPartition: copies.partition, asOf, logOffset, formulaVersion, ...totals }];
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
  'return_weight',
  'return_sum',
];
const sumsOfProviders = `SELECT provider_id, max(as_of) AS as_of, ${summed.map((name) => `sum(${name}) AS ${name}`).join(', ')}
  FROM provider_copies WHERE provider_id = ANY ($1) GROUP BY provider_id`;

/** Ratios are made here: a database rounds halves another way. */
function copiersOf(sums: Readonly<Record<string, string>>): ProviderCopiersRow {
  const quotient = (dividend: string, divisor: string): Decimal | null => {
    const by = decimal(sums[divisor] ?? '0');
    return by.eq('0') ? null : decimal(sums[dividend] ?? '0').div(by);
  };
  return {
    ...rowOf(ProviderCopiersRow, sums),
    realisedReturn: published(quotient('return_sum', 'return_weight')),
    profitShare: published(quotient('in_profit', 'with_result')),
  };
}
