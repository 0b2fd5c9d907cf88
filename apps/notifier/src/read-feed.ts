import { inTransaction } from '@slipstream/streams';
import type { Pool } from 'pg';
import { timestampOf, type Recipient } from './notification.js';

/** A notification as the feed shows it: times are ISO 8601, money decimal strings. */
export interface FeedItem {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly title: string;
  readonly body: string;
  readonly data: object;
  /** Journal record it comes from. */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
  /** Null while it is unread. */
  readonly readAt: string | null;
}

export interface FeedPage {
  readonly recipient: Recipient;
  /** Newest first. */
  readonly items: readonly FeedItem[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
  /** Unread ones in the whole feed. */
  readonly unread: number;
}

/** Where a page begins: below this one. */
export interface FeedCursor {
  readonly occurredAt: number;
  readonly place: string;
}

export interface FeedQuery {
  readonly limit: number;
  readonly unread: boolean;
  readonly below: FeedCursor | null;
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly place: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly data: object;
  readonly title: string;
  readonly body: string;
  readonly read_at: Date | null;
}

/** A page of a feed; empty for a recipient that was never told anything. */
export async function readFeed(pool: Pool, recipient: Recipient, query: FeedQuery): Promise<FeedPage> {
  const { limit, unread, below } = query;
  const { rows } = await pool.query<Row>(
    `SELECT f.*, r.read_at FROM notifications.feed f LEFT JOIN notifications.reads r USING (id)
      WHERE f.recipient = $1 AND ($2::bigint IS NULL OR (f.occurred_at, f.place) < ($2, $3))
        AND (NOT $4 OR r.id IS NULL)
      ORDER BY f.occurred_at DESC, f.place DESC LIMIT $5`,
    [recipient, below?.occurredAt ?? null, below?.place ?? null, unread, limit + 1],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    recipient,
    items: page.map(itemOf),
    next: rows.length > limit && last ? cursorText(last) : null,
    unread: await countUnread(pool, recipient),
  };
}

/** Unread notifications of a recipient. */
export async function countUnread(pool: Pool, recipient: Recipient): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM notifications.feed f LEFT JOIN notifications.reads r USING (id)
      WHERE f.recipient = $1 AND r.id IS NULL`,
    [recipient],
  );
  return rows[0]?.n ?? 0;
}

/** Which notifications are read now: those named, or one and all before it. */
export type ReadMark = { readonly ids: readonly string[] } | { readonly upTo: string };

/**
 * Marks notifications as read; read ones stay read as of then.
 * @returns ids that this feed doesn't have: if there are any nothing is marked
 */
export function markRead(pool: Pool, recipient: Recipient, mark: ReadMark): Promise<string[]> {
  const named = 'ids' in mark ? mark.ids : [mark.upTo];
  return inTransaction(pool, async (client) => {
    // While this is held nothing is pruned, so that no mark outlives its notification.
    await client.query('SELECT 1 FROM notifications.recipients WHERE recipient = $1 FOR SHARE', [recipient]);
    const { rows } = await client.query<{ id: string }>(
      `SELECT named.id FROM unnest($2::text[]) AS named (id)
        WHERE NOT EXISTS (SELECT 1 FROM notifications.feed f WHERE f.recipient = $1 AND f.id = named.id)`,
      [recipient, named],
    );
    if (rows.length > 0) return rows.map(({ id }) => id);
    const chosen =
      'ids' in mark
        ? 'id = ANY ($2)'
        : '(occurred_at, place) <= (SELECT occurred_at, place FROM notifications.feed WHERE id = ANY ($2))';
    await client.query(
      `INSERT INTO notifications.reads SELECT id, recipient, now() FROM notifications.feed
        WHERE recipient = $1 AND ${chosen} ON CONFLICT DO NOTHING`,
      [recipient, named],
    );
    return [];
  });
}

const cursorText = ({ occurred_at, place }: Row): string =>
  Buffer.from(`${occurred_at} ${place}`).toString('base64url');

/** A cursor as a page gave it; null when it is none. */
export function parseCursor(text: string): FeedCursor | null {
  const found = /^(-?\d{1,16}) ([\x20-\x7e]{1,200})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return found ? { occurredAt: Number(found[1]), place: found[2] as string } : null;
}

function itemOf(row: Row): FeedItem {
  return {
    id: row.id,
    type: row.type,
    occurredAt: timestampOf(Number(row.occurred_at)),
    title: row.title,
    body: row.body,
    data: row.data,
    source: { topic: row.topic, partition: row.partition, offset: Number(row.offset) },
    readAt: row.read_at?.toISOString() ?? null,
  };
}
