import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { LogQuery } from './parameters.js';
import { timestampOf } from './notification.js';

/** A delivery with its attempts, newest first. */
export interface Delivery {
  readonly id: string;
  /** Newer ones have greater numbers; `before` of the next page. */
  readonly number: string;
  /** The webhook-id. */
  readonly messageId: string;
  readonly type: string;
  readonly status: 'pending' | 'delivered' | 'failed' | 'cancelled';
  readonly createdAt: string;
  /** Null when it is over. */
  readonly nextAttemptAt: string | null;
  readonly endedAt: string | null;
  readonly attempts: readonly {
    readonly attemptedAt: string;
    readonly durationMs: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly response: string;
  }[];
}

interface Row {
  readonly id: string;
  readonly number: string;
  readonly message_id: string;
  readonly type: string;
  readonly status: Delivery['status'];
  readonly created_at: Date;
  readonly next_attempt_at: Date;
  readonly ended_at: Date | null;
  readonly attempts: Delivery['attempts'];
}

/** The delivery log of a webhook, newest first. */
export async function readLog(pool: Pool, webhookId: string, { limit, before }: LogQuery): Promise<Delivery[]> {
  const { rows } = await pool.query<Row>(
    `SELECT d.*, coalesce((
         SELECT json_agg(json_build_object('attemptedAt', to_char(a.attempted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                           'durationMs', a.duration_ms, 'status', a.status, 'error', a.error,
                                           'response', a.response) ORDER BY a.number DESC)
           FROM notifications.attempts a WHERE a.delivery_id = d.id), '[]') AS attempts
       FROM notifications.deliveries d WHERE d.webhook_id = $1 AND ($2::bigint IS NULL OR d.number < $2)
      ORDER BY d.number DESC LIMIT $3`,
    [webhookId, before, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    messageId: row.message_id,
    type: row.type,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    nextAttemptAt: row.status === 'pending' ? row.next_attempt_at.toISOString() : null,
    endedAt: row.ended_at?.toISOString() ?? null,
    attempts: row.attempts,
  }));
}

/** Queues a message of type `test`. @returns its delivery's id */
export async function queueTest(pool: Pool, webhookId: string): Promise<string> {
  const [id, messageId] = [`dlv_${randomBytes(16).toString('hex')}`, `test_${randomBytes(12).toString('hex')}`];
  const data = { webhookId, title: 'A test', body: 'Deliveries reach you.' };
  await pool.query(
    `INSERT INTO notifications.deliveries
            (id, webhook_id, message_id, type, payload, status, next_attempt_at, created_at)
       VALUES ($1, $2, $3, 'test', $4, 'pending', now(), now())`,
    [id, webhookId, messageId, JSON.stringify({ type: 'test', timestamp: timestampOf(Date.now()), data })],
  );
  return id;
}

/**
 * Makes a delivery due now, with its whole schedule before it; the webhook-id stays. One that is under way is left alone.
 * @returns what there is: no such delivery, or its webhook is switched off
 */
export async function retryDelivery(pool: Pool, id: string): Promise<'queued' | 'unknown' | 'disabled'> {
  const { rows } = await pool.query<{ off: boolean }>(
    `WITH found AS (SELECT d.id, w.disabled_at IS NOT NULL AS off
                      FROM notifications.deliveries d JOIN notifications.webhooks w ON w.id = d.webhook_id WHERE d.id = $1),
          queued AS (UPDATE notifications.deliveries d SET status = 'pending', attempts = 0, next_attempt_at = now(), ended_at = NULL
                       FROM found WHERE d.id = found.id AND NOT found.off AND d.lease IS NULL)
     SELECT off FROM found`,
    [id],
  );
  if (!rows[0]) return 'unknown';
  return rows[0].off ? 'disabled' : 'queued';
}
