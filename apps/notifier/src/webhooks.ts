import { randomBytes } from 'node:crypto';
import { inTransaction } from '@slipstream/streams';
import type { Pool, PoolClient } from 'pg';
import type { WantedWebhook } from './parameters.js';
import type { Recipient } from './notification.js';

/** A webhook as it is shown: never its secret. */
export interface Webhook {
  readonly id: string;
  readonly recipient: Recipient;
  readonly url: string;
  /** Null: all types. */
  readonly types: readonly string[] | null;
  readonly createdAt: string;
  /** Since when all attempts have failed. */
  readonly failingSince: string | null;
  readonly disabledAt: string | null;
  readonly disabledReason: 'gone' | 'failing' | 'backlog' | null;
  /** Secrets that sign now. */
  readonly secrets: number;
}

interface Row {
  readonly id: string;
  readonly recipient: Recipient;
  readonly url: string;
  readonly types: string[] | null;
  readonly created_at: Date;
  readonly failing_since: Date | null;
  readonly disabled_at: Date | null;
  readonly disabled_reason: Webhook['disabledReason'];
  readonly secrets: number;
}

/** Secrets of one webhook that may be valid at once. */
const secretsMax = 5;

/** A secret as Standard Webhooks writes it: 32 random bytes. */
const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** Keeps a webhook. @returns null when the recipient has as many as it may */
export function createWebhook(
  pool: Pool,
  wanted: WantedWebhook,
  perRecipientMax: number,
): Promise<{ id: string; secret: string } | null> {
  const [id, secret] = [`wh_${randomBytes(12).toString('hex')}`, newSecret()];
  return inTransaction(pool, async (client) => {
    // Two requests at once can't both take the last place.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('slipstream/webhooks'), hashtext($1))", [
      wanted.recipient,
    ]);
    const { rowCount } = await client.query('SELECT 1 FROM notifications.webhooks WHERE recipient = $1', [
      wanted.recipient,
    ]);
    if ((rowCount ?? 0) >= perRecipientMax) return null;
    await client.query(
      'INSERT INTO notifications.webhooks (id, recipient, url, types, created_at) VALUES ($1, $2, $3, $4, now())',
      [id, wanted.recipient, wanted.url, wanted.types],
    );
    await addSecret(client, id, secret);
    return { id, secret };
  });
}

/** Webhooks of a recipient, oldest first. */
export async function listWebhooks(pool: Pool, recipient: Recipient): Promise<Webhook[]> {
  const { rows } = await pool.query<Row>(`${selectSql} WHERE recipient = $1 ORDER BY created_at, id`, [recipient]);
  return rows.map(webhookOf);
}

/** Undefined when there is none. */
export async function findWebhook(pool: Pool, id: string): Promise<Webhook | undefined> {
  const { rows } = await pool.query<Row>(`${selectSql} WHERE id = $1`, [id]);
  return rows[0] && webhookOf(rows[0]);
}

/** Removes a webhook with its secrets and deliveries. @returns false when there is none */
export async function removeWebhook(pool: Pool, id: string): Promise<boolean> {
  return (await pool.query('DELETE FROM notifications.webhooks WHERE id = $1', [id])).rowCount === 1;
}

/** A webhook is on again, with a clean slate. @returns false when there is none */
export async function enableWebhook(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE notifications.webhooks SET disabled_at = NULL, disabled_reason = NULL, failing_since = NULL WHERE id = $1`,
    [id],
  );
  return rowCount === 1;
}

/**
 * A new secret. Those before go on to sign for a while, so that the receiver can change over without losing anything.
 * @param overlapMs 0: the old ones end at once
 */
export function rotateSecret(
  pool: Pool,
  id: string,
  overlapMs: number,
): Promise<{ secret: string; oldUntil: string } | 'unknown' | 'too_many'> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM notifications.webhooks WHERE id = $1 FOR NO KEY UPDATE', [
      id,
    ]);
    if (rowCount !== 1) return 'unknown';
    await client.query('DELETE FROM notifications.secrets WHERE webhook_id = $1 AND expires_at <= now()', [id]);
    const { rows } = await client.query('SELECT 1 FROM notifications.secrets WHERE webhook_id = $1', [id]);
    if (overlapMs > 0 && rows.length >= secretsMax) return 'too_many';
    // One whose end is set already keeps it, unless it is to end sooner now.
    const { rows: old } = await client.query<{ until: Date }>(
      `UPDATE notifications.secrets SET expires_at = least(expires_at, now() + $2 * interval '1 millisecond')
        WHERE webhook_id = $1 RETURNING expires_at AS until`,
      [id, overlapMs],
    );
    const secret = newSecret();
    await addSecret(client, id, secret);
    return { secret, oldUntil: new Date(Math.max(...old.map(({ until }) => until.getTime()))).toISOString() };
  });
}

async function addSecret(client: PoolClient, id: string, secret: string): Promise<void> {
  await client.query('INSERT INTO notifications.secrets VALUES ($1, $2, clock_timestamp(), NULL)', [id, secret]);
}

const selectSql = `
  SELECT w.*, (SELECT count(*)::int FROM notifications.secrets s
                WHERE s.webhook_id = w.id AND (s.expires_at IS NULL OR s.expires_at > now())) AS secrets
    FROM notifications.webhooks w`;

const webhookOf = (row: Row): Webhook => ({
  id: row.id,
  recipient: row.recipient,
  url: row.url,
  types: row.types,
  createdAt: row.created_at.toISOString(),
  failingSince: row.failing_since?.toISOString() ?? null,
  disabledAt: row.disabled_at?.toISOString() ?? null,
  disabledReason: row.disabled_reason,
  secrets: row.secrets,
});
