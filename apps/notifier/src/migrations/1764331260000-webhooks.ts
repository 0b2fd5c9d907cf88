import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Webhooks, their secrets, the outbox of deliveries, and what came of each attempt. */
export class Webhooks1764331260000 implements MigrationInterface {
  readonly name = 'Webhooks1764331260000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE notifications.attempts, notifications.deliveries, notifications.secrets, notifications.webhooks',
    );
  }
}

const statements = [
  `CREATE TABLE notifications.webhooks (
    id text PRIMARY KEY,
    recipient text NOT NULL,
    url text NOT NULL,
    types text[],
    created_at timestamptz NOT NULL,
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_reason text CHECK (disabled_reason IN ('gone', 'failing', 'backlog')),
    CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
  )`,
  'CREATE INDEX webhooks_by_recipient ON notifications.webhooks (recipient)',
  `CREATE TABLE notifications.secrets (
    webhook_id text NOT NULL REFERENCES notifications.webhooks ON DELETE CASCADE,
    secret text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (webhook_id, secret)
  )`,
  // `message_id` is the webhook-id. A delivery keeps its payload: each attempt sends the same bytes, whatever became of the feed.
  `CREATE TABLE notifications.deliveries (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    webhook_id text NOT NULL REFERENCES notifications.webhooks ON DELETE CASCADE,
    message_id text NOT NULL,
    type text NOT NULL,
    payload text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    lease uuid,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
  )`,
  'CREATE UNIQUE INDEX deliveries_by_webhook ON notifications.deliveries (webhook_id, number)',
  `CREATE INDEX deliveries_due ON notifications.deliveries (webhook_id, next_attempt_at) WHERE status = 'pending'`,
  `CREATE TABLE notifications.attempts (
    delivery_id text NOT NULL REFERENCES notifications.deliveries ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    attempted_at timestamptz NOT NULL,
    duration_ms integer NOT NULL,
    status integer,
    error text,
    response text NOT NULL,
    PRIMARY KEY (delivery_id, number)
  )`,
];
