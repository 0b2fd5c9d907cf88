import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { WebhookPolicy } from './config.js';
import type { Message } from './send.js';

/** A delivery that this process may attempt now. */
export interface Claimed {
  readonly deliveryId: string;
  readonly webhookId: string;
  /** Whoever holds it may say what came of the attempt. */
  readonly lease: string;
  /** Of this attempt, from 1. */
  readonly attempt: number;
  readonly message: Message;
}

/** Deliveries of one webhook that one process attempts at once: a slow receiver holds up itself, not the others. */
const perWebhookMax = 4;

/**
 * Takes due deliveries; from now on nothing replaces what they say. Until its lease ends nobody else takes one; a process
 * that dies leaves it to the next.
 * @param room how many at most
 * @param busy webhooks that are under way in this process
 */
export async function claimDue(
  pool: Pool,
  { leaseMs }: WebhookPolicy,
  room: number,
  busy: readonly string[],
): Promise<Claimed[]> {
  const { rows } = await pool.query<{
    id: string;
    webhook_id: string;
    lease: string;
    attempts: number;
    message_id: string;
    payload: string;
    url: string;
    secrets: string[] | null;
  }>(claimSql, [room, busy, leaseMs, randomUUID(), perWebhookMax]);
  return rows.map((row) => ({
    deliveryId: row.id,
    webhookId: row.webhook_id,
    lease: row.lease,
    attempt: row.attempts,
    message: { id: row.message_id, url: row.url, payload: row.payload, secrets: row.secrets ?? [] },
  }));
}

/** Gives back what wasn't attempted to its end: due at once, and not counted. */
export async function release(pool: Pool, { deliveryId, lease }: Claimed): Promise<void> {
  await pool.query(
    `UPDATE notifications.deliveries SET attempts = attempts - 1, lease = NULL, next_attempt_at = now()
      WHERE id = $1 AND lease = $2 AND status = 'pending'`,
    [deliveryId, lease],
  );
}

// Webhooks in random order: with more work than room none of them is always the last.
const claimSql = `
  WITH due AS (
    SELECT d.id
      FROM (SELECT id FROM notifications.webhooks WHERE disabled_at IS NULL AND id <> ALL ($2) ORDER BY random()) w
      CROSS JOIN LATERAL (
        SELECT id FROM notifications.deliveries
         WHERE webhook_id = w.id AND status = 'pending' AND next_attempt_at <= now()
         ORDER BY next_attempt_at LIMIT $5 FOR UPDATE SKIP LOCKED) d
     LIMIT $1),
  taken AS (
    UPDATE notifications.deliveries d
       SET attempts = attempts + 1, lease = $4, is_open = false, next_attempt_at = now() + $3 * interval '1 millisecond'
      FROM due WHERE d.id = due.id RETURNING d.*)
  SELECT taken.id, taken.webhook_id, taken.lease, taken.attempts, taken.message_id, taken.payload, w.url,
         (SELECT array_agg(secret ORDER BY s.created_at DESC) FROM notifications.secrets s
           WHERE s.webhook_id = w.id AND (s.expires_at IS NULL OR s.expires_at > now())) AS secrets
    FROM taken JOIN notifications.webhooks w ON w.id = taken.webhook_id`;
