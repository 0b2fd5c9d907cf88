import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Ledger1732233600000 } from './1732233600000-ledger.js';
import { replayJournal } from './replay-journal.js';

/**
 * Balances are heads of chains: one row per account, asset and journal partition, so that partitions never wait for each other
 * at accounts they share. Each posting is an entry of two chains. What kinds of account there are, and which may be below zero,
 * holds at each commit. The ledger is booked anew from the journal.
 */
export class Chains1764288000000 implements MigrationInterface {
  readonly name = 'Chains1764288000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE settlement.postings, settlement.balances, settlement.asset_sums');
    for (const statement of [...tables, ...functions, ...triggers]) await queryRunner.query(statement);
    await replayJournal(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['postings', 'balances', 'asset_sums', 'clocks'])
      await queryRunner.query(`DROP TABLE settlement.${name}`);
    for (const name of [
      'assert_not_below_zero',
      'assert_closed_is_zero',
      'add_to_sums',
      'assert_zero_sum',
      'refuse_change',
    ])
      await queryRunner.query(`DROP FUNCTION settlement.${name}()`);
    await new Ledger1732233600000().up(queryRunner);
    await replayJournal(queryRunner);
  }
}

const tables = [
  `CREATE TABLE settlement.postings (
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    leg integer NOT NULL,
    kind text NOT NULL,
    source text COLLATE "C" NOT NULL,
    destination text COLLATE "C" NOT NULL,
    amount numeric(38, 8) NOT NULL CHECK (amount > 0),
    asset text COLLATE "C" NOT NULL,
    occurred_at bigint NOT NULL,
    booked_at bigint NOT NULL,
    source_entry bigint NOT NULL,
    source_balance numeric(38, 8) NOT NULL,
    source_hash bytea NOT NULL,
    destination_entry bigint NOT NULL,
    destination_balance numeric(38, 8) NOT NULL,
    destination_hash bytea NOT NULL,
    PRIMARY KEY (topic, partition, "offset", leg),
    CHECK (source <> destination)
  )`,
  // Statements read the entries of one chain by time.
  `CREATE INDEX postings_out ON settlement.postings (source, asset, partition, booked_at, "offset", leg)`,
  `CREATE INDEX postings_in ON settlement.postings (destination, asset, partition, booked_at, "offset", leg)`,
  // Half full, so that a row that changes finds its next version's place on its own page.
  `CREATE TABLE settlement.balances (
    account text COLLATE "C" NOT NULL,
    asset text COLLATE "C" NOT NULL,
    partition integer NOT NULL,
    balance numeric(38, 8) NOT NULL,
    entries bigint NOT NULL,
    hash bytea NOT NULL,
    day integer NOT NULL,
    closed boolean NOT NULL DEFAULT false,
    kind text NOT NULL GENERATED ALWAYS AS (split_part(account, '/', 1)) STORED
      CHECK (kind IN ('wallet', 'copy', 'earnings', 'platform-revenue', 'fees', 'venue-clearing', 'insurance', 'external')),
    PRIMARY KEY (account, asset, partition)
  ) WITH (fillfactor = 50)`,
  `CREATE TABLE settlement.asset_sums (
    asset text NOT NULL,
    partition integer NOT NULL,
    sum numeric NOT NULL,
    PRIMARY KEY (asset, partition)
  )`,
  // How far a partition is booked, and its time.
  `CREATE TABLE settlement.clocks (
    partition integer PRIMARY KEY,
    booked_to bigint NOT NULL,
    ticked_at bigint,
    booked_at bigint
  )`,
];

const functions = [
  `CREATE FUNCTION settlement.assert_not_below_zero() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE now_has numeric;
  BEGIN
    SELECT balance INTO now_has FROM settlement.balances
      WHERE account = NEW.account AND asset = NEW.asset AND partition = NEW.partition;
    IF now_has < 0 THEN
      RAISE EXCEPTION 'account % has % % in partition %: accounts of kind % are never below zero',
        NEW.account, now_has, NEW.asset, NEW.partition, NEW.kind
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$`,
  `CREATE FUNCTION settlement.assert_closed_is_zero() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE now_has numeric;
  BEGIN
    SELECT balance INTO now_has FROM settlement.balances
      WHERE account = NEW.account AND asset = NEW.asset AND partition = NEW.partition AND closed;
    IF now_has <> 0 THEN
      RAISE EXCEPTION 'account % has % % in partition %: it is closed, so it has to be exactly zero',
        NEW.account, now_has, NEW.asset, NEW.partition
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
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
  // The conditions are looked at when a row is written; only a row that is wrong then is looked at again at the commit.
  `CREATE CONSTRAINT TRIGGER not_below_zero AFTER INSERT OR UPDATE ON settlement.balances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.balance < 0 AND NEW.kind IN ('wallet', 'earnings', 'platform-revenue'))
    EXECUTE FUNCTION settlement.assert_not_below_zero()`,
  `CREATE CONSTRAINT TRIGGER closed_is_zero AFTER INSERT OR UPDATE ON settlement.balances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.closed AND NEW.balance <> 0)
    EXECUTE FUNCTION settlement.assert_closed_is_zero()`,
];
