import { unstartedClock, type BookingClock } from '@slipstream/domain';
import type { ClientBase, PoolClient } from 'pg';

/** A partition's time, and the offset up to which it is booked, −1 before the first. */
export interface PartitionClock extends BookingClock {
  readonly bookedTo: number;
}

interface Row {
  readonly partition: number;
  readonly booked_to: string;
  readonly ticked_at: string | null;
  readonly booked_at: string | null;
}

const nothingBooked: PartitionClock = { ...unstartedClock, bookedTo: -1 };
const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

/** The clocks of partitions, locked until the transaction ends: two bookings of a partition come one after the other. */
export async function lockClocks(
  client: PoolClient,
  partitions: readonly number[],
): Promise<Map<number, PartitionClock>> {
  await client.query(
    `INSERT INTO settlement.clocks (partition, booked_to)
       SELECT p, -1 FROM unnest($1::int[]) p WHERE NOT EXISTS (SELECT 1 FROM settlement.clocks WHERE partition = p)
       ORDER BY p ON CONFLICT DO NOTHING`,
    [partitions],
  );
  const { rows } = await client.query<Row>(
    'SELECT * FROM settlement.clocks WHERE partition = ANY($1::int[]) ORDER BY partition FOR UPDATE',
    [partitions],
  );
  const found = new Map(partitions.map((partition) => [partition, nothingBooked]));
  for (const { partition, booked_to, ticked_at, booked_at } of rows)
    found.set(partition, {
      bookedTo: Number(booked_to),
      tickedAt: numberOf(ticked_at),
      bookedAt: numberOf(booked_at),
    });
  return found;
}

/** Writes clocks whose rows are locked. */
export async function keepClocks(client: PoolClient, clocks: ReadonlyMap<number, PartitionClock>): Promise<void> {
  const rows = [...clocks];
  await client.query(
    `UPDATE settlement.clocks AS c SET booked_to = n.booked_to, ticked_at = n.ticked_at, booked_at = n.booked_at
       FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n(partition, booked_to, ticked_at, booked_at)
      WHERE c.partition = n.partition
        AND (c.booked_to, c.ticked_at, c.booked_at) IS DISTINCT FROM (n.booked_to, n.ticked_at, n.booked_at)`,
    [
      rows.map(([partition]) => partition),
      rows.map(([, { bookedTo }]) => bookedTo),
      rows.map(([, { tickedAt }]) => tickedAt),
      rows.map(([, { bookedAt }]) => bookedAt),
    ],
  );
}

/** The latest moment that a partition has come to, by a tick or a posting, ms; null: nothing is booked. */
export async function latestMoment(client: ClientBase): Promise<number | null> {
  const { rows } = await client.query<{ latest: string | null }>(
    'SELECT max(greatest(ticked_at, booked_at)) AS latest FROM settlement.clocks',
  );
  return numberOf(rows[0]?.latest ?? null);
}
