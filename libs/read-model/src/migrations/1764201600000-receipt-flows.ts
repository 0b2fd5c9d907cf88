import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Receipts with what their inputs come from: flows, carried gaps, the unrealised part, marks. The tables made of
 * settlements.events are made anew from its start; marks are kept from now on (a rebuild reads those of before).
 */
export class ReceiptFlows1764201600000 implements MigrationInterface {
  readonly name = 'ReceiptFlows1764201600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [emptied, ...columns, ...tables]) await queryRunner.query(statement);
    await readAgain(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['measures', 'share_flows']) await queryRunner.query(`DROP TABLE "${name}"`);
    await queryRunner.query('ALTER TABLE "settlements" DROP COLUMN "unrealised", DROP COLUMN "period_no"');
    await queryRunner.query(
      `ALTER TABLE "copy_shares" DROP COLUMN "carried_gap", DROP COLUMN "carried_due", DROP COLUMN "started_offset",
         DROP COLUMN "begun"`,
    );
  }
}

async function readAgain(queryRunner: QueryRunner): Promise<void> {
  const [found] = (await queryRunner.query("SELECT to_regclass('projection_positions') AS name")) as {
    name: string | null;
  }[];
  if (found?.name)
    await queryRunner.query(
      "UPDATE projection_positions SET position = 0, epoch = epoch + 1 WHERE topic = 'settlements.events'",
    );
}

const emptied = 'TRUNCATE "settlements", "subscription_charges", "copy_shares", "provider_earnings", "provider_dues"';

const columns = [
  'ALTER TABLE "settlements" ADD "unrealised" numeric, ADD "period_no" integer NOT NULL',
  `ALTER TABLE "copy_shares" ADD "carried_gap" numeric NOT NULL, ADD "carried_due" numeric NOT NULL,
     ADD "started_offset" bigint, ADD "begun" integer NOT NULL`,
];

const tables = [
  `CREATE TABLE "share_flows" (
    "copy_id" text NOT NULL,
    "period_no" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "log_partition" integer NOT NULL,
    "provider_id" text NOT NULL,
    "kind" text NOT NULL,
    "amount" numeric NOT NULL,
    "equity_before" numeric NOT NULL,
    "gap_before" numeric NOT NULL,
    "gap_after" numeric NOT NULL,
    "due" numeric NOT NULL,
    "occurred_at" bigint NOT NULL,
    CONSTRAINT "share_flows_key" PRIMARY KEY ("copy_id", "period_no", "log_offset")
  )`,
  `CREATE TABLE "measures" (
    "accounts_partition" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "at" bigint NOT NULL,
    "cause" text NOT NULL,
    "marks" text NOT NULL,
    "left_out" integer NOT NULL,
    CONSTRAINT "measures_key" PRIMARY KEY ("accounts_partition", "log_offset")
  )`,
];
