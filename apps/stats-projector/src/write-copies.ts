import { text } from '@slipstream/domain';
import {
  AccountsMarkRow,
  arraysOf,
  CopiedLeadPositionRow,
  CopyRow,
  LatencyRow,
  MeasureRow,
  OutcomeRow,
  OwnOrderRow,
  ProviderOutcomeRow,
  ProviderSlippageRow,
  tableOf,
  inTurn,
  unnest,
  upserted,
  type Statement,
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
  await inTurn(client, [
    () => upserted(CopyRow, left.flatMap(copyRows)),
    () => upserted(CopiedLeadPositionRow, held),
    () => removed(CopiedLeadPositionRow, gone),
    () =>
      upserted(
        OwnOrderRow,
        all(({ ownOrders }) => ownOrders.values()),
      ),
    // A decision that is there stays: a second one is only counted.
    () =>
      upserted(
        OutcomeRow,
        all(({ outcomes }) => outcomes.values()),
        { onConflict: 'UPDATE SET duplicates = t.duplicates + 1 + excluded.duplicates' },
      ),
    () => endStatement(all(({ ends }) => ends.values())),
    () =>
      upserted(
        LatencyRow,
        all(({ latencies }) => latencies.values()),
        more,
      ),
    () =>
      upserted(
        ProviderOutcomeRow,
        all(({ outcomeCounts }) => outcomeCounts.values()),
        more,
      ),
    () =>
      upserted(
        ProviderSlippageRow,
        all(({ slippages }) => slippages.values()),
        more,
      ),
    () =>
      upserted(
        AccountsMarkRow,
        all(({ marks }) => marks.values()),
      ),
    () =>
      upserted(
        MeasureRow,
        all(({ measures }) => measures),
      ),
  ]);
  await writeCopiers(client, left);
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
function removed<R extends object>(entity: new () => R, keysOf: readonly Partial<R>[]): Statement {
  if (keysOf.length === 0) return null;
  const { name, columns } = tableOf(entity);
  const keys = columns.filter(({ isKey }) => isKey);
  const names = keys.map((key) => key.name).join(', ');
  return {
    text: `DELETE FROM ${name} WHERE (${names}) IN (SELECT * FROM ${unnest(keys)})`,
    values: arraysOf(keys, keysOf),
  };
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
function endStatement(ends: readonly OutcomeEnd[]): Statement {
  if (ends.length === 0) return null;
  const columns = tableOf(OutcomeRow).columns.filter(({ property }) => endProperties.includes(property));
  const names = columns.map(({ name }) => name);
  const first = columns
    .filter(({ isKey, name }) => !isKey && name !== 'end_duplicates')
    .map(({ name }) => `${name} = CASE WHEN o.end_type IS NULL THEN e.${name} ELSE o.${name} END`);
  return {
    text: `UPDATE outcomes o
        SET ${first.join(', ')}, end_duplicates = o.end_duplicates + e.end_duplicates + (o.end_type IS NOT NULL)::int
       FROM ${unnest(columns)} AS e(${names.join(', ')})
      WHERE o.copy_id = e.copy_id AND o.order_no = e.order_no`,
    values: arraysOf(columns, ends),
  };
}
