import { jest } from '@jest/globals';
import { migrate, openPool } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import type { PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { migrations, ProviderCopiersRow, ProviderRow, upsert } from '../src/index.js';

jest.setTimeout(60_000);
afterAll(stopStack);

const provider = (providerId: string, changed: Partial<ProviderRow> = {}): ProviderRow => ({
  ...{ providerId, line: 1, displayName: `Name of ${providerId}`, startingCapital: '1000', feeModel: 'profit_share' },
  ...{
    profitShareRatio: '0.1',
    subscriptionPrice: null,
    visibility: 'public',
    level: 0,
    retired: false,
    blocked: false,
  },
  ...{ tradedSpot: false, tradedFutures: true, followers: 3, status: 'active', strategy: 'futures', ranked: true },
  ...{ risk: 2, riskLevel: 'low', overviewOwn: '40.5', registeredAt: 5 },
  ...changed,
});

const copiers = (providerId: string, changed: Partial<ProviderCopiersRow> = {}): ProviderCopiersRow => ({
  ...{ providerId, asOf: 9, copies: 2, active: 2, withResult: 2, inProfit: 1, invested: '100', realisedPnl: '7.25' },
  ...{ unrealisedPnl: '0', aum: '90', drift: '0', placed: 1, skipped: 0, filled: 1, rejected: 0 },
  ...{ realisedReturn: '0.07', profitShare: '0.5' },
  ...changed,
});

/** What the places must say, made of the tables they come from. */
const naive = `SELECT coalesce(p.provider_id, c.provider_id) AS provider_id, p.visibility = 'public' AS is_public, p.ranked, p.followers, p.risk, p.registered_at,
    p.status, p.strategy, p.risk_level, p.overview_own,
    CASE WHEN p.ranked THEN p.overview_own + 25 * coalesce(c.profit_share, 0) END AS overview, coalesce(c.aum, 0) AS aum,
    c.realised_pnl AS copier_pnl, c.realised_return AS copier_return, c.profit_share AS copiers_in_profit,
    lower(p.display_name || E'\\n' || p.provider_id) AS searched
  FROM providers p FULL JOIN provider_copiers c USING (provider_id) ORDER BY 1`;

const hidden = provider('e', { visibility: 'private' });

const steps: readonly (readonly [string, (client: PoolClient) => Promise<void>])[] = [
  ['a provider', (client) => upsert(client, ProviderRow, [provider('a'), provider('b', { ranked: false })])],
  [
    'copies of one that is there, and of one that is not',
    (client) => upsert(client, ProviderCopiersRow, [copiers('a'), copiers('c')]),
  ],
  ['the one that was not there', (client) => upsert(client, ProviderRow, [provider('c', { overviewOwn: '12' })])],
  [
    'a change of a provider beside a new one',
    (client) => upsert(client, ProviderRow, [provider('a', { overviewOwn: '41', status: 'retired' }), provider('d')]),
  ],
  [
    'a change of copies beside new ones',
    (client) => upsert(client, ProviderCopiersRow, [copiers('c', { profitShare: null, aum: '0' }), copiers('b')]),
  ],
  ['what makes a provider ranked', (client) => upsert(client, ProviderRow, [provider('b', { strategy: null })])],
  [
    'what makes a provider private',
    (client) => upsert(client, ProviderRow, [provider('a', { visibility: 'private' })]),
  ],
  ['and public again beside one that never was', (client) => upsert(client, ProviderRow, [provider('a'), hidden])],
  ['the same again', (client) => upsert(client, ProviderCopiersRow, [copiers('b')])],
];

test('what providers are listed by follows the two tables it comes from, whichever is written first', async () => {
  const { urls } = await testDatabase();
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  const pool = openPool(urls['stats-projector'], 'read_model', 1);
  const client = await pool.connect();
  for (const [what, write] of steps) {
    await write(client);
    const { rows: expected } = await client.query(naive);
    const { rows: places } = await client.query('SELECT * FROM provider_places ORDER BY provider_id');
    expect([what, places]).toEqual([what, expected]);
  }
  client.release();
  await pool.end();
});

test('places of tables that are already full are made and taken back with all rows', async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  const options = { schema: 'read_model', migrationsTableName: 'read_model_migrations', installExtensions: false };
  await migrate(url, 'read_model', migrations.slice(0, 3), 'read_model_migrations');
  const pool = openPool(url, 'read_model', 1);
  await pool.query(`INSERT INTO providers (provider_id, line, display_name, starting_capital, fee_model, profit_share_ratio,
      visibility, level, retired, blocked, traded_spot, traded_futures, followers, status, strategy, ranked, risk, risk_level,
      overview_own, registered_at)
    SELECT id, 1, 'Name of ' || id, 1000, 'profit_share', 0.1, CASE id WHEN 'b' THEN 'private' ELSE 'public' END, 0, false, false,
           false, true, 3, 'active', 'futures', id <> 'c', 2, 'low', 40.5, 5 FROM unnest('{a,b,c}'::text[]) id`);
  const client = await pool.connect();
  await upsert(client, ProviderCopiersRow, [copiers('b'), copiers('d')]);
  client.release();
  const places = async (columns = '*'): Promise<unknown[]> =>
    (await pool.query<object>(`SELECT ${columns} FROM provider_places ORDER BY provider_id`)).rows;
  const before = await places();
  await migrate(url, 'read_model', migrations.slice(0, 4), 'read_model_migrations');
  expect(await places()).toEqual((await pool.query(naive)).rows);
  expect(await places('provider_id, is_public')).toMatchObject([{ is_public: true }, { is_public: false }, {}, {}]);
  const source = await new DataSource({
    type: 'postgres',
    url,
    migrations: migrations.slice(0, 4),
    ...options,
  }).initialize();
  await source.undoLastMigration();
  await source.destroy();
  expect(await places()).toEqual(before);
  await pool.query("UPDATE providers SET display_name = 'Another', visibility = 'private'");
  expect(await places('searched')).toMatchObject([{ searched: 'another\na' }, {}, {}, { searched: null }]);
  await pool.end();
});
