import { streams } from '@slipstream/contracts';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrate } from '../../src/database.js';
import type { JournalRecord, Projection } from '../../src/projection.js';

class CreateCounts1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE counts (name text PRIMARY KEY, n integer NOT NULL)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE counts');
  }
}

export const migrateCounts = (databaseUrl: string): Promise<void> =>
  migrate(databaseUrl, 'read_model', [CreateCounts1764000000001]);

/** Counts what happened. Adding twice would show. */
export const readModel = (): Projection => ({
  service: 'stats-projector',
  journals: [streams.providersEvents, streams.accountsEvents],
  schema: 'read_model',
  open: async () => undefined,
  apply: async (records, client) => {
    const rows = countsOf(records);
    await client.query(
      `INSERT INTO counts AS c SELECT * FROM unnest($1::text[], $2::int[])
       ON CONFLICT (name) DO UPDATE SET n = c.n + excluded.n`,
      [rows.map(([name]) => name), rows.map(([, n]) => n)],
    );
  },
});

/** Sorted by name. */
export function countsOf(records: readonly Pick<JournalRecord, 'event'>[]): [name: string, n: number][] {
  const counts = new Map<string, number>();
  const add = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { event } of records) {
    if (event.type === 'Answered') continue;
    add(event.type);
    if (event.type === 'CopiesDecided') for (const { copyId } of event.placed) add(copyId);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
