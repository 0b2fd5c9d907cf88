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
import type { CopiesChanges, CopiesLeft, OutcomeEnd } from './copies.js';
import { writeCopiers } from './write-copiers.js';

const more = { onConflict: 'UPDATE SET n = t.n + excluded.n' } as const;

/** Writes what changed of partitions' copies: a statement per table, whatever the number of events. */
export async function writeCopies(client: PoolClient, left: readonly CopiesLeft[]): Promise<void> {
  if (left.length === 0) return;
  const all = <R>(rowsOf: (changes: CopiesChanges) => Iterable<R>): R[] =>
    left.flatMap(({ changes }) => [...rowsOf(changes)]);
  const { held, gone } = leadRows(left);
  await Promise.all([
    upsert(client, CopyRow, left.flatMap(copyRows)),
    upsert(client, CopiedLeadPositionRow, held),
    remove(client, CopiedLeadPositionRow, gone),
    upsert(
      client,
      OwnOrderRow,
      all(({ ownOrders }) => ownOrders.values()),
    ),
    // A decision that is there stays: a second one is only counted.
    upsert(
      client,
      OutcomeRow,
      all(({ outcomes }) => outcomes.values()),
      { onConflict: 'UPDATE SET duplicates = t.duplicates + 1 + excluded.duplicates' },
    ),
    writeEnds(
      client,
      all(({ ends }) => ends.values()),
    ),
    upsert(
      client,
      LatencyRow,
      all(({ latencies }) => latencies.values()),
      more,
    ),
    upsert(
      client,
      ProviderOutcomeRow,
      all(({ outcomeCounts }) => outcomeCounts.values()),
      more,
    ),
    upsert(
      client,
      ProviderSlippageRow,
      all(({ slippages }) => slippages.values()),
      more,
    ),
    upsert(
      client,
      AccountsMarkRow,
      all(({ marks }) => marks.values()),
    ),
    writeCopiers(client, left),
  ]);
}

const copyRows = ({ copies, changes }: CopiesLeft): CopyRow[] =>
  [...changes.copies].flatMap((copyId) => {
    const copy = copies.copies.get(copyId);
    return copy === undefined ? [] : [{ ...copy.row, realisedPnl: text(copy.realisedPnl), fees: text(copy.fees) }];
  });

function leadRows(left: readonly CopiesLeft[]) {
  const held: CopiedLeadPositionRow[] = [];
  const gone: Pick<CopiedLeadPositionRow, 'copyId' | 'leadPositionId'>[] = [];
  for (const { copies, changes } of left)
    for (const key of changes.leads) {
      const [copyId = '', leadPositionId = ''] = key.split('\n');
      const side = copies.leads.get(copyId)?.get(key);
      if (side === undefined) gone.push({ copyId, leadPositionId });
      else {
        const [target, quantity, cost] = [text(side.target), text(side.quantity), text(side.cost)];
        held.push({ ...side, copyId, leadPositionId, target, quantity, cost });
      }
    }
  return { held, gone };
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
