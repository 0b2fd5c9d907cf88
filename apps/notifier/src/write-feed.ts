import type { PoolClient } from 'pg';
import { describe, type Wording } from './describe.js';
import { notificationId, placeOf, type Notice, type Origin } from './notification.js';

/** A notice with its place in the journals, as it is written. */
export interface Notification extends Notice, Origin, Wording {
  readonly id: string;
}

/** A notice and where it comes from, in words. */
export function notificationOf(notice: Notice, origin: Origin): Notification {
  return { ...notice, ...origin, ...describe(notice.facts), id: notificationId(origin, notice.recipient) };
}

/**
 * Adds notifications to the feeds of their recipients and keeps the newest of each. What is there already stays as it is.
 * The newest of all that was ever added are kept, so the order in which partitions come doesn't matter.
 * @param rowsMax notifications kept per recipient
 */
export async function writeFeed(client: PoolClient, rows: readonly Notification[], rowsMax: number): Promise<void> {
  if (rows.length === 0) return;
  const { rows: grown } = await client.query<{ recipient: string; kept: number }>(
    addSql,
    columnsOf.map((column) => rows.map(column)),
  );
  const over = grown.filter(({ kept }) => kept > rowsMax);
  if (over.length === 0) return;
  const recipients = over.map(({ recipient }) => recipient);
  // A statement of its own: it sees what the writers before it, for whose rows the first one waited, have committed.
  const { rows: gone } = await client.query<{ id: string }>(pruneSql, [
    recipients,
    over.map(({ kept }) => kept - rowsMax),
  ]);
  await client.query('DELETE FROM notifications.reads WHERE id = ANY ($1)', [gone.map(({ id }) => id)]);
  await client.query('UPDATE notifications.recipients SET kept = $2 WHERE recipient = ANY ($1)', [recipients, rowsMax]);
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

// Rows of recipients are taken in their order, so that two writers never wait for each other in a circle.
const addSql = `
  WITH added AS (
    INSERT INTO notifications.feed
      SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::int[],
                           $8::bigint[], $9::int[], $10::jsonb[], $11::text[], $12::text[])
      ON CONFLICT DO NOTHING
      RETURNING recipient)
  INSERT INTO notifications.recipients AS r
    SELECT recipient, count(*) FROM added GROUP BY recipient ORDER BY recipient
    ON CONFLICT (recipient) DO UPDATE SET kept = r.kept + excluded.kept
    RETURNING recipient, kept`;

const pruneSql = `
  DELETE FROM notifications.feed USING (
    SELECT oldest.id
      FROM unnest($1::text[], $2::int[]) AS over (recipient, extra)
      CROSS JOIN LATERAL (SELECT id FROM notifications.feed f WHERE f.recipient = over.recipient
                           ORDER BY occurred_at, place LIMIT over.extra) oldest) old
   WHERE feed.id = old.id RETURNING feed.id`;
