import type { PoolClient } from 'pg';
import { timestampOf } from './notification.js';
import type { Notification } from './write-feed.js';

/**
 * Puts a delivery into the outbox for each webhook that wants a notification, in the transaction that writes the
 * notification: what is in the feed is delivered, and what isn't is not. The same notification again adds nothing.
 */
export async function queueDeliveries(client: PoolClient, notifications: readonly Notification[]): Promise<void> {
  if (notifications.length === 0) return;
  await client.query(queueSql, [
    notifications.map(({ id }) => id),
    notifications.map(({ recipient }) => recipient),
    notifications.map(({ facts }) => facts.type),
    notifications.map((notification) => payloadOf(notification)),
  ]);
}

/** The body of a webhook: `type`, `timestamp` and `data`, as Standard Webhooks has them. */
export function payloadOf(notification: Notification, more: { readonly revision?: number } = {}): string {
  const { id, recipient, occurredAt, title, body, facts } = notification;
  const { type, ...data } = facts;
  return JSON.stringify({
    type,
    timestamp: timestampOf(occurredAt),
    data: { id, recipient, title, body, ...more, ...data },
  });
}

// The share lock keeps a webhook from being removed between the choice and the end of the transaction.
const queueSql = `
  WITH news AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
                  AS n (message_id, recipient, type, payload, place)),
       wanting AS (SELECT id, recipient, types FROM notifications.webhooks
                    WHERE disabled_at IS NULL AND recipient IN (SELECT recipient FROM news) FOR KEY SHARE)
  INSERT INTO notifications.deliveries
         (id, webhook_id, message_id, type, payload, status, next_attempt_at, created_at)
    SELECT 'dlv_' || left(encode(sha256(convert_to(wanting.id || '/' || message_id, 'UTF8')), 'hex'), 32),
           wanting.id, message_id, type, payload, 'pending', now(), now()
      FROM news JOIN wanting ON wanting.recipient = news.recipient
     WHERE wanting.types IS NULL OR news.type = ANY (wanting.types)
     ORDER BY news.place, wanting.id
    ON CONFLICT DO NOTHING`;
