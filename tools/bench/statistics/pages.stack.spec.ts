import { jest } from '@jest/globals';
import { leaderboardStatement, migrations, readLeaderboard, type LeaderboardQuery } from '@slipstream/read-model';
import { migrate, openPool } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import { combinations } from './pages.ts';
import { seed } from './seed.ts';

jest.setTimeout(180_000);
afterAll(stopStack);

/** Every how many-th of all questions is asked. */
const sampled = 17;

test('a page found from the top of one table is the page that the join of both gives', async () => {
  const { urls } = await testDatabase();
  const url = urls['stats-projector'];
  await migrate(url, 'read_model', migrations, 'read_model_migrations');
  const pool = openPool(url, 'read_model', 1);
  try {
    const client = await pool.connect();
    await seed(client, { providers: 600, copies: 3000 });
    client.release();
    let full = 0;
    for (const [index, asked] of combinations().entries()) {
      if (index % sampled !== 0) continue;
      let cursor: string | undefined;
      for (let page = 0; page < 3; page++) {
        const query: LeaderboardQuery = { ...asked, limit: 9, cursor };
        const { sql, values } = leaderboardStatement(query);
        const { rows } = await pool.query<{ provider_id: string }>(sql, values);
        const { items, next } = await readLeaderboard(pool, query);
        expect({ query, ids: items.map(({ userId }) => userId) }).toEqual({
          query,
          ids: rows.slice(0, 9).map((row) => row.provider_id),
        });
        expect(next === null).toBe(rows.length <= 9);
        if (items.length === 9) full += 1;
        if (next === null) break;
        cursor = next;
      }
    }
    expect(full).toBeGreaterThan(300);
  } finally {
    await pool.end();
  }
});
