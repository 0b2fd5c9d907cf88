import type { PoolClient } from 'pg';
import { Carried, type CarriedChange } from './carried.js';

/** One journal partition. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** What the events of a partition have left so far. */
export async function loadCarried(client: PoolClient, { topic, partition }: Place): Promise<Carried> {
  const { rows } = await client.query<{ group: string; id: string; value: object }>(
    'SELECT "group", id, value FROM carried WHERE topic = $1 AND partition = $2',
    [topic, partition],
  );
  return new Carried(rows);
}

/** Writes what has changed of several partitions. */
export async function writeCarried(
  client: PoolClient,
  parts: readonly { readonly place: Place; readonly changes: readonly CarriedChange[] }[],
): Promise<void> {
  const all = parts.flatMap(({ place, changes }) => changes.map((change) => ({ ...place, ...change })));
  const gone = all.filter(({ value }) => value === null);
  const kept = all.filter(({ value }) => value !== null);
  const keys = (rows: typeof all) => [
    rows.map(({ topic }) => topic),
    rows.map(({ partition }) => partition),
    rows.map(({ group }) => group),
    rows.map(({ id }) => id),
  ];
  if (gone.length > 0)
    await client.query(
      `DELETE FROM carried c USING unnest($1::text[], $2::int[], $3::text[], $4::text[])
         AS gone (topic, partition, "group", id)
        WHERE (c.topic, c.partition, c."group", c.id) = (gone.topic, gone.partition, gone."group", gone.id)`,
      keys(gone),
    );
  if (kept.length > 0)
    await client.query(
      `INSERT INTO carried
         SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::json[])
         ON CONFLICT (topic, partition, "group", id) DO UPDATE SET value = excluded.value`,
      [...keys(kept), kept.map(({ value }) => JSON.stringify(value))],
    );
}

/** Offset from which on webhooks are still to be told of a partition. */
export async function loadTold(client: PoolClient, { topic, partition }: Place): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    'SELECT position FROM told WHERE topic = $1 AND partition = $2',
    [topic, partition],
  );
  return Number(rows[0]?.position ?? 0);
}

/** Webhooks are told of everything below the positions. */
export async function writeTold(
  client: PoolClient,
  parts: readonly { readonly place: Place; readonly position: number }[],
): Promise<void> {
  if (parts.length === 0) return;
  await client.query(
    `INSERT INTO told AS t SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
       ON CONFLICT (topic, partition) DO UPDATE SET position = greatest(t.position, excluded.position)`,
    [
      parts.map(({ place }) => place.topic),
      parts.map(({ place }) => place.partition),
      parts.map(({ position }) => position),
    ],
  );
}
