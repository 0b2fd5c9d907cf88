import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are told, what is kept between events, and what they have read. */
export class Feed1764331200000 implements MigrationInterface {
  readonly name = 'Feed1764331200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE notifications.feed, notifications.recipients, notifications.reads, notifications.carried, notifications.told',
    );
  }
}

const statements = [
  // `place` orders what happened at the same time; topic, partition and offset name the journal record.
  `CREATE TABLE notifications.feed (
    id text PRIMARY KEY,
    recipient text NOT NULL,
    type text NOT NULL,
    occurred_at bigint NOT NULL,
    place text COLLATE "C" NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    ordinal integer NOT NULL,
    data jsonb NOT NULL,
    title text NOT NULL,
    body text NOT NULL
  )`,
  'CREATE UNIQUE INDEX feed_by_time ON notifications.feed (recipient, occurred_at, place)',
  // One row per recipient: whoever adds to a feed holds it, so that pruning is exact with any number of writers.
  `CREATE TABLE notifications.recipients (
    recipient text PRIMARY KEY,
    kept integer NOT NULL
  )`,
  // Apart from the feed, which can be made again from the journals; this can't.
  `CREATE TABLE notifications.reads (
    id text PRIMARY KEY,
    recipient text NOT NULL,
    read_at timestamptz NOT NULL
  )`,
  `CREATE TABLE notifications.carried (
    topic text NOT NULL,
    partition integer NOT NULL,
    "group" text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    value json NOT NULL,
    PRIMARY KEY (topic, partition, "group", id)
  )`,
  // How far webhooks were told: a feed that is made again tells nobody twice.
  `CREATE TABLE notifications.told (
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (topic, partition)
  )`,
];
