/** What earlier migrations had made. */
export const before = [
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
  'CREATE INDEX "provider_stats_by_roi_all" ON "provider_stats" ("roi_all" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_net_pnl" ON "provider_stats" ("net_pnl" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_win_rate" ON "provider_stats" ("win_rate" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "provider_stats_by_max_drawdown" ON "provider_stats" ("max_drawdown" DESC NULLS LAST, "provider_id")',
  'CREATE INDEX "lead_positions_open" ON "lead_positions" ("provider_id") WHERE "closed_at" IS NULL',
  'CREATE INDEX "lead_positions_closed" ON "lead_positions" ("provider_id", "closed_at" DESC) WHERE "closed_at" IS NOT NULL',
];

export const copiedPositions = `CREATE TABLE "copied_positions" (
    "copy_id" text NOT NULL,
    "instrument" text NOT NULL,
    "position_side" text NOT NULL,
    "quantity" numeric NOT NULL,
    "average_cost" numeric NOT NULL,
    CONSTRAINT "PK_3a2a991e951c967a18181d2cf48" PRIMARY KEY ("copy_id", "instrument", "position_side")
  )`;
