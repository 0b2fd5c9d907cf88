import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of the read model as generated from the entities; partial and descending indexes and the view by hand. */
export class ReadModel1732233600000 implements MigrationInterface {
  readonly name = 'ReadModel1732233600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...indexes, room, providerFollowers]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP VIEW "provider_followers"');
    for (const name of names) await queryRunner.query(`DROP TABLE "${name}"`);
  }
}

export const tables = [
  `CREATE TABLE "copies" (
    "copy_id" text NOT NULL,
    "account_id" text NOT NULL,
    "provider_id" text NOT NULL,
    "accounts_partition" integer NOT NULL,
    "line" integer NOT NULL,
    "status" text NOT NULL,
    "stop_reason" text,
    "copy_total_amt" numeric NOT NULL,
    "from_order" bigint,
    "realised_pnl" numeric NOT NULL,
    "fees" numeric NOT NULL,
    "returned" numeric,
    "placed" bigint NOT NULL,
    "skipped" bigint NOT NULL,
    "filled" bigint NOT NULL,
    "rejected" bigint NOT NULL,
    "requested_at" bigint NOT NULL,
    "stopped_at" bigint,
    CONSTRAINT "PK_74b40c83ac711183e11616a1d55" PRIMARY KEY ("copy_id")
  )`,
  `CREATE TABLE "copied_positions" (
    "copy_id" text NOT NULL,
    "instrument" text NOT NULL,
    "position_side" text NOT NULL,
    "quantity" numeric NOT NULL,
    "average_cost" numeric NOT NULL,
    CONSTRAINT "PK_3a2a991e951c967a18181d2cf48" PRIMARY KEY ("copy_id", "instrument", "position_side")
  )`,
  `CREATE TABLE "outcomes" (
    "copy_id" text NOT NULL,
    "order_no" bigint NOT NULL,
    "decision" text NOT NULL,
    "reason" text,
    "side" text,
    "quantity" numeric,
    "reserved" numeric,
    "provider_price" numeric,
    "decided_at" bigint NOT NULL,
    "duplicates" integer NOT NULL,
    "end_type" text,
    "end_reason" text,
    "filled_quantity" numeric,
    "price" numeric,
    "slippage_amount" numeric,
    "slippage_bp" numeric,
    "fee" numeric,
    "fee_asset" text,
    "realised_pnl" numeric,
    "ended_at" bigint,
    "end_duplicates" integer NOT NULL,
    CONSTRAINT "PK_37d6d24a4e0aa73cacaf2c8aa76" PRIMARY KEY ("copy_id", "order_no")
  )`,
  `CREATE TABLE "latency_histogram" (
    "stage" text NOT NULL,
    "accounts_partition" integer NOT NULL,
    "up_to_ms" bigint NOT NULL,
    "n" bigint NOT NULL,
    CONSTRAINT "PK_344b1d27a2dfce567cbee6a0774" PRIMARY KEY ("stage", "accounts_partition", "up_to_ms")
  )`,
  `CREATE TABLE "providers" (
    "provider_id" text NOT NULL,
    "line" integer NOT NULL,
    "display_name" text NOT NULL,
    "starting_capital" numeric NOT NULL,
    "profit_share_ratio" numeric NOT NULL,
    "registered_at" bigint NOT NULL,
    CONSTRAINT "PK_e5f817b362ee59803255e347fae" PRIMARY KEY ("provider_id")
  )`,
  `CREATE TABLE "provider_stats" (
    "provider_id" text NOT NULL,
    "as_of" bigint NOT NULL,
    "log_partition" integer NOT NULL,
    "log_offset" bigint NOT NULL,
    "formula_version" integer NOT NULL,
    "fills" bigint NOT NULL,
    "orders" bigint NOT NULL,
    "owed" bigint NOT NULL,
    "gross_pnl" numeric NOT NULL,
    "fees" numeric NOT NULL,
    "net_pnl" numeric NOT NULL,
    "closed_positions" bigint NOT NULL,
    "won_positions" bigint NOT NULL,
    "win_rate" numeric,
    "roi_all" numeric,
    "max_drawdown" numeric,
    "series_days" integer NOT NULL,
    "series_day_start_equity" numeric NOT NULL,
    "series_last_return" numeric NOT NULL,
    "series_growth" numeric NOT NULL,
    "series_peak" numeric NOT NULL,
    "series_drawdown" numeric NOT NULL,
    "series_ended" boolean NOT NULL,
    "series_boundary" bigint,
    CONSTRAINT "PK_aa2e374c48d7a7a65ccc50b0dac" PRIMARY KEY ("provider_id")
  )`,
  `CREATE TABLE "lead_positions" (
    "provider_id" text NOT NULL,
    "lead_position_id" text NOT NULL,
    "instrument" text NOT NULL,
    "position_side" text NOT NULL,
    "opened_by_order_no" bigint NOT NULL,
    "quantity" numeric NOT NULL,
    "average_cost" numeric NOT NULL,
    "largest_cost" numeric NOT NULL,
    "pnl" numeric NOT NULL,
    "fees" numeric NOT NULL,
    "opened_at" bigint NOT NULL,
    "closed_at" bigint,
    CONSTRAINT "PK_843fa6ea39c80b7c07ff1be4b1d" PRIMARY KEY ("provider_id", "lead_position_id")
  )`,
  `CREATE TABLE "provider_daily" (
    "provider_id" text NOT NULL,
    "day" text NOT NULL,
    "equity" numeric NOT NULL,
    "return" numeric NOT NULL,
    "growth" numeric NOT NULL,
    CONSTRAINT "PK_5953901b05098bfe6a4effbfcfd" PRIMARY KEY ("provider_id", "day")
  )`,
  `CREATE TABLE "lines" (
    "line" integer NOT NULL,
    "watermark" bigint NOT NULL,
    CONSTRAINT "PK_fef4756d164867289f3be7ebc0d" PRIMARY KEY ("line")
  )`,
  `CREATE TABLE "line_marks" (
    "line" integer NOT NULL,
    "instrument" text NOT NULL,
    "price" numeric NOT NULL,
    "contract_size" numeric NOT NULL,
    CONSTRAINT "PK_0f8a80b59ff1e94113da53dc17c" PRIMARY KEY ("line", "instrument")
  )`,
];

export const indexes = [
  'CREATE INDEX "copies_by_partition" ON "copies" ("accounts_partition")',
  'CREATE INDEX "copies_by_provider" ON "copies" ("provider_id")',
  'CREATE INDEX "provider_stats_by_roi_all" ON "provider_stats" ("roi_all" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_net_pnl" ON "provider_stats" ("net_pnl" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_win_rate" ON "provider_stats" ("win_rate" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_max_drawdown" ON "provider_stats" ("max_drawdown" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "lead_positions_open" ON "lead_positions" ("provider_id") WHERE "closed_at" IS NULL',
  'CREATE INDEX "lead_positions_closed" ON "lead_positions" ("provider_id", "closed_at" DESC) WHERE "closed_at" IS NOT NULL',
];

/** An outcome is written at the decision and again at its end: room for the second row on the same page. */
const room = 'ALTER TABLE "outcomes" SET (fillfactor = 60)';

/** Copies that are not stopped, valued at the marks of their provider's line. */
const providerFollowers = `CREATE VIEW "provider_followers" AS
  SELECT provider_id, count(*) AS active_followers, sum(least(copy_total_amt, equity)) AS aum
    FROM (SELECT c.provider_id, c.copy_total_amt, c.copy_total_amt + c.realised_pnl - c.fees
                 + coalesce(sum(p.quantity * (m.price - p.average_cost) * m.contract_size), 0) AS equity
            FROM "copies" c
            LEFT JOIN "copied_positions" p ON p.copy_id = c.copy_id
            LEFT JOIN "line_marks" m ON m.line = c.line AND m.instrument = p.instrument
           WHERE c.status IN ('active', 'paused', 'stopping')
           GROUP BY c.copy_id) copies
   GROUP BY provider_id`;

const names = [
  'copies',
  'copied_positions',
  'outcomes',
  'latency_histogram',
  'providers',
  'provider_stats',
  'lead_positions',
  'provider_daily',
  'lines',
  'line_marks',
];
