import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The ledger: postings that only grow, balances derived from them, and a check that no commit can evade. */
export class Ledger1732233600000 implements MigrationInterface {
  readonly name = 'Ledger1732233600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...functions, ...triggers]) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE settlement.postings, settlement.balances, settlement.asset_sums');
    for (const name of ['add_to_sums', 'assert_zero_sum', 'refuse_change'])
      await queryRunner.query(`DROP FUNCTION settlement.${name}()`);
  }
}

const tables = [
  `CREATE TABLE settlement.postings (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    leg integer NOT NULL,
    kind text NOT NULL,
    source text NOT NULL,
    destination text NOT NULL,
    amount numeric(38, 8) NOT NULL CHECK (amount > 0),
    asset text NOT NULL,
    occurred_at bigint NOT NULL,
    PRIMARY KEY (topic, partition, "offset", leg),
    CHECK (source <> destination)
  )`,
  // One row per partition, so that partitions never wait for each other at accounts they share (fees, clearing).
  `CREATE TABLE settlement.balances (
    account text NOT NULL,
    asset text NOT NULL,
    partition integer NOT NULL,
    balance numeric(38, 8) NOT NULL,
    PRIMARY KEY (account, asset, partition)
  )`,
  `CREATE TABLE settlement.asset_sums (
    asset text NOT NULL,
    partition integer NOT NULL,
    sum numeric NOT NULL,
    PRIMARY KEY (asset, partition)
  )`,
];

const functions = [
  `CREATE FUNCTION settlement.add_to_sums() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
      INSERT INTO settlement.asset_sums AS s SELECT asset, partition, sum(balance) FROM added GROUP BY asset, partition
        ON CONFLICT (asset, partition) DO UPDATE SET sum = s.sum + excluded.sum;
    END IF;
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
      INSERT INTO settlement.asset_sums AS s SELECT asset, partition, -sum(balance) FROM removed GROUP BY asset, partition
        ON CONFLICT (asset, partition) DO UPDATE SET sum = s.sum + excluded.sum;
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE FUNCTION settlement.assert_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE total numeric;
  BEGIN
    SELECT sum INTO total FROM settlement.asset_sums WHERE asset = NEW.asset AND partition = NEW.partition;
    IF total <> 0 THEN
      RAISE EXCEPTION 'the ledger of % does not sum to zero in partition %: %', NEW.asset, NEW.partition, total;
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE FUNCTION settlement.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'postings are never changed or removed';
  END $$`,
];

const triggers = [
  `CREATE TRIGGER sum_added AFTER INSERT ON settlement.balances
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement.add_to_sums()`,
  `CREATE TRIGGER sum_changed AFTER UPDATE ON settlement.balances
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement.add_to_sums()`,
  `CREATE TRIGGER sum_removed AFTER DELETE ON settlement.balances
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION settlement.add_to_sums()`,
  `CREATE CONSTRAINT TRIGGER sums_to_zero AFTER INSERT OR UPDATE ON settlement.asset_sums
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION settlement.assert_zero_sum()`,
  `CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement.postings
    FOR EACH STATEMENT EXECUTE FUNCTION settlement.refuse_change()`,
];
