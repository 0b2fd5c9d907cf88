import { migrate, streamMigrations } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import { migrations } from '../src/migrations/index.js';

afterAll(stopStack);

test('feeds of before there were totals are made again; what comes from no journal, was read or told stays', async () => {
  const { urls } = await testDatabase();
  const url = urls.notifier;
  const upTo = (count: number) => migrate(url, 'notifications', migrations.slice(0, count), 'notification_migrations');
  await upTo(2);
  await migrate(url, 'notifications', streamMigrations, 'stream_migrations');
  const pool = new pg.Pool({ connectionString: url, options: '-c search_path=notifications', max: 1 });
  const row = (id: string, place: string, topic: string) =>
    pool.query(`INSERT INTO feed VALUES ($1, 'provider/p1', 'settlement', 1, $2, $3, 0, 7, 0, '{}', 't', 'b')`, [
      id,
      place,
      topic,
    ]);
  await row('ntf_1', 'settlements.events/0000/7/0', 'settlements.events');
  await row('ntf_2', 'webhooks/wh_1/0000/7/0', 'webhooks/wh_1');
  await pool.query(`INSERT INTO recipients VALUES ('provider/p1', 2)`);
  await pool.query(`INSERT INTO reads VALUES ('ntf_1', 'provider/p1', now())`);
  await pool.query(`INSERT INTO carried VALUES ('accounts.events', 0, 'stopping', 'c', '{}')`);
  await pool.query(`INSERT INTO told VALUES ('settlements.events', 0, 8)`);
  await pool.query(`INSERT INTO projection_positions VALUES ('settlements.events', 0, 3, 'o', 'c', 8)`);

  await migrate(url, 'notifications', migrations, 'notification_migrations');
  const all = async (sql: string) => (await pool.query<Record<string, unknown>>(sql)).rows;
  expect(await all('SELECT id, place FROM feed')).toEqual([{ id: 'ntf_2', place: '0/webhooks/wh_1/0000/7/0' }]);
  expect(await all('SELECT * FROM recipients')).toEqual([
    { recipient: 'provider/p1', kept: 1, gone_at: null, gone_place: null },
  ]);
  expect(await all('SELECT * FROM carried')).toEqual([]);
  expect(await all('SELECT epoch, position FROM projection_positions')).toEqual([{ epoch: '4', position: '0' }]);
  expect(await all('SELECT id FROM reads')).toHaveLength(1);
  expect(await all('SELECT position FROM told')).toEqual([{ position: '8' }]);
  await pool.end();
});
