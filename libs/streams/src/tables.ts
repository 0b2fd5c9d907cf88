import { Column, Entity, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** One inbox partition of a fold: who owns it and how far it is saved. */
@Entity('partitions')
export class PartitionRow {
  @PrimaryColumn('integer')
  partition!: number;
  /** Raised by each takeover; a save of an older owner finds another one and fails. */
  @Column('bigint')
  epoch!: string;
  @Column('text')
  owner!: string;
  @Column('text', { name: 'cluster_id' })
  clusterId!: string;
  /** Next inbox offset to be processed. */
  @Column('bigint', { name: 'inbox_position' })
  inboxPosition!: string;
  /** Everything below is in the saved state. */
  @Column('bigint', { name: 'journal_position' })
  journalPosition!: string;
  @Column('jsonb')
  marks!: Record<string, [number, number]>;
}

/** One aggregate as of its partition's positions. `json`, not `jsonb`: it keeps the order of keys. */
@Entity('aggregates')
export class AggregateRow {
  @PrimaryColumn('integer')
  partition!: number;
  @PrimaryColumn('text')
  id!: string;
  @Column('json')
  value!: object;
}

/** How far a projection has read one journal partition. */
@Entity('projection_positions')
export class ProjectionPositionRow {
  @PrimaryColumn('text')
  topic!: string;
  @PrimaryColumn('integer')
  partition!: number;
  @Column('bigint')
  epoch!: string;
  @Column('text')
  owner!: string;
  @Column('text', { name: 'cluster_id' })
  clusterId!: string;
  @Column('bigint')
  position!: string;
}

export const streamEntities = [PartitionRow, AggregateRow, ProjectionPositionRow] as const;

export class CreateStreamTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE partitions (
      partition integer PRIMARY KEY,
      epoch bigint NOT NULL,
      owner text NOT NULL,
      cluster_id text NOT NULL,
      inbox_position bigint NOT NULL,
      journal_position bigint NOT NULL,
      marks jsonb NOT NULL)`);
    await runner.query(`CREATE TABLE aggregates (
      partition integer NOT NULL,
      id text COLLATE "C" NOT NULL,
      value json NOT NULL,
      PRIMARY KEY (partition, id))`);
    await runner.query(`CREATE TABLE projection_positions (
      topic text NOT NULL,
      partition integer NOT NULL,
      epoch bigint NOT NULL,
      owner text NOT NULL,
      cluster_id text NOT NULL,
      position bigint NOT NULL,
      PRIMARY KEY (topic, partition))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE projection_positions, aggregates, partitions');
  }
}
