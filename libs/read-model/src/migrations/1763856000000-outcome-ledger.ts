import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Flows and insurance of copies, targets and latency of outcomes, orders of the copies' own, and how far copies drift. */
export class OutcomeLedger1763856000000 implements MigrationInterface {
  readonly name = 'OutcomeLedger1763856000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...columns, ...tables, dropFollowers, followers('put_in', 'c.insured'), drift])
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP VIEW "copy_drift"');
    await queryRunner.query(dropFollowers);
    await queryRunner.query(followers('copy_total_amt', '0'));
    for (const name of ['own_orders', 'copied_lead_positions']) await queryRunner.query(`DROP TABLE "${name}"`);
    await queryRunner.query('ALTER TABLE "copies" DROP COLUMN "put_in", DROP COLUMN "insured"');
    await queryRunner.query(
      `ALTER TABLE "outcomes" DROP COLUMN "lead_position_id", DROP COLUMN "target",
         DROP COLUMN "decided_after_ms", DROP COLUMN "ended_after_ms"`,
    );
  }
}

const columns = [
  `ALTER TABLE "copies" ADD COLUMN "put_in" numeric NOT NULL DEFAULT 0,
     ADD COLUMN "insured" numeric NOT NULL DEFAULT 0`,
  'UPDATE "copies" SET "put_in" = "copy_total_amt"',
  'ALTER TABLE "copies" ALTER COLUMN "put_in" DROP DEFAULT, ALTER COLUMN "insured" DROP DEFAULT',
  `ALTER TABLE "outcomes" ADD COLUMN "lead_position_id" text, ADD COLUMN "target" numeric,
     ADD COLUMN "decided_after_ms" bigint, ADD COLUMN "ended_after_ms" bigint`,
];

const tables = [
  `CREATE TABLE "own_orders" (
    "order_id" text NOT NULL,
    "copy_id" text NOT NULL,
    "cause_type" text NOT NULL,
    "lead_position_id" text NOT NULL,
    "instrument" text NOT NULL,
    "side" text NOT NULL,
    "quantity" numeric NOT NULL,
    "mark" numeric NOT NULL,
    "placed_at" bigint NOT NULL,
    "end_type" text,
    "end_reason" text,
    "filled_quantity" numeric,
    "price" numeric,
    "fee" numeric,
    "realised_pnl" numeric,
    "ended_at" bigint,
    CONSTRAINT "own_orders_key" PRIMARY KEY ("order_id")
  )`,
  'CREATE INDEX "own_orders_by_copy" ON "own_orders" ("copy_id")',
  `CREATE TABLE "copied_lead_positions" (
    "copy_id" text NOT NULL,
    "lead_position_id" text NOT NULL,
    "instrument" text NOT NULL,
    "position_side" text NOT NULL,
    "target" numeric NOT NULL,
    "quantity" numeric NOT NULL,
    CONSTRAINT "copied_lead_positions_key" PRIMARY KEY ("copy_id", "lead_position_id")
  )`,
];

export const dropFollowers = 'DROP VIEW "provider_followers"';

/** Copies that are not stopped, valued at the marks of their provider's line. */
export const followers = (putIn: string, insured: string): string => `CREATE VIEW "provider_followers" AS
  SELECT provider_id, count(*) AS active_followers, sum(least(copy_total_amt, equity)) AS aum
    FROM (SELECT c.provider_id, c.copy_total_amt, c.${putIn} + c.realised_pnl - c.fees + ${insured}
                 + coalesce(sum(p.quantity * (m.price - p.average_cost) * m.contract_size), 0) AS equity
            FROM "copies" c
            LEFT JOIN "copied_positions" p ON p.copy_id = c.copy_id
            LEFT JOIN "line_marks" m ON m.line = c.line AND m.instrument = p.instrument
           WHERE c.status IN ('active', 'paused', 'stopping')
           GROUP BY c.copy_id) copies
   GROUP BY provider_id`;

/** How far a copy is from what it should hold: Σ |target − held| at the marks of its provider's line. */
const drift = `CREATE VIEW "copy_drift" AS
  SELECT c.copy_id, c.provider_id, sum(abs(l.target - l.quantity) * m.price * m.contract_size) AS drift
    FROM "copied_lead_positions" l
    JOIN "copies" c ON c.copy_id = l.copy_id
    JOIN "line_marks" m ON m.line = c.line AND m.instrument = l.instrument
   GROUP BY c.copy_id`;
