import { inTransaction } from '@slipstream/streams';
import type { Pool } from 'pg';
import type { WebhookPolicy } from './config.js';
import { cancelDeliveries, disableWebhook } from './disable-webhook.js';

/**
 * Keeps the outbox in its bounds: switches off webhooks with too long a queue, cancels what came for one just after it was
 * switched off, and drops the oldest ended deliveries beyond the log's length. Any number of processes may do it at once.
 */
export async function keepBounds(pool: Pool, policy: WebhookPolicy & { readonly rowsMax: number }): Promise<void> {
  const { rows } = await pool.query<{ id: string; off: boolean; waiting: number; ended: number }>(
    `SELECT w.id, w.disabled_at IS NOT NULL AS off,
            count(*) FILTER (WHERE d.status = 'pending')::int AS waiting,
            count(*) FILTER (WHERE d.status <> 'pending')::int AS ended
       FROM notifications.webhooks w JOIN notifications.deliveries d ON d.webhook_id = w.id GROUP BY w.id`,
  );
  for (const { id, off, waiting, ended } of rows) {
    const full = !off && waiting > policy.backlogMax;
    if (full || (off && waiting > 0))
      await inTransaction(pool, async (client) => {
        await client.query('SELECT 1 FROM notifications.webhooks WHERE id = $1 FOR NO KEY UPDATE', [id]);
        if (full) await disableWebhook(client, id, 'backlog', policy.rowsMax);
        else await cancelDeliveries(client, id);
      });
    if (ended > policy.logMax) await pool.query(dropSql, [id, policy.logMax]);
  }
}

const dropSql = `
  DELETE FROM notifications.deliveries WHERE webhook_id = $1 AND status <> 'pending' AND number <=
    (SELECT number FROM notifications.deliveries WHERE webhook_id = $1 AND status <> 'pending'
      ORDER BY number DESC OFFSET $2 LIMIT 1)`;
