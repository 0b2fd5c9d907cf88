import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Providers are told of totals: feeds know what is gone of them, deliveries what they tell of. All feeds are made again. */
export class Totals1764334800000 implements MigrationInterface {
  readonly name = 'Totals1764334800000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    const [{ positions }] = (await queryRunner.query(
      "SELECT to_regclass('notifications.projection_positions') IS NOT NULL AS positions",
    )) as [{ positions: boolean }];
    // An instance that still runs finds another epoch and opens anew.
    if (positions)
      await queryRunner.query('UPDATE notifications.projection_positions SET position = 0, epoch = epoch + 1');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE notifications.recipients DROP COLUMN gone_at, DROP COLUMN gone_place');
    await queryRunner.query(
      'ALTER TABLE notifications.deliveries DROP COLUMN total_id, DROP COLUMN revision, DROP COLUMN is_open',
    );
  }
}

const statements = [
  // What comes from no journal can't be made again.
  `DELETE FROM notifications.feed WHERE topic NOT LIKE 'webhooks/%'`,
  `UPDATE notifications.feed SET place = '0/' || place`,
  'TRUNCATE notifications.recipients, notifications.carried',
  'INSERT INTO notifications.recipients SELECT recipient, count(*) FROM notifications.feed GROUP BY recipient',
  // The newest that was pruned: nothing up to it comes (back) into the feed.
  `ALTER TABLE notifications.recipients
     ADD COLUMN gone_at bigint,
     ADD COLUMN gone_place text COLLATE "C",
     ADD CHECK ((gone_at IS NULL) = (gone_place IS NULL))`,
  // Of totals only: the notification, how many copies are in it, and whether it may still be replaced since nobody has begun to send it.
  `ALTER TABLE notifications.deliveries
     ADD COLUMN total_id text,
     ADD COLUMN revision integer,
     ADD COLUMN is_open boolean NOT NULL DEFAULT false`,
  'CREATE INDEX deliveries_by_total ON notifications.deliveries (total_id, webhook_id) WHERE total_id IS NOT NULL',
];
