import type { PoolClient } from 'pg';
import { hashOf } from './notification.js';
import { payloadOf } from './queue-deliveries.js';
import { isTotal } from './total.js';
import type { Notification } from './write-feed.js';

/** A total that has grown. */
export interface GrownTotal {
  readonly notification: Notification;
  /** Some of its parts are such as webhooks haven't been told of. */
  readonly isNews: boolean;
}

/**
 * Tells webhooks of totals, in the transaction that writes them. A delivery waits before its first attempt and takes up what
 * comes meanwhile; what comes after that is a further delivery with a webhook-id of its own. Each tells the whole total, and
 * by `revision`, the copies in it, which of two is the newer one. Nothing is told again that was told: neither parts that
 * aren't news to a webhook that was told nothing, nor a total no greater than one it was told.
 *
 * Whoever calls holds the recipients. A delivery that is claimed at this moment is not waited for: it counts as begun.
 */
export async function tellTotals(client: PoolClient, grown: readonly GrownTotal[], delayMs: number): Promise<void> {
  if (grown.length === 0) return;
  const totals = grown.map(({ notification, isNews }) => {
    const { id, recipient, facts } = notification;
    const revision = isTotal(facts) ? facts.copies : 0;
    const payload = payloadOf(notification, { revision });
    return { id, recipient, type: facts.type, isNews, revision, payload, messageId: `ntf_${hashOf(payload)}` };
  });
  // First of all: who removes a webhook takes it before its deliveries too.
  await client.query('SELECT 1 FROM notifications.webhooks WHERE recipient = ANY ($1) ORDER BY id FOR KEY SHARE', [
    totals.map(({ recipient }) => recipient),
  ]);
  await client.query(replaceSql, [
    totals.map(({ id }) => id),
    totals.map(({ revision }) => revision),
    totals.map(({ payload }) => payload),
    totals.map(({ messageId }) => messageId),
  ]);
  await client.query(queueSql, [
    totals.map(({ id }) => id),
    totals.map(({ revision }) => revision),
    totals.map(({ payload }) => payload),
    totals.map(({ messageId }) => messageId),
    totals.map(({ recipient }) => recipient),
    totals.map(({ type }) => type),
    totals.map(({ isNews }) => isNews),
    delayMs,
  ]);
}

const replaceSql = `
  WITH totals AS (SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[])
                    AS t (id, revision, payload, message_id)),
       open AS (SELECT d.id, totals.revision, totals.payload, totals.message_id
                  FROM notifications.deliveries d JOIN totals ON totals.id = d.total_id
                 WHERE d.is_open AND d.status = 'pending' AND d.revision < totals.revision
                   FOR UPDATE OF d SKIP LOCKED)
  UPDATE notifications.deliveries d
     SET revision = open.revision, payload = open.payload, message_id = open.message_id
    FROM open WHERE d.id = open.id`;

const queueSql = `
  WITH totals AS (SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
                    WITH ORDINALITY AS t (id, revision, payload, message_id, recipient, type, is_news, place)),
       wanting AS (SELECT id, recipient, types FROM notifications.webhooks
                    WHERE disabled_at IS NULL AND recipient IN (SELECT recipient FROM totals) FOR KEY SHARE)
  INSERT INTO notifications.deliveries
         (id, webhook_id, message_id, type, payload, status, next_attempt_at, created_at, total_id, revision, is_open)
    SELECT 'dlv_' || left(encode(sha256(convert_to(wanting.id || '/' || totals.message_id, 'UTF8')), 'hex'), 32),
           wanting.id, totals.message_id, totals.type, totals.payload, 'pending',
           now() + $8 * interval '1 millisecond', now(), totals.id, totals.revision, true
      FROM totals JOIN wanting ON wanting.recipient = totals.recipient
     CROSS JOIN LATERAL (SELECT max(d.revision) AS revision FROM notifications.deliveries d
                          WHERE d.total_id = totals.id AND d.webhook_id = wanting.id) told
     WHERE (wanting.types IS NULL OR totals.type = ANY (wanting.types))
       AND CASE WHEN told.revision IS NULL THEN totals.is_news ELSE told.revision < totals.revision END
     ORDER BY totals.place, wanting.id
    ON CONFLICT DO NOTHING`;
