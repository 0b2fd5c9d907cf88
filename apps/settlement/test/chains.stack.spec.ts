import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import { record, type AnyRecord } from '@slipstream/contracts';
import { migrate, type JournalRecord } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import fc from 'fast-check';
import pg from 'pg';
import { migrations } from '../src/migrations/index.js';
import { at, commit, deposit, emptyLedger, end, ended, requested, shareCharged, ticked, withdrawal } from './ledger.js';

jest.setTimeout(120_000);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 12);

let pools: pg.Pool[] = [];
const ledger = async (): Promise<pg.Pool> => {
  const pool = await emptyLedger();
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  pools = [];
});
afterAll(stopStack);

/** Every row of the ledger, byte for byte. */
async function rowsOf(pool: pg.Pool): Promise<string> {
  const tables = ['postings', 'balances', 'asset_sums', 'clocks', 'day_heads', 'closings', 'turnovers'];
  const found = tables.map((table) =>
    pool.query<{ row: string }>(`SELECT t::text AS row FROM settlement.${table} t ORDER BY 1`),
  );
  return (await Promise.all(found)).map(({ rows }) => rows.map(({ row }) => row).join('\n')).join('\n\n');
}

const day = 86_400_000;
const events: fc.Arbitrary<AnyRecord> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 * day }))
    .map(([who, when]) => deposit(`a${who}`, `${who * 100}.5`, who === 3 ? 'USDC' : 'USDT', when)),
  fc.integer({ min: 0, max: 3 * day }).map((moment) => ticked(moment)),
  fc.integer({ min: -50, max: 50 }).map((pnl) => ended(end({ realisedPnl: String(pnl), commission: '0.001' }))),
  fc.constant(record('ProfitShareCharged', { charges: [shareCharged({}), shareCharged({ providerId: 'q' })] })),
  fc.constant(record('Answered', {})),
);

test('whatever happened and however it is cut, repeated and spread over transactions, the rows are the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(events, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 10 }),
      async (history, cuts) => {
        const next = [0, 0, 0];
        const records = history.map(([event, partition]) =>
          at((next[partition] = (next[partition] ?? 0) + 1), event, partition),
        );
        const [whole, cut] = await Promise.all([ledger(), ledger()]);
        await commit(whole, ...records);
        let before: JournalRecord[] = [];
        for (let from = 0, i = 0; from < records.length; i++) {
          const some = records.slice(from, (from += cuts[i % cuts.length] as number));
          // A part that was booked already comes again, in front of the new one.
          await commit(cut, ...before, ...some);
          before = i % 2 === 0 ? some : [];
        }
        expect(await rowsOf(cut)).toBe(await rowsOf(whole));
        const { rows } = await whole.query<{ sum: string }>('SELECT sum FROM settlement.asset_sums');
        expect(rows.every(({ sum }) => Number(sum) === 0)).toBe(true);
        await Promise.all([whole.end(), cut.end()]);
        pools = [];
      },
    ),
    { numRuns },
  );
});

test('each side of a posting is an entry whose hash anybody can compute', async () => {
  const pool = await ledger();
  await commit(pool, at(7, ticked(day)), at(8, deposit('a1', '500', 'USDT', 5)), at(9, requested('100.5')));
  const h1 = createHash('sha256')
    .update(Buffer.alloc(32))
    .update(`["wallet/a1","USDT",0,1,8,0,${day},"deposit","external","500","500"]`)
    .digest();
  const h2 = createHash('sha256')
    .update(h1)
    .update(`["wallet/a1","USDT",0,2,9,0,${day},"allocation","copy/a1~p~1","-100.5","399.5"]`)
    .digest('hex');
  const { rows } = await pool.query("SELECT * FROM settlement.balances WHERE account = 'wallet/a1'");
  expect(rows).toEqual([
    expect.objectContaining({ entries: '2', balance: '399.50000000', hash: Buffer.from(h2, 'hex'), kind: 'wallet' }),
  ]);
  const postings = await pool.query('SELECT destination_hash, source_hash FROM settlement.postings ORDER BY "offset"');
  expect(postings.rows).toMatchObject([{ destination_hash: h1 }, { source_hash: Buffer.from(h2, 'hex') }]);
});

test('two transactions that book the same record come one after the other, and the second changes nothing', async () => {
  const pool = await ledger();
  const records = [at(0, deposit('a1', '500')), at(1, withdrawal('a1', '200'))];
  await Promise.all([commit(pool, ...records), commit(pool, ...records), commit(pool, ...records)]);
  const { rows } = await pool.query("SELECT balance, entries FROM settlement.balances WHERE account = 'wallet/a1'");
  expect(rows).toEqual([{ balance: '300.00000000', entries: '2' }]);
});

/** How many migrations after the first set the journal back to its start. */
const booksAnew = 2;

test('a ledger of the version before is booked anew from the first record on', async () => {
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations.slice(0, 1), 'ledger_migrations');
  const pool = new pg.Pool({ connectionString: urls.settlement, max: 1 });
  pools.push(pool);
  await pool.query(
    `CREATE TABLE IF NOT EXISTS settlement.projection_positions (topic text, partition integer, epoch bigint, owner text,
       cluster_id text, position bigint, PRIMARY KEY (topic, partition))`,
  );
  await pool.query("INSERT INTO settlement.projection_positions VALUES ('accounts.events', 3, 4, 'o', 'c', 99)");
  await pool.query(
    "INSERT INTO settlement.postings VALUES ('accounts.events', 3, 5, 0, 'fee', 'a', 'b', 1, 'USDT', 1)",
  );
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  const positions = await pool.query('SELECT epoch, position FROM settlement.projection_positions');
  expect(positions.rows).toEqual([{ epoch: String(4 + booksAnew), position: '0' }]);
  expect((await pool.query('SELECT 1 FROM settlement.postings')).rowCount).toBe(0);
});
