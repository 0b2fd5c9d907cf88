import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What came into and went out of each kind of account per UTC day of bookedAt: the trial balance of any days without reading a
 * posting of them. Kept by the database as postings are written, and made of those that there are.
 */
export class Turnovers1764421200000 implements MigrationInterface {
  readonly name = 'Turnovers1764421200000';

  async up(queryRunner: QueryRunner): Promise<void> {
    // With the trigger nobody else writes postings until this commits.
    for (const statement of [table, addToTurnovers, trigger]) await queryRunner.query(statement);
    await queryRunner.query(`INSERT INTO settlement.turnovers ${turnoversOf('settlement.postings')}`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER turned_over ON settlement.postings');
    await queryRunner.query('DROP FUNCTION settlement.add_to_turnovers()');
    await queryRunner.query('DROP TABLE settlement.turnovers');
  }
}

// One row per partition, so that partitions never wait for each other. Half full: the rows of the last day change all the time.
const table = `CREATE TABLE settlement.turnovers (
    partition integer NOT NULL,
    day integer NOT NULL,
    kind text COLLATE "C" NOT NULL,
    asset text COLLATE "C" NOT NULL,
    came_in numeric NOT NULL,
    went_out numeric NOT NULL,
    PRIMARY KEY (partition, day, kind, asset)
  ) WITH (fillfactor = 50)`;

const turnoversOf = (postings: string): string =>
  `SELECT partition, floor(booked_at / 86400000.0)::int, split_part(account, '/', 1), asset, sum(came_in), sum(went_out)
     FROM (SELECT partition, booked_at, destination AS account, asset, amount AS came_in, 0 AS went_out FROM ${postings}
           UNION ALL SELECT partition, booked_at, source, asset, 0, amount FROM ${postings}) sides
    GROUP BY 1, 2, 3, 4`;

const addToTurnovers = `CREATE FUNCTION settlement.add_to_turnovers() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO settlement.turnovers AS t ${turnoversOf('added')}
      ON CONFLICT (partition, day, kind, asset)
      DO UPDATE SET came_in = t.came_in + excluded.came_in, went_out = t.went_out + excluded.went_out;
    RETURN NULL;
  END $$`;

const trigger = `CREATE TRIGGER turned_over AFTER INSERT ON settlement.postings
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION settlement.add_to_turnovers()`;
