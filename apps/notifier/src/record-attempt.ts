import { inTransaction } from '@slipstream/streams';
import type { Pool, PoolClient } from 'pg';
import type { Claimed } from './claim.js';
import type { WebhookPolicy } from './config.js';
import { disableWebhook } from './disable-webhook.js';
import type { Attempt } from './send.js';

/** Attempts that are kept per delivery. */
const attemptsMax = 50;
const jitterMax = 0.2;

/** What came of it, for the log. */
export type Outcome = 'delivered' | 'again' | 'failed' | 'disabled' | 'taken over';

/**
 * Writes what came of an attempt: delivered, due again later, or given up; 410, or failing for too long, switches the webhook
 * off.
 * @param random from 0 to 1, spreads the attempts of many deliveries
 */
export function recordAttempt(
  pool: Pool,
  policy: WebhookPolicy & { readonly rowsMax: number },
  claimed: Claimed,
  attempt: Attempt,
  random: number,
): Promise<Outcome> {
  return inTransaction(pool, async (client) => {
    // First of all, in each transaction that touches the deliveries of a webhook: they take turns.
    const { rowCount } = await client.query('SELECT 1 FROM notifications.webhooks WHERE id = $1 FOR NO KEY UPDATE', [
      claimed.webhookId,
    ]);
    if (rowCount !== 1) return 'taken over';
    const outcome = await end(client, policy, claimed, attempt, random);
    if (outcome === 'taken over') return outcome;
    await note(client, claimed, attempt);
    const { rows } = await client.query<{ failing: boolean; id: string }>(
      `UPDATE notifications.webhooks
          SET failing_since = CASE WHEN $2 THEN NULL ELSE coalesce(failing_since, now()) END
        WHERE id = $1
        RETURNING failing_since <= now() - $3 * interval '1 millisecond' AS failing`,
      [claimed.webhookId, outcome === 'delivered', policy.disableAfterMs],
    );
    if (attempt.status === 410) await disableWebhook(client, claimed.webhookId, 'gone', policy.rowsMax);
    else if (rows[0]?.failing === true) await disableWebhook(client, claimed.webhookId, 'failing', policy.rowsMax);
    else return outcome;
    return 'disabled';
  });
}

async function end(
  client: PoolClient,
  { retryDelaysMs }: WebhookPolicy,
  { deliveryId, lease, attempt: nth }: Claimed,
  { error }: Attempt,
  random: number,
): Promise<Outcome> {
  const delayMs = error === null ? undefined : retryDelaysMs[nth - 1];
  const status = error === null ? 'delivered' : delayMs === undefined ? 'failed' : 'pending';
  const { rowCount } = await client.query(
    `UPDATE notifications.deliveries
        SET status = $3, lease = NULL, next_attempt_at = now() + $4 * interval '1 millisecond',
            ended_at = CASE WHEN $3 = 'pending' THEN NULL ELSE now() END
      WHERE id = $1 AND lease = $2 AND status = 'pending'`,
    [deliveryId, lease, status, Math.round((delayMs ?? 0) * (1 + jitterMax * random))],
  );
  if (rowCount !== 1) return 'taken over';
  return status === 'pending' ? 'again' : status;
}

async function note(client: PoolClient, { deliveryId }: Claimed, attempt: Attempt): Promise<void> {
  const { attemptedAt, durationMs, status, error, response } = attempt;
  await client.query(
    `INSERT INTO notifications.attempts (delivery_id, attempted_at, duration_ms, status, error, response)
       VALUES ($1, $2, $3, $4, $5, $6)`,
    [deliveryId, attemptedAt, durationMs, status, error?.slice(0, 500) ?? null, response],
  );
  await client.query(
    `DELETE FROM notifications.attempts WHERE delivery_id = $1 AND number <=
       (SELECT number FROM notifications.attempts WHERE delivery_id = $1 ORDER BY number DESC OFFSET $2 LIMIT 1)`,
    [deliveryId, attemptsMax],
  );
}
