import { jest } from '@jest/globals';
import { migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { entities, LineMarkRow, migrations, upsert } from '../src/index.js';
import { ReceiptFlows1764201600000 } from '../src/migrations/1764201600000-receipt-flows.js';

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

test('when receipts get their flows, their journal is read from its start, and no other', async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  const earlier = migrations.slice(0, migrations.indexOf(ReceiptFlows1764201600000));
  await migrate(url, 'read_model', earlier, 'read_model_migrations');
  const pool = new pg.Pool({ connectionString: url, max: 1, options: '-c search_path=read_model' });
  await pool.query('CREATE TABLE projection_positions (topic text, partition integer, position bigint, epoch bigint)');
  await pool.query(
    "INSERT INTO projection_positions VALUES ('settlements.events', 3, 40, 7), ('accounts.events', 3, 90, 7)",
  );
  await pool.query("INSERT INTO provider_dues VALUES ('p', 3, 1, 5, 0, 39)");
  await migrate(url, 'read_model', migrations, 'read_model_migrations');
  const positions = await pool.query('SELECT topic, position, epoch FROM projection_positions ORDER BY topic');
  expect(positions.rows).toEqual([
    { topic: 'accounts.events', position: '90', epoch: '7' },
    { topic: 'settlements.events', position: '0', epoch: '8' },
  ]);
  expect((await pool.query('SELECT * FROM provider_dues')).rows).toEqual([]);
  await pool.end();
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
