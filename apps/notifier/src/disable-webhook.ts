import type { PoolClient } from 'pg';
import type { Recipient } from './notification.js';
import { queueDeliveries } from './queue-deliveries.js';
import type { Webhook } from './webhooks.js';
import { notificationOf, writeFeed } from './write-feed.js';

/**
 * Switches a webhook off, cancels what waits for it, and tells its owner: in the feed, and by the other webhooks. This notice
 * alone comes from no journal; its time is the wall clock's. One that is off already stays as it is.
 * @param rowsMax notifications kept per recipient
 */
export async function disableWebhook(
  client: PoolClient,
  id: string,
  reason: NonNullable<Webhook['disabledReason']>,
  rowsMax: number,
): Promise<void> {
  const { rows } = await client.query<{ recipient: Recipient; url: string; at: Date; number: string }>(
    `UPDATE notifications.webhooks SET disabled_at = now(), disabled_reason = $2
      WHERE id = $1 AND disabled_at IS NULL
      RETURNING recipient, url, now() AS at, pg_current_xact_id()::text AS number`,
    [id, reason],
  );
  const [webhook] = rows;
  if (!webhook) return;
  await cancelDeliveries(client, id);
  const { recipient, url, at, number } = webhook;
  const notice = {
    recipient,
    occurredAt: at.getTime(),
    facts: { type: 'webhook_disabled', webhookId: id, url, reason },
  } as const;
  const notification = notificationOf(notice, {
    topic: `webhooks/${id}`,
    partition: 0,
    offset: Number(number),
    ordinal: 0,
  });
  await writeFeed(client, [notification], rowsMax);
  await queueDeliveries(client, [notification]);
}

/** What waits for a webhook is not delivered any more; it can be retried by hand. */
export async function cancelDeliveries(client: PoolClient, webhookId: string): Promise<void> {
  await client.query(
    `UPDATE notifications.deliveries SET status = 'cancelled', lease = NULL, ended_at = now()
      WHERE webhook_id = $1 AND status = 'pending'`,
    [webhookId],
  );
}
