import type { PoolClient } from 'pg';
import { describe } from './describe.js';
import { isBefore, notificationId, placeOf, type Facts, type Notice, type Origin } from './notification.js';
import { holdRecipients, type Held } from './hold-recipients.js';
import { addUp, isTotal } from './total.js';
import type { Wording } from './words.js';

/** A notice with its place in the journals, as it is written. */
export interface Notification extends Notice, Origin, Wording {
  readonly id: string;
}

/** A notice and where it comes from, in words. */
export function notificationOf(notice: Notice, origin: Origin): Notification {
  return { ...notice, ...origin, ...describe(notice.facts), id: notificationId(origin, notice) };
}

/**
 * Adds notifications to the feeds of their recipients and keeps the newest of each. What is there already stays as it is, but
 * totals grow by their parts. The newest of all that was ever added are kept, so the order in which partitions come doesn't
 * matter; what would be older than something that is gone is gone too, so that no total comes back with some of its parts.
 * @param rowsMax notifications kept per recipient
 * @returns the totals that have grown, as they are in the feeds now
 */
export async function writeFeed(
  client: PoolClient,
  notifications: readonly Notification[],
  rowsMax: number,
): Promise<Notification[]> {
  if (notifications.length === 0) return [];
  const held = await holdRecipients(
    client,
    notifications.map(({ recipient }) => recipient),
  );
  const rows = notifications.filter((row) => held.get(row.recipient)?.isKept(row) === true);
  const totals = await addedTotals(
    client,
    rows.filter(({ facts }) => isTotal(facts)),
  );
  const { rows: added } = await client.query<{ recipient: string }>(
    addSql,
    columns([...rows.filter(({ facts }) => !isTotal(facts)), ...totals.filter(({ isNew }) => isNew)]),
  );
  const grown = totals.filter(({ isNew }) => !isNew);
  if (grown.length > 0) await client.query(growSql, columns(grown));
  const gone = await keepNewest(client, held, added, rowsMax);
  return totals.filter(({ id }) => !gone.has(id));
}

interface Total extends Notification {
  /** There was no part of it before. */
  readonly isNew: boolean;
}

/** Totals with what is there of them already. Whoever adds to them holds their recipients. */
async function addedTotals(client: PoolClient, parts: readonly Notification[]): Promise<Total[]> {
  if (parts.length === 0) return [];
  const { rows } = await client.query<TotalRow>(
    'SELECT id, topic, partition, "offset", ordinal, type, data FROM feed WHERE id = ANY ($1)',
    [parts.map(({ id }) => id)],
  );
  const totals = new Map<string, Total>();
  const there = new Map(rows.map((row) => [row.id, row]));
  for (const part of parts) {
    const before = totals.get(part.id) ?? partOf(part, there.get(part.id));
    totals.set(part.id, before === null ? { ...part, isNew: true } : sumOf(before, part));
  }
  return [...totals.values()];
}

interface TotalRow extends Pick<Origin, 'topic' | 'partition' | 'ordinal'> {
  readonly id: string;
  readonly offset: string;
  readonly type: Facts['type'];
  readonly data: object;
}

const partOf = (part: Notification, row: TotalRow | undefined): Total | null =>
  row === undefined
    ? null
    : {
        ...part,
        ...{ topic: row.topic, partition: row.partition, offset: Number(row.offset), ordinal: row.ordinal },
        facts: { type: row.type, ...row.data } as Facts,
        isNew: false,
      };

/** The first of its records in the order of the journal stands for all of them. */
function sumOf(before: Total, part: Notification): Total {
  if (!isTotal(before.facts) || !isTotal(part.facts)) return before;
  const { topic, partition, offset, ordinal } = isBefore(part, before) ? part : before;
  const facts = addUp(before.facts, part.facts);
  return { ...before, topic, partition, offset, ordinal, facts, ...describe(facts) };
}

/** Prunes the feeds that have grown too long. @returns ids of what is gone */
async function keepNewest(
  client: PoolClient,
  held: ReadonlyMap<string, Held>,
  added: readonly { readonly recipient: string }[],
  rowsMax: number,
): Promise<Set<string>> {
  const counts = new Map<string, number>();
  for (const { recipient } of added)
    counts.set(recipient, (counts.get(recipient) ?? held.get(recipient)?.kept ?? 0) + 1);
  if (counts.size === 0) return new Set();
  const over = [...counts].filter(([, kept]) => kept > rowsMax);
  const [recipients, extra] = [over.map(([recipient]) => recipient), over.map(([, kept]) => kept - rowsMax)];
  const gone = over.length === 0 ? [] : (await client.query<GoneRow>(pruneSql, [recipients, extra])).rows;
  if (gone.length > 0) await client.query('DELETE FROM reads WHERE id = ANY ($1)', [gone.map(({ id }) => id)]);
  const newest = new Map(gone.map((row) => [row.recipient, row]));
  const all = [...counts].map(([recipient, kept]) => ({ recipient, kept, floor: newest.get(recipient) }));
  await client.query(countSql, [
    all.map(({ recipient }) => recipient),
    all.map(({ kept }) => Math.min(kept, rowsMax)),
    all.map(({ floor }) => floor?.occurred_at ?? null),
    all.map(({ floor }) => floor?.place ?? null),
  ]);
  return new Set(gone.map(({ id }) => id));
}

interface GoneRow {
  readonly id: string;
  readonly recipient: string;
  readonly occurred_at: string;
  readonly place: string;
}

const columnsOf: ((row: Notification) => string | number)[] = [
  ({ id }) => id,
  ({ recipient }) => recipient,
  ({ facts }) => facts.type,
  ({ occurredAt }) => occurredAt,
  placeOf,
  ({ topic }) => topic,
  ({ partition }) => partition,
  ({ offset }) => offset,
  ({ ordinal }) => ordinal,
  ({ facts: { type: _, ...data } }) => JSON.stringify(data),
  ({ title }) => title,
  ({ body }) => body,
];

const columns = (rows: readonly Notification[]) => columnsOf.map((column) => rows.map(column));

// Tables of a feed have their plain names: it is made again in a schema beside the one in use (tools/rebuild).
const rowsSql = `
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::int[],
                       $8::bigint[], $9::int[], $10::jsonb[], $11::text[], $12::text[])
             AS n (id, recipient, type, occurred_at, place, topic, partition, "offset", ordinal, data, title, body)`;

const addSql = `INSERT INTO feed ${rowsSql} ON CONFLICT DO NOTHING RETURNING recipient`;

const growSql = `
  UPDATE feed f
     SET topic = n.topic, partition = n.partition, "offset" = n."offset", ordinal = n.ordinal,
         data = n.data, title = n.title, body = n.body
    FROM (${rowsSql}) n WHERE f.id = n.id`;

// The newest of what goes comes last.
const pruneSql = `
  WITH gone AS (
    DELETE FROM feed USING (
      SELECT oldest.id
        FROM unnest($1::text[], $2::int[]) AS over (recipient, extra)
        CROSS JOIN LATERAL (SELECT id FROM feed f WHERE f.recipient = over.recipient
                             ORDER BY occurred_at, place LIMIT over.extra) oldest) old
     WHERE feed.id = old.id RETURNING feed.id, feed.recipient, feed.occurred_at, feed.place)
  SELECT * FROM gone ORDER BY occurred_at, place`;

const countSql = `
  UPDATE recipients r
     SET kept = n.kept, gone_at = coalesce(n.gone_at, r.gone_at), gone_place = coalesce(n.gone_place, r.gone_place)
    FROM unnest($1::text[], $2::int[], $3::bigint[], $4::text[]) AS n (recipient, kept, gone_at, gone_place)
   WHERE r.recipient = n.recipient`;
