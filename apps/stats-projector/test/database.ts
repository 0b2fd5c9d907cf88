import { entities, migrations, tableOf } from '@slipstream/read-model';
import { inTransaction, migrate, type JournalRecord, type Projection } from '@slipstream/streams';
import { testDatabase } from '@slipstream/testing';
import pg from 'pg';
import type { ProviderStats } from '@slipstream/contracts';
import { statsProjection } from '../src/project.js';

/** A read model of its own, and what was published of it. */
export interface ReadModel {
  readonly pool: pg.Pool;
  readonly projection: Projection;
  readonly published: ProviderStats[];
  close(): Promise<void>;
}

export async function openReadModel(): Promise<ReadModel> {
  const { urls } = await testDatabase();
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  const pool = new pg.Pool({ connectionString: urls['stats-projector'], max: 2 });
  const published: ProviderStats[] = [];
  const projection = statsProjection({
    publish: (stats) => {
      published.push(...stats);
      return Promise.resolve();
    },
  });
  return { pool, projection, published, close: () => pool.end() };
}

/**
 * Projects the records of one journal partition as the shell does: transaction by transaction.
 * @param cuts number of records of each batch, the rest in one
 * @param reload forget memory and open again after each batch
 */
export async function project(
  { pool, projection }: ReadModel,
  records: readonly JournalRecord[],
  cuts: readonly number[] = [],
  reload = false,
): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  let from = 0;
  for (const size of [...cuts, records.length]) {
    const batch = records.slice(from, (from += size));
    if (batch.length === 0) break;
    const isFirst = batch[0] === first;
    await inTransaction(pool, async (client) => {
      if (isFirst || reload) await projection.open(first.topic, first.partition, client);
      await projection.finish?.([await projection.apply(batch, client)], client);
    });
    await projection.committed?.(batch);
  }
}

/** Every row of every table, as text, sorted. */
export async function dump(pool: pg.Pool): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const entity of entities) {
    const { name } = tableOf(entity);
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    tables[name] = rows.map(({ row }) => row);
  }
  return tables;
}
