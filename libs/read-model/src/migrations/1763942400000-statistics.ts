import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dropFollowers, followers } from './1763856000000-outcome-ledger.js';
import { before, copiedPositions } from './statistics-before.js';
import { dropPlaces, makePlaces } from './statistics-places.js';
import { tables } from './statistics-tables.js';

/**
 * All metrics of all windows, calendars, orders, copiers. What is there lacks what they are made of: everything is emptied and
 * made anew from the journals at the next start.
 */
export class Statistics1763942400000 implements MigrationInterface {
  readonly name = 'Statistics1763942400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const name of replaced) await queryRunner.query(`DROP TABLE "${name}"`);
    for (const statement of [...tables, ...partitions, ...indexes, ...makePlaces]) await queryRunner.query(statement);
    await queryRunner.query(`TRUNCATE ${emptied.map((name) => `"${name}"`).join(', ')}`);
    for (const statement of [...copyColumns, dropFollowers, followersByLead, 'DROP TABLE "copied_positions"'])
      await queryRunner.query(statement);
    await startAgain(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of made) await queryRunner.query(`DROP TABLE "${name}"`);
    for (const statement of dropPlaces) await queryRunner.query(statement);
    for (const statement of [dropFollowers, copiedPositions, followers('put_in', 'c.insured'), ...noCopyColumns])
      await queryRunner.query(statement);
    for (const statement of before) await queryRunner.query(statement);
    await startAgain(queryRunner);
  }
}

/** The positions of the projection go back to the start of the journals. */
async function startAgain(queryRunner: QueryRunner): Promise<void> {
  const [found] = (await queryRunner.query("SELECT to_regclass('projection_positions') AS name")) as {
    name: string | null;
  }[];
  if (found?.name) await queryRunner.query('UPDATE projection_positions SET position = 0, epoch = epoch + 1');
}

const replaced = ['providers', 'provider_stats', 'lead_positions', 'provider_daily'];
const emptied = [
  'copies',
  'copied_lead_positions',
  'own_orders',
  'outcomes',
  'latency_histogram',
  'lines',
  'line_marks',
];

const copyColumns = [
  `ALTER TABLE "copies" ADD COLUMN "invested" numeric NOT NULL, ADD COLUMN "started_with" numeric NOT NULL,
     ADD COLUMN "growth" numeric NOT NULL, ADD COLUMN "base" numeric NOT NULL`,
  'ALTER TABLE "copied_lead_positions" ADD COLUMN "cost" numeric NOT NULL',
];
const noCopyColumns = [
  `ALTER TABLE "copies" DROP COLUMN "invested", DROP COLUMN "started_with", DROP COLUMN "growth", DROP COLUMN "base"`,
  'ALTER TABLE "copied_lead_positions" DROP COLUMN "cost"',
];

/** Copies that ran and are not stopped, each valued once at the marks of its provider's line. */
const followersByLead = `CREATE VIEW "provider_followers" AS
  SELECT provider_id, count(*) AS active_followers, sum(greatest(0, least(copy_total_amt, equity))) AS aum
    FROM (SELECT c.provider_id, c.copy_total_amt, c.put_in + c.realised_pnl - c.fees + c.insured
                 + coalesce(sum(l.quantity * m.price * m.contract_size - l.cost), 0) AS equity
            FROM "copies" c
            LEFT JOIN "copied_lead_positions" l ON l.copy_id = c.copy_id
            LEFT JOIN "line_marks" m ON m.line = c.line AND m.instrument = l.instrument
           WHERE c.status IN ('active', 'paused', 'stopping') AND c.from_order IS NOT NULL
           GROUP BY c.copy_id) copies
   GROUP BY provider_id`;

const made = [
  'providers',
  'provider_stats',
  'provider_periods',
  'provider_midnights',
  'lead_positions',
  'provider_orders',
  'provider_daily',
  'provider_copies',
  'provider_copiers',
  'provider_outcomes',
  'provider_slippage',
  'accounts_marks',
];

/** A partition per period, so that a leaderboard reads no more than its own; with room for the next version of a row. */
const partitions = ['7d', '30d', '90d', 'all'].map(
  (period) =>
    `CREATE TABLE "provider_periods_${period}" PARTITION OF "provider_periods" FOR VALUES IN ('${period}')
       WITH (fillfactor = 70)`,
);

const indexes = [
  'ALTER TABLE "providers" SET (fillfactor = 70)',
  'ALTER TABLE "provider_stats" SET (fillfactor = 70)',
  'ALTER TABLE "provider_copies" SET (fillfactor = 70)',
  'ALTER TABLE "provider_copiers" SET (fillfactor = 70)',
  'CREATE INDEX "lead_positions_open" ON "lead_positions" ("provider_id") WHERE "closed_at" IS NULL',
  'CREATE INDEX "lead_positions_closed" ON "lead_positions" ("provider_id", "closed_at" DESC) WHERE "closed_at" IS NOT NULL',
  'CREATE INDEX "provider_orders_by_position" ON "provider_orders" ("provider_id", "lead_position_id")',
];
