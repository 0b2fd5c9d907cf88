import { text } from '@slipstream/domain';
import {
  AccountsMarkRow,
  arraysOf,
  CopiedLeadPositionRow,
  CopyRow,
  LatencyRow,
  OutcomeRow,
  OwnOrderRow,
  ProviderOutcomeRow,
  ProviderSlippageRow,
  tableOf,
  unnest,
  upsert,
} from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import type { Copies, CopiesChanges, OutcomeEnd } from './copies.js';
import { writeCopiers } from './write-copiers.js';

const more = { onConflict: 'UPDATE SET n = t.n + excluded.n' } as const;

/** Writes what changed of a partition's copies: a statement per table, whatever the number of events. */
export async function writeCopies(client: PoolClient, copies: Copies, changes: CopiesChanges): Promise<void> {
  await upsert(
    client,
    CopyRow,
    [...changes.copies].flatMap((copyId) => {
      const copy = copies.copies.get(copyId);
      return copy === undefined ? [] : [{ ...copy.row, realisedPnl: text(copy.realisedPnl), fees: text(copy.fees) }];
    }),
  );
  await writeLeads(client, copies, changes);
  await upsert(client, OwnOrderRow, [...changes.ownOrders.values()]);
  // A decision that is there stays: a second one is only counted.
  await upsert(client, OutcomeRow, [...changes.outcomes.values()], {
    onConflict: 'UPDATE SET duplicates = t.duplicates + 1 + excluded.duplicates',
  });
  await writeEnds(client, [...changes.ends.values()]);
  await upsert(client, LatencyRow, [...changes.latencies.values()], more);
  await upsert(client, ProviderOutcomeRow, [...changes.outcomeCounts.values()], more);
  await upsert(client, ProviderSlippageRow, [...changes.slippages.values()], more);
  await upsert(client, AccountsMarkRow, [...changes.marks.values()]);
  await writeCopiers(client, copies, changes);
}

async function writeLeads(client: PoolClient, copies: Copies, changes: CopiesChanges): Promise<void> {
  const held: CopiedLeadPositionRow[] = [];
  const gone: Pick<CopiedLeadPositionRow, 'copyId' | 'leadPositionId'>[] = [];
  for (const key of changes.leads) {
    const [copyId = '', leadPositionId = ''] = key.split('\n');
    const side = copies.leads.get(copyId)?.get(key);
    if (side === undefined) gone.push({ copyId, leadPositionId });
    else {
      const [target, quantity, cost] = [text(side.target), text(side.quantity), text(side.cost)];
      held.push({ ...side, copyId, leadPositionId, target, quantity, cost });
    }
  }
  await upsert(client, CopiedLeadPositionRow, held);
  await remove(client, CopiedLeadPositionRow, gone);
}

/** Deletes rows by their keys. */
async function remove<R extends object>(
  client: PoolClient,
  entity: new () => R,
  keysOf: readonly Partial<R>[],
): Promise<void> {
  if (keysOf.length === 0) return;
  const { name, columns } = tableOf(entity);
  const keys = columns.filter(({ isKey }) => isKey);
  const names = keys.map((key) => key.name).join(', ');
  await client.query(`DELETE FROM ${name} WHERE (${names}) IN (SELECT * FROM ${unnest(keys)})`, arraysOf(keys, keysOf));
}

const endProperties = [
  'copyId',
  'orderNo',
  'endType',
  'endReason',
  'filledQuantity',
  'price',
  'slippageAmount',
  'slippageBp',
  'fee',
  'feeAsset',
  'realisedPnl',
  'endedAt',
  'endedAfterMs',
  'endDuplicates',
];

/** Ends of outcomes written before. The first end stays; a further one is only counted. */
async function writeEnds(client: PoolClient, ends: readonly OutcomeEnd[]): Promise<void> {
  if (ends.length === 0) return;
  const columns = tableOf(OutcomeRow).columns.filter(({ property }) => endProperties.includes(property));
  const names = columns.map(({ name }) => name);
  const first = columns
    .filter(({ isKey, name }) => !isKey && name !== 'end_duplicates')
    .map(({ name }) => `${name} = CASE WHEN o.end_type IS NULL THEN e.${name} ELSE o.${name} END`);
  await client.query(
    `UPDATE outcomes o
        SET ${first.join(', ')}, end_duplicates = o.end_duplicates + e.end_duplicates + (o.end_type IS NOT NULL)::int
       FROM ${unnest(columns)} AS e(${names.join(', ')})
      WHERE o.copy_id = e.copy_id AND o.order_no = e.order_no`,
    arraysOf(columns, ends),
  );
}
