import { jest } from '@jest/globals';
import {
  leaderboardStatement,
  migrations,
  readLeaderboard,
  readSimilar,
  type LeaderboardQuery,
} from '@slipstream/read-model';
import { migrate, openPool } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import type pg from 'pg';
import { combinations } from './pages.ts';
import { seed } from './seed.ts';

jest.setTimeout(180_000);
let pool: pg.Pool;
let hidden: readonly string[];

beforeAll(async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  await migrate(url, 'read_model', migrations, 'read_model_migrations');
  pool = openPool(url, 'read_model', 1);
  const client = await pool.connect();
  await seed(client, { providers: 1200, copies: 4000 });
  client.release();
  const { rows } = await pool.query<{ id: string }>(
    "SELECT provider_id AS id FROM providers WHERE visibility = 'private'",
  );
  hidden = rows.map(({ id }) => id);
  expect(hidden.length).toBeGreaterThan(20);
});
afterAll(async () => {
  await pool.end();
  await stopStack();
});

/** What pages were read by: `looked up`, `bounded`, `plain`, one after the other where one didn't suffice. */
type Ways = Map<string, number>;

/** A pool that notes how places are asked for. */
function watched(asked: string[]): Pick<pg.Pool, 'query'> {
  const query = (statement: string | { name: string }, values?: unknown[]): unknown => {
    if (typeof statement === 'string' && statement.includes('sort_value'))
      asked.push(
        statement.includes('LATERAL') ? 'looked up' : / [<>]= \$\d+::\w+ AND/.test(statement) ? 'bounded' : 'plain',
      );
    return (pool.query as (...args: unknown[]) => unknown)(statement, values);
  };
  return { query: query as pg.Pool['query'] };
}

/** Compares pages, first ones and the next two, with the plain join. */
async function compare(every: number, from: number): Promise<{ full: number; ways: Ways }> {
  const ways: Ways = new Map();
  const asked: string[] = [];
  const reader = watched(asked);
  let full = 0;
  for (const [index, one] of combinations().entries()) {
    if (index % every !== from) continue;
    let cursor: string | undefined;
    for (let page = 0; page < 3; page++) {
      const query: LeaderboardQuery = { ...one, limit: 9, cursor };
      const { sql, values } = leaderboardStatement(query);
      const { rows } = await pool.query<{ provider_id: string }>(sql, values);
      const { items, next } = await readLeaderboard(reader, query);
      const expected = rows.slice(0, 9).map((row) => row.provider_id);
      expect({ query, ids: items.map(({ userId }) => userId) }).toEqual({ query, ids: expected });
      expect(hidden.filter((id) => expected.includes(id))).toEqual([]);
      expect(next === null).toBe(rows.length <= 9);
      if (items.length === 9) full += 1;
      const way = asked.splice(0).join(', ');
      ways.set(way, (ways.get(way) ?? 0) + 1);
      if (next === null) break;
      cursor = next;
    }
  }
  return { full, ways };
}

test('a page that is found by a shorter way is the page that the join of both tables gives', async () => {
  const { full, ways } = await compare(17, 0);
  expect(full).toBeGreaterThan(300);
  for (const way of ['looked up', 'bounded', 'plain', 'looked up, looked up', 'bounded, plain'])
    expect([...ways.keys()]).toContain(way);
});

test('it still is when what the database knows of its tables is long past', async () => {
  await pool.query(`UPDATE provider_periods SET roi = roi * -3, max_drawdown = max_drawdown / 7, sharpe = NULL,
      volume = volume + 1000000, win_rate = CASE WHEN total_trades > 20 THEN win_rate END`);
  await pool.query(`UPDATE providers SET risk = 11 - risk, followers = followers / 3, registered_at = registered_at + 86400000,
      visibility = CASE WHEN followers = 1 THEN 'private' ELSE 'public' END`);
  const { rows } = await pool.query<{ id: string }>(
    "SELECT provider_id AS id FROM providers WHERE visibility = 'private'",
  );
  hidden = rows.map(({ id }) => id);
  const { full, ways } = await compare(29, 3);
  expect(full).toBeGreaterThan(150);
  expect([...ways.keys()].filter((way) => way.includes(', plain'))).not.toEqual([]);
});

/** All distances, of everybody. */
const naive = `SELECT q.provider_id,
      (CASE WHEN q.strategy IS NOT DISTINCT FROM o.strategy THEN 0 ELSE 10 END)
      + abs(coalesce(q.risk, 0) - coalesce(o.risk, 0)) + abs(coalesce(x.volatility, 0) - coalesce(y.volatility, 0)) * 2
      + abs(coalesce(x.max_drawdown, 0) - coalesce(y.max_drawdown, 0)) * 5
      + abs(coalesce(x.roi, 0) - coalesce(y.roi, 0)) * 2 AS distance
    FROM providers o JOIN provider_periods_90d y USING (provider_id), providers q JOIN provider_periods_90d x USING (provider_id)
   WHERE o.provider_id = $1 AND q.provider_id <> $1 AND q.status = 'active' AND q.visibility = 'public'
   ORDER BY distance, q.provider_id LIMIT 10`;

test('similar providers are those that the distances of all give', async () => {
  // Some that nobody is near to: their circle is empty.
  await pool.query(`UPDATE providers SET risk = 40, strategy = 'mixed' WHERE provider_id IN
    (SELECT provider_id FROM providers ORDER BY provider_id LIMIT 3)`);
  const { rows: some } = await pool.query<{ id: string }>(
    'SELECT provider_id AS id FROM providers ORDER BY provider_id LIMIT 60',
  );
  for (const { id } of [...some, ...hidden.slice(0, 5).map((one) => ({ id: one }))]) {
    const { rows } = await pool.query<{ provider_id: string }>(naive, [id]);
    const cards = await readSimilar(pool, id);
    expect([id, cards?.map(({ userId }) => userId)]).toEqual([id, rows.map((row) => row.provider_id)]);
  }
  expect(await readSimilar(pool, 'nobody')).toBeUndefined();
});
