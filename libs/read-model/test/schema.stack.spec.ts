import { jest } from '@jest/globals';
import { migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities, LineMarkRow, migrations, upsert } from '../src/index.js';

jest.setTimeout(60_000);
afterAll(stopStack);

test('the migrations make exactly what the entities describe', async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  await migrate(url, 'read_model', migrations, 'read_model_migrations');
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'read_model',
    entities: [...entities],
    installExtensions: false,
  });
  await source.initialize();
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  await source.destroy();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
});

test('the migrations can be taken back', async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  await migrate(url, 'read_model', migrations, 'read_model_migrations');
  const source = new DataSource({
    type: 'postgres',
    url,
    schema: 'read_model',
    migrations: [...migrations],
    migrationsTableName: 'read_model_migrations',
    installExtensions: false,
  });
  await source.initialize();
  for (const _ of migrations) await source.undoLastMigration();
  const left: unknown = await source.query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'read_model'",
  );
  await source.destroy();
  expect(left).toEqual([{ table_name: 'read_model_migrations' }]);
});

test('api-gateway may read every table and write none; other services may do neither', async () => {
  const { urls } = await testDatabase();
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  const [reader, stranger] = [urls['api-gateway'], urls.settlement].map(
    (url) => new pg.Pool({ connectionString: url, max: 1 }),
  );
  if (!reader || !stranger) throw new Error('two pools');
  await expect(
    reader.query('SELECT 1 FROM read_model.provider_stats, read_model.provider_followers'),
  ).resolves.toBeDefined();
  await expect(reader.query('DELETE FROM read_model.outcomes')).rejects.toThrow('permission denied');
  await expect(stranger.query('SELECT 1 FROM read_model.providers')).rejects.toThrow('permission denied');
  await Promise.all([reader.end(), stranger.end()]);
});

test('bulk writes keep every text as it is', async () => {
  const { urls } = await testDatabase();
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  const pool = new pg.Pool({ connectionString: urls['stats-projector'], max: 1 });
  const names = ['plain', '"quoted"', 'back\\slash', 'a,b', '{x}', 'NULL', '', ' ', 'zwölf', "it's", '\\"'];
  const client = await pool.connect();
  await upsert(
    client,
    LineMarkRow,
    names.map((instrument) => ({ line: 1, instrument, price: '0.10', contractSize: '1' })),
  );
  await upsert(client, LineMarkRow, [{ line: 1, instrument: 'plain', price: '2', contractSize: '1' }]);
  client.release();
  const { rows } = await pool.query<{ instrument: string; price: string }>(
    'SELECT instrument, price FROM read_model.line_marks',
  );
  expect(rows.map(({ instrument }) => instrument).sort()).toEqual([...names].sort());
  expect(rows.find(({ instrument }) => instrument === 'plain')?.price).toBe('2');
  await pool.end();
});
