import { hash, type KeyObject } from 'node:crypto';
import { streams } from '@slipstream/contracts';
import { closingLine, dayNumber, dayStart, openingDay, rootLine, type PartitionClosing } from '@slipstream/domain';
import type { ClientBase } from 'pg';
import { leafHash, merkleRoot } from './merkle.js';
import { signingKeyOf, signedRoot } from './signing-key.js';

const { topic, partitions } = streams.accountsEvents;

/** r₀ */
const genesis = Buffer.alloc(32);

/** A day on the wire, such as 2024-03-01. */
export const dayText = (day: number): string => new Date(dayStart(day)).toISOString().slice(0, 10);

/** How the partitions that had ticks in a day have closed it. */
export interface ClosingRow {
  readonly day: number;
  readonly partition: number;
  readonly offset: string;
  readonly heads: number;
  readonly root: Buffer;
}

/** One closing per partition of the journal, in their order; partitions without ticks in the day have an empty tree. */
export function closingsOf(rows: readonly ClosingRow[]): PartitionClosing[] {
  const found = new Map(rows.map((row) => [row.partition, row]));
  return Array.from({ length: partitions }, (_, partition) => {
    const row = found.get(partition);
    const root = (row?.root ?? merkleRoot([])).toString('hex');
    return { topic, partition, offset: row ? Number(row.offset) : null, heads: row?.heads ?? 0, root };
  });
}

/** Leaves of the tree of a day. */
export const closingLeaves = (closings: readonly PartitionClosing[]): Buffer[] =>
  closings.map((closing) => leafHash(closingLine(closing)));

/**
 * Makes the roots of the days that all partitions are past, in order, each chained to the one before, and signs them. Called
 * in the transaction in which a partition came to a later day, after its clock is written.
 * @param configured the key that signs; null: the schema's own
 */
export async function makeRoots(client: ClientBase, configured: KeyObject | null): Promise<void> {
  // Two partitions that close a day at once, in two processes: the second sees what the first has done, so one makes the root.
  await client.query('LOCK TABLE settlement.roots IN SHARE ROW EXCLUSIVE MODE');
  const openFrom = await firstOpenDay(client);
  if (openFrom === null) return;
  const last = await client.query<{ day: number; root: Buffer }>(
    'SELECT day, root FROM settlement.roots ORDER BY day DESC LIMIT 1',
  );
  let { day: lastDay, root: previous } = last.rows[0] ?? { day: openingDay - 1, root: genesis };
  const { rows } = await client.query<ClosingRow>(
    'SELECT * FROM settlement.closings WHERE day > $1 AND day < $2 ORDER BY day, partition',
    [lastDay, openFrom],
  );
  if (rows.length === 0) return;
  const key = await signingKeyOf(client, configured);
  for (let from = 0; from < rows.length;) {
    lastDay = (rows[from] as ClosingRow).day;
    const ofDay = rows.slice(from, from + partitions).filter(({ day }) => day === lastDay);
    from += ofDay.length;
    const tree = merkleRoot(closingLeaves(closingsOf(ofDay)));
    const line = Buffer.from(rootLine(dayText(lastDay), tree.toString('hex')));
    const root = hash('sha256', Buffer.concat([previous, line]), 'buffer');
    await client.query('INSERT INTO settlement.roots VALUES ($1, $2, $3, $4)', [lastDay, tree, previous, root]);
    const jws = signedRoot(key, { day: dayText(lastDay), tree, previous, root });
    await client.query('INSERT INTO settlement.signatures VALUES ($1, $2, $3)', [lastDay, key.keyId, jws]);
    previous = root;
  }
}

/** The first day that is open in some partition; null while one has had no tick. */
async function firstOpenDay(client: ClientBase): Promise<number | null> {
  const { rows } = await client.query<{ ticked: string; first: string | null }>(
    'SELECT count(ticked_at) AS ticked, min(ticked_at) AS first FROM settlement.clocks',
  );
  const { ticked, first } = rows[0] as { ticked: string; first: string | null };
  return Number(ticked) < partitions || first === null ? null : dayNumber(Number(first));
}
