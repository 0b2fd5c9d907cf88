import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replayJournal } from './replay-journal.js';

/**
 * What a day leaves behind: the heads of the chains that went on in it, a Merkle root per journal partition, one root over them,
 * chained to the one before and signed. Days that are over are closed by booking the journal anew.
 */
export class Roots1764374400000 implements MigrationInterface {
  readonly name = 'Roots1764374400000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...triggers]) await queryRunner.query(statement);
    await emptyLedger(queryRunner);
    await replayJournal(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['signatures', 'signing_keys', 'roots', 'closings', 'day_heads'])
      await queryRunner.query(`DROP TABLE settlement.${name}`);
    await queryRunner.query('DROP FUNCTION settlement.refuse_other_past()');
    await queryRunner.query('DROP INDEX settlement.balances_by_day');
  }
}

/** Without a row of the journal booked; the one moment at which postings go away. */
async function emptyLedger(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query('ALTER TABLE settlement.postings DISABLE TRIGGER only_grows');
  await queryRunner.query(
    'TRUNCATE settlement.postings, settlement.balances, settlement.asset_sums, settlement.clocks',
  );
  await queryRunner.query('ALTER TABLE settlement.postings ENABLE TRIGGER only_grows');
}

const tables = [
  // Which chains went on in a day that closes. A chain's day changes once a day at most.
  'CREATE INDEX balances_by_day ON settlement.balances (partition, day)',
  // Leaves of a partition's tree, in the order of account and asset by their bytes.
  `CREATE TABLE settlement.day_heads (
    partition integer NOT NULL,
    day integer NOT NULL,
    account text COLLATE "C" NOT NULL,
    asset text COLLATE "C" NOT NULL,
    entries bigint NOT NULL,
    balance numeric(38, 8) NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (partition, day, account, asset)
  )`,
  `CREATE INDEX day_heads_by_account ON settlement.day_heads (account, day)`,
  `CREATE TABLE settlement.closings (
    partition integer NOT NULL,
    day integer NOT NULL,
    "offset" bigint NOT NULL,
    heads integer NOT NULL,
    root bytea NOT NULL,
    PRIMARY KEY (partition, day)
  )`,
  `CREATE TABLE settlement.roots (
    day integer PRIMARY KEY,
    tree bytea NOT NULL,
    previous bytea NOT NULL,
    root bytea NOT NULL
  )`,
  // Not from the journal: with which key which root was signed. private_key is null where the key comes from outside.
  `CREATE TABLE settlement.signing_keys (
    key_id text PRIMARY KEY,
    public_key jsonb NOT NULL,
    private_key text,
    added bigint GENERATED ALWAYS AS IDENTITY
  )`,
  `CREATE TABLE settlement.signatures (
    day integer PRIMARY KEY REFERENCES settlement.roots (day),
    key_id text NOT NULL REFERENCES settlement.signing_keys (key_id),
    jws text NOT NULL
  )`,
];

const triggers = [
  `CREATE FUNCTION settlement.refuse_other_past() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% of the ledger are never changed or removed', TG_TABLE_NAME;
  END $$`,
  ...['day_heads', 'closings', 'roots', 'signatures'].map(
    (table) => `CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement.${table}
      FOR EACH STATEMENT EXECUTE FUNCTION settlement.refuse_other_past()`,
  ),
];
