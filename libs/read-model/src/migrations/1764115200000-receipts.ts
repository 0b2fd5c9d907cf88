import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Receipts, months, shares of copies and earnings of providers: made of settlements.events alone, read from its start. */
export class Receipts1764115200000 implements MigrationInterface {
  readonly name = 'Receipts1764115200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...indexes]) await queryRunner.query(statement);
    await startAgain(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX "copies_by_account"');
    for (const name of ['provider_dues', 'provider_earnings', 'copy_shares', 'subscription_charges', 'settlements'])
      await queryRunner.query(`DROP TABLE "${name}"`);
  }
}

/** Where the tables were there before and this is done again, the journal is read from its start. */
async function startAgain(queryRunner: QueryRunner): Promise<void> {
  const [found] = (await queryRunner.query("SELECT to_regclass('projection_positions') AS name")) as {
    name: string | null;
  }[];
  if (found?.name)
    await queryRunner.query(
      "UPDATE projection_positions SET position = 0, epoch = epoch + 1 WHERE topic = 'settlements.events'",
    );
}

const tables = [
  `CREATE TABLE "settlements" (
    "settlement_id" text NOT NULL,
    "account_id" text NOT NULL,
    "copy_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "log_partition" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "cause" text NOT NULL,
    "settlement_period" text NOT NULL,
    "from_at" bigint NOT NULL,
    "until_at" bigint NOT NULL,
    "equity_opening" numeric NOT NULL,
    "deposits" numeric NOT NULL,
    "withdrawals" numeric NOT NULL,
    "pnl" numeric NOT NULL,
    "equity_before" numeric NOT NULL,
    "gap_opening" numeric NOT NULL,
    "gap_withdrawn" numeric NOT NULL,
    "gap_before" numeric NOT NULL,
    "new_profit" numeric NOT NULL,
    "gap_after" numeric NOT NULL,
    "profit_share_ratio" numeric NOT NULL,
    "accrued" numeric NOT NULL,
    "due_before" numeric NOT NULL,
    "available" numeric NOT NULL,
    "provider_gross" numeric NOT NULL,
    "due_after" numeric NOT NULL,
    "platform_fee_ratio" numeric NOT NULL,
    "platform_fee" numeric NOT NULL,
    "provider_net" numeric NOT NULL,
    "equity_after" numeric NOT NULL,
    "measured_at" bigint NOT NULL,
    "charged_at" bigint,
    "occurred_at" bigint NOT NULL,
    "hash" text NOT NULL,
    "duplicates" integer NOT NULL,
    CONSTRAINT "settlements_key" PRIMARY KEY ("settlement_id")
  )`,
  `CREATE TABLE "subscription_charges" (
    "charge_id" text NOT NULL,
    "account_id" text NOT NULL,
    "copy_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "log_partition" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "price" numeric NOT NULL,
    "from_at" bigint NOT NULL,
    "until_at" bigint NOT NULL,
    "available" numeric NOT NULL,
    "paid" boolean NOT NULL,
    "platform_fee_ratio" numeric NOT NULL,
    "platform_fee" numeric NOT NULL,
    "provider_net" numeric NOT NULL,
    "charged_at" bigint NOT NULL,
    "occurred_at" bigint NOT NULL,
    "hash" text NOT NULL,
    "duplicates" integer NOT NULL,
    CONSTRAINT "subscription_charges_key" PRIMARY KEY ("charge_id")
  )`,
  `CREATE TABLE "copy_shares" (
    "copy_id" text NOT NULL,
    "account_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "accounts_partition" integer NOT NULL,
    "follower_no" integer NOT NULL,
    "copy_no" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "status" text NOT NULL,
    "fee_model" text NOT NULL,
    "profit_share_ratio" numeric NOT NULL,
    "settlement_period" text NOT NULL,
    "announced" text,
    "started_with" numeric NOT NULL,
    "started_at" bigint NOT NULL,
    "carried_from" text,
    "deposited" numeric NOT NULL,
    "withdrawn" numeric NOT NULL,
    "gap" numeric NOT NULL,
    "equity" numeric NOT NULL,
    "due" numeric NOT NULL,
    "settled_at" bigint NOT NULL,
    "retirement_settled" boolean NOT NULL,
    "opening_equity" numeric NOT NULL,
    "opening_gap" numeric NOT NULL,
    "opening_deposits" numeric NOT NULL,
    "opening_withdrawals" numeric NOT NULL,
    "opening_gap_withdrawn" numeric NOT NULL,
    "pending" text NOT NULL,
    "settlements" integer NOT NULL,
    "new_profit" numeric NOT NULL,
    "accrued" numeric NOT NULL,
    "provider_gross" numeric NOT NULL,
    "platform_fee" numeric NOT NULL,
    "provider_net" numeric NOT NULL,
    "last_settlement" bigint,
    "subscription_id" text,
    "subscription_status" text,
    "subscription_price" numeric,
    "paid_until" bigint,
    "months_paid" integer NOT NULL,
    "months_unpaid" integer NOT NULL,
    "subscription_gross" numeric NOT NULL,
    "subscription_fee" numeric NOT NULL,
    "subscription_net" numeric NOT NULL,
    "last_month" bigint,
    CONSTRAINT "copy_shares_key" PRIMARY KEY ("copy_id")
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE "provider_earnings" (
    "provider_id" text NOT NULL,
    "accounts_partition" integer NOT NULL,
    "day" integer NOT NULL,
    "settlement_period" text NOT NULL,
    "period_until" bigint NOT NULL,
    "settlements" integer NOT NULL,
    "new_profit" numeric NOT NULL,
    "accrued" numeric NOT NULL,
    "provider_gross" numeric NOT NULL,
    "platform_fee" numeric NOT NULL,
    "provider_net" numeric NOT NULL,
    "months_paid" integer NOT NULL,
    "months_unpaid" integer NOT NULL,
    "subscription_gross" numeric NOT NULL,
    "subscription_fee" numeric NOT NULL,
    "subscription_net" numeric NOT NULL,
    CONSTRAINT "provider_earnings_key" PRIMARY KEY ("provider_id", "accounts_partition", "day", "settlement_period")
  ) WITH (fillfactor = 70)`,
  `CREATE TABLE "provider_dues" (
    "provider_id" text NOT NULL,
    "accounts_partition" integer NOT NULL,
    "followers" integer NOT NULL,
    "due" numeric NOT NULL,
    "as_of" bigint NOT NULL,
    "log_offset" bigint NOT NULL,
    CONSTRAINT "provider_dues_key" PRIMARY KEY ("provider_id", "accounts_partition")
  ) WITH (fillfactor = 70)`,
];

const indexes = [
  'CREATE INDEX "copies_by_account" ON "copies" ("account_id")',
  'CREATE INDEX "settlements_by_copy" ON "settlements" ("copy_id", "until_at")',
  'CREATE INDEX "subscription_charges_by_copy" ON "subscription_charges" ("copy_id", "from_at")',
  'CREATE INDEX "copy_shares_by_account" ON "copy_shares" ("account_id", "provider_id")',
  `CREATE INDEX "copy_shares_by_provider"
     ON "copy_shares" ("provider_id", "accounts_partition", "follower_no", "copy_no")`,
];
