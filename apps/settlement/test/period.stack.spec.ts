import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { record, type AnyRecord } from '@slipstream/contracts';
import { decimal, text, zero } from '@slipstream/domain';
import { inTransaction, migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import pg from 'pg';
import { migrations } from '../src/migrations/index.js';
import { readAccountsPage, type AccountMark, type AccountPeriod } from '../src/period-accounts.js';
import { readPeriod, type Movement } from '../src/period-balance.js';
import { ShowLedger } from '../src/show-ledger.js';
import { balanceAt, markBefore } from '../src/statement.js';
import { at, commit, deposit, emptyLedger, end, ended, requested, shareCharged, ticked, withdrawal } from './ledger.js';
import { serveLedger } from './serve-ledger.js';

jest.setTimeout(120_000);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
const first = Date.UTC(2024, 2, 1);
const day = 86_400_000;
afterAll(stopStack);

interface Period {
  readonly from: string;
  readonly to: string | null;
  readonly assets: Readonly<Record<string, Movement>>;
  readonly kinds: Readonly<Record<string, Readonly<Record<string, Movement>>>>;
  readonly accounts?: readonly AccountPeriod[];
  readonly next?: string | null;
}

describe('GET /trial-balance of some days', () => {
  let app: NestFastifyApplication;
  let base: string;
  beforeAll(async () => {
    const pool = await emptyLedger();
    await commit(
      pool,
      at(0, ticked(first)),
      at(1, deposit('a1', '500', 'USDT', first + 1000)),
      at(2, requested('100')),
    );
    await commit(pool, at(3, ended(end({ occurredAt: first + 5000 }))), at(4, ticked(first + day)));
    await commit(pool, at(5, withdrawal('a1', '20.5', first + day)), at(6, ended(end({ fee: '-0.01' }))));
    await commit(pool, at(0, ticked(first + day), 7), at(1, ended(end({ copyId: 'b' })), 7));
    ({ app, base } = await serveLedger(pool, ShowLedger));
  });
  afterAll(() => app.close());

  const get = async (query: string): Promise<Period> => {
    const response = await fetch(`${base}/trial-balance?${query}`);
    expect([query, response.status]).toEqual([query, 200]);
    return (await response.json()) as Period;
  };
  const shown = ({ opening, in: cameIn, out, closing }: Movement) => `${opening} +${cameIn} -${out} = ${closing}`;

  test('what each kind of account had, what came in and went out, and what it has then', async () => {
    const { from, to, kinds, assets } = await get('from=2024-03-02&to=2024-03-03');
    expect([from, to]).toEqual(['2024-03-02', '2024-03-03']);
    const lines = Object.entries(kinds).map(([kind, { USDT }]) => `${kind} ${shown(USDT as Movement)}`);
    expect(lines).toEqual([
      'wallet 400 +0 -20.5 = 379.5',
      'copy 99.95 +0.01 -0.05 = 99.91',
      'fees 0.05 +0.05 -0.01 = 0.09',
      'external -500 +20.5 -0 = -479.5',
    ]);
    expect(assets).toEqual({ USDT: { opening: '0', in: '20.56', out: '20.56', closing: '0' } });
  });

  test('without days it is all of them, until the day after the latest', async () => {
    expect(await get('accounts=false')).toMatchObject({ from: '1970-01-01', to: '2024-03-03' });
    const before = await get('to=2024-03-01');
    expect([before.to, before.kinds]).toEqual(['2024-03-01', {}]);
    expect(await get('from=2030-01-01')).toMatchObject({ from: '2030-01-01', to: '2030-01-01' });
  });

  test('account by account, page by page', async () => {
    const whole = await get('from=2024-03-02&to=2024-03-03&accounts=true');
    expect(whole.next).toBeNull();
    expect(whole.accounts?.map((one) => `${one.account} ${shown(one)} (${one.entries})`)).toEqual([
      'copy/a1~p~1 99.95 +0.01 -0 = 99.96 (1)',
      'copy/b 0 +0 -0.05 = -0.05 (1)',
      'external -500 +20.5 -0 = -479.5 (1)',
      'fees 0.05 +0.05 -0.01 = 0.09 (2)',
      'wallet/a1 400 +0 -20.5 = 379.5 (1)',
    ]);
    const pages: Period[] = [];
    for (let next: string | null = ''; next !== null; next = pages.at(-1)?.next ?? null)
      pages.push(await get(`from=2024-03-02&to=2024-03-03&accounts=true&limit=2${next && `&cursor=${next}`}`));
    expect(pages.map(({ accounts }) => accounts?.length)).toEqual([2, 2, 1]);
    expect(pages.flatMap(({ accounts }) => accounts)).toEqual(whole.accounts);
  });

  test.each([
    ['', 'kind', 6],
    ['&accounts=true', 'account', 7],
  ])('as CSV%s', async (query, column, count) => {
    const response = await fetch(`${base}/trial-balance?from=2024-03-02${query}`, { headers: { accept: 'text/csv' } });
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toContain('trial-balance_2024-03-02_2024-03-03.csv');
    const csv = await response.text();
    expect(csv.split('\r\n')).toHaveLength(count + 1);
    const lines = parse<Record<string, string>>(csv, { columns: true });
    const period = { asset: 'USDT', from: '2024-03-02', to: '2024-03-03' };
    expect(lines.at(-1)).toEqual({ [column]: 'all', ...period, opening: '0', in: '20.56', out: '20.56', closing: '0' });
    expect(lines.find((line) => line[column] === 'fees')).toEqual({
      ...{ [column]: 'fees', ...period, opening: '0.05', in: '0.05', out: '0.01', closing: '0.09' },
    });
  });

  test('nothing is booked: no last day', async () => {
    const pool = await emptyLedger();
    const empty = await serveLedger(pool, ShowLedger);
    const answer = await fetch(`${empty.base}/trial-balance?accounts=true`);
    expect(await answer.json()).toEqual({
      from: '1970-01-01',
      to: null,
      assets: {},
      kinds: {},
      accounts: [],
      next: null,
    });
    await empty.app.close();
  });
});

const events: fc.Arbitrary<AnyRecord> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 * day }))
    .map(([who, when]) => deposit(`a${who}`, `${who * 100}.5`, who === 3 ? 'USDC' : 'USDT', when)),
  fc.integer({ min: 0, max: 4 * day }).map((moment) => ticked(moment)),
  fc.integer({ min: -50, max: 50 }).map((pnl) => ended(end({ realisedPnl: String(pnl), commission: '0.001' }))),
  fc.constant(record('ProfitShareCharged', { charges: [shareCharged({}), shareCharged({ providerId: 'q' })] })),
);

interface Plain {
  readonly account: string;
  readonly asset: string;
  readonly day: number;
  readonly change: string;
}

test('of any days of any history it is what the postings add up to, per kind and per account, as statements have it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(events, fc.integer({ min: 0, max: 2 })), { minLength: 5, maxLength: 40 }),
      fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })),
      fc.integer({ min: 1, max: 4 }),
      async (history, [from, length], limit) => {
        const pool = await emptyLedger();
        const next = [0, 0, 0];
        // Each partition has its time before its money.
        await commit(pool, ...[0, 1, 2].map((partition) => at(0, ticked(1), partition)));
        await commit(pool, ...history.map(([event, p]) => at((next[p] = (next[p] ?? 0) + 1), event, p)));
        const days = { from, to: from + length };
        const postings = await pool.query<Plain>(
          `SELECT destination AS account, asset, (booked_at / ${day})::int AS day, amount AS change FROM settlement.postings
           UNION ALL SELECT source, asset, (booked_at / ${day})::int, -amount FROM settlement.postings`,
        );
        const plain = (of: (row: Plain) => boolean): Movement => {
          const add = (some: readonly Plain[]) => some.reduce((sum, { change }) => sum.plus(decimal(change)), zero);
          const rows = postings.rows.filter(of);
          const within = rows.filter((row) => row.day >= days.from && row.day < days.to);
          return {
            opening: text(add(rows.filter((row) => row.day < days.from))),
            in: text(add(within.filter(({ change }) => !change.startsWith('-')))),
            out: text(zero.minus(add(within.filter(({ change }) => change.startsWith('-'))))),
            closing: text(add(rows.filter((row) => row.day < days.to))),
          };
        };
        await inTransaction(pool, async (client) => {
          const { kinds, assets } = await readPeriod(client, days);
          for (const [asset, { opening, in: cameIn, out, closing }] of Object.entries(assets))
            expect([asset, opening, cameIn, closing]).toEqual([asset, '0', out, '0']);
          for (const [kind, of] of Object.entries(kinds))
            for (const [asset, found] of Object.entries(of))
              expect([kind, asset, found]).toEqual([
                ...[kind, asset, plain((row) => row.account.split('/')[0] === kind && row.asset === asset)],
              ]);
          const accounts: AccountPeriod[] = [];
          for (let after: AccountMark | null = null, more = true; more;) {
            const page = await readAccountsPage(client, days, kinds, after, limit);
            accounts.push(...page.accounts);
            [after, more] = [page.next, page.next !== null];
          }
          const names = new Set(postings.rows.map(({ account, asset }) => `${account} ${asset}`));
          expect(new Set(accounts.map(({ account, asset }) => `${account} ${asset}`))).toEqual(names);
          for (const { account, asset, entries, ...moved } of accounts) {
            expect([account, moved]).toEqual([account, plain((row) => row.account === account && row.asset === asset)]);
            const statement = { account, asset, from: days.from * day, to: days.to * day };
            expect(await balanceAt(client, statement, markBefore(statement.from))).toBe(moved.opening);
            expect(entries).toBe(
              postings.rows.filter(
                (row) => row.account === account && row.asset === asset && row.day >= days.from && row.day < days.to,
              ).length,
            );
          }
        });
        await pool.end();
      },
    ),
    { numRuns },
  );
});

test('a ledger that is booked already has its turnovers from then on too', async () => {
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations.slice(0, 3), 'ledger_migrations');
  const pool = new pg.Pool({ connectionString: urls.settlement, max: 1 });
  const posting = `INSERT INTO settlement.postings VALUES
    ('accounts.events', 3, $1, 0, 'deposit', 'external', 'wallet/a1', 2.5, 'USDT', 1, $2, 1, -2.5, '', 1, 2.5, '')`;
  await pool.query(posting, [1, day]);
  await pool.query(posting, [2, day + 1]);
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  await pool.query(posting, [3, day + 2]);
  await pool.query(posting, [4, 2 * day]);
  const { rows } = await pool.query('SELECT * FROM settlement.turnovers ORDER BY day, kind');
  expect(rows).toEqual([
    { partition: 3, day: 1, kind: 'external', asset: 'USDT', came_in: '0', went_out: '7.50000000' },
    { partition: 3, day: 1, kind: 'wallet', asset: 'USDT', came_in: '7.50000000', went_out: '0' },
    { partition: 3, day: 2, kind: 'external', asset: 'USDT', came_in: '0', went_out: '2.50000000' },
    { partition: 3, day: 2, kind: 'wallet', asset: 'USDT', came_in: '2.50000000', went_out: '0' },
  ]);
  await pool.end();
});
