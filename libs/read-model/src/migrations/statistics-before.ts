import { indexes, tables } from './1732233600000-read-model.js';

const replaced = /^CREATE (TABLE|INDEX "\w+" ON) "(providers|provider_stats|lead_positions|provider_daily)"/;

/** What the first migration had made of the tables that are replaced. */
export const before = [...tables, ...indexes].filter((statement) => replaced.test(statement));

export const copiedPositions = `CREATE TABLE "copied_positions" (
    "copy_id" text NOT NULL,
    "instrument" text NOT NULL,
    "position_side" text NOT NULL,
    "quantity" numeric NOT NULL,
    "average_cost" numeric NOT NULL,
    CONSTRAINT "PK_3a2a991e951c967a18181d2cf48" PRIMARY KEY ("copy_id", "instrument", "position_side")
  )`;
