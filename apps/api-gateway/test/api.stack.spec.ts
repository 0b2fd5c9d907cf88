import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { figureStats, noFigures, noReturns, periods, returnStats } from '@slipstream/domain';
import {
  migrations,
  ProviderMidnightRow,
  moreOf,
  periodRowOf,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
  upsert,
} from '@slipstream/read-model';
import { httpAdapter, migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../src/app.module.js';
import { serveDescription } from '../src/describe-api.js';

jest.setTimeout(60_000);

let app: NestFastifyApplication;
let writer: pg.Pool;
let base: string;

beforeAll(async () => {
  const { urls } = await testDatabase();
  process.env['DATABASE_URL'] = urls['api-gateway'];
  // Nothing here needs a broker but the readiness check, which says so.
  process.env['KAFKA_BROKERS'] = '127.0.0.1:1';
  process.env['LOG_LEVEL'] = 'silent';
  app = await NestFactory.create<NestFastifyApplication>(AppModule, httpAdapter(), { logger: false });
  serveDescription(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  expect(await get('/v1/leaderboard')).toMatchObject({ status: 503, body: { code: 'not_ready' } });
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  writer = new pg.Pool({ connectionString: urls['stats-projector'], max: 1 });
  await fill();
});
afterAll(async () => {
  await app.close();
  await writer.end();
  await stopStack();
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Record<string, unknown>;
}

async function get(path: string): Promise<Answer> {
  const response = await fetch(base + path);
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get('content-type'), body };
}

/**
 * Five providers with their own histories, made by the projector's own statements elsewhere; here rows that are told apart. A
 * sixth one is private.
 */
async function fill(): Promise<void> {
  const roi = { a: '0.5', b: '-0.25', c: '0.5', d: null, e: '1.125', x: '0.75' };
  const ids = Object.keys(roi) as (keyof typeof roi)[];
  const client = await writer.connect();
  const [profile, stats, period] = [providerRow, statsRow, periodRow];
  await upsert(client, ProviderRow, ids.map(profile));
  await upsert(
    client,
    ProviderStatsRow,
    ids.map((id, i) => stats(id, String(100 - i))),
  );
  await upsert(
    client,
    ProviderMidnightRow,
    ids.map((providerId) => ({ providerId, ...bases, sparkline: '["10000","10500"]', endedSeries: '[]', ...noSeries })),
  );
  await upsert(
    client,
    ProviderPeriodRow,
    ids.flatMap((id, i) => periods.map((name) => period(id, name, roi[id], String(100 - i)))),
  );
  await client.query(`INSERT INTO lead_positions VALUES
    ('a', 'a/BTCUSDT/long/1', 'BTCUSDT', 'long', 'long', 1, 2.50, 100, 250, 0, 0.1, 5, NULL),
    ('a', 'a/ETHUSDT/net/2', 'ETHUSDT', 'net', 'short', 2, 0, 0, 90, 12.340, 0.34, 5, 9),
    ('a', 'a/ETHUSDT/net/4', 'ETHUSDT', 'net', 'long', 4, 0, 0, 90, -2, 0, 10, 30)`);
  await client.query(`INSERT INTO provider_orders VALUES
    ('a', 2, 'a/ETHUSDT/net/2', 'open', 'ETHUSDT', 'sell', 90, 1, 0, 0.17, 0.09, NULL, 1, 5),
    ('a', 3, 'a/ETHUSDT/net/2', 'close', 'ETHUSDT', 'buy', 77.66, 1, 12.34, 0.17, 0.08, NULL, 1, 9)`);
  await client.query(`INSERT INTO provider_daily VALUES
    ('a', '1970-01-31', 1500, 0, 0.5, 1.5, 0, 500, 1, 1, 0, 100, '{}'),
    ('a', '1970-02-01', 1425, 0, -0.05, 1.425, -0.05, -75, 1, 0, 0, NULL, '{}')`);
  await client.query(`INSERT INTO copies (copy_id, account_id, provider_id, accounts_partition, line, status, stop_reason,
      copy_total_amt, from_order, realised_pnl, fees, returned, placed, skipped, filled, rejected, requested_at, stopped_at,
      put_in, insured, invested, started_with, growth, base) VALUES
    ('f1~a~1', 'f1', 'a', 3, 0, 'active', NULL, 100, 1, 5, 1, NULL, 4, 1, 3, 1, 0, NULL, 100, 0, 100, 100, 1, 100)`);
  await client.query(
    `INSERT INTO provider_copies (provider_id, accounts_partition, as_of, log_offset, formula_version, copies, active,
        with_result, in_profit, invested, realised_pnl, unrealised_pnl, aum, drift, return_weight, return_sum, placed,
        skipped, filled, rejected) VALUES ('a', 4, 86400000, 17, 2, 1, 0, 1, 0, 100, 4, 0, 0, 0, 100, 4, 4, 0, 4, 0),
        ('a', 3, 86400000, 9, 2, 1, 1, 1, 1, 100, 4, 0, 100, 0.5, 100, 4, 4, 1, 3, 1)`,
  );
  await client.query(
    `INSERT INTO provider_copiers VALUES ('a', 86400000, 2, 1, 2, 1, 200, 8, 0, 100, 0.5, 8, 1, 7, 1, 0.04, 0.5)`,
  );
  await client.query(
    `INSERT INTO provider_outcomes VALUES ('a', 3, 'filled', 3), ('a', 4, 'filled', 4), ('a', 3, 'skipped:below_lot', 1)`,
  );
  await client.query(`INSERT INTO provider_slippage VALUES ('a', 3, -5, 1), ('a', 4, 15, 1), ('a', 3, 20, 1)`);
  client.release();
}

const bases = { base7d: '{}', base30d: '{}', base90d: '{}', baseAll: '{}' };

const providerRow = (providerId: string): ProviderRow => ({
  providerId,
  line: 0,
  displayName: `Provider ${providerId}`,
  startingCapital: '1000',
  feeModel: 'profit_share',
  profitShareRatio: '0.1',
  subscriptionPrice: null,
  visibility: providerId === 'x' ? 'private' : 'public',
  level: 0,
  retired: false,
  blocked: false,
  tradedSpot: providerId === 'b',
  tradedFutures: providerId !== 'b',
  followers: providerId === 'a' ? 1 : 0,
  status: providerId === 'd' ? 'failed' : 'active',
  strategy: providerId === 'b' ? 'spot' : 'futures',
  ranked: providerId !== 'd',
  risk: providerId === 'e' ? 9 : 2,
  riskLevel: providerId === 'e' ? 'high' : 'low',
  overviewOwn: '30',
  registeredAt: 0,
});

const nothing = { ...figureStats(noFigures), ...returnStats(noReturns) };
const noSeries = {
  seriesFrom: '1970-01-01',
  seriesDays: 7,
  seriesSum: '0',
  seriesSquares: '0',
  seriesDownside: '0',
  seriesGrowth: '1',
  seriesPeak: '1',
  seriesDrawdown: '0',
  seriesProfitDays: 0,
  seriesLossDays: 0,
  seriesEquityPlus: '1000',
  seriesDayFactor: '1',
  seriesLastReturn: '0',
  seriesEnded: false,
  seriesBoundary: 86_400_000,
};

const statsRow = (providerId: string, netPnl: string): ProviderStatsRow => ({
  providerId,
  asOf: 86_400_000,
  logPartition: 0,
  logOffset: 7,
  formulaVersion: 2,
  hash: 'ab12',
  fills: 2,
  orders: 2,
  owed: 0,
  grossPnl: netPnl,
  fees: '0',
  netPnl,
  funds: '0',
  closedPositions: 5,
  wonPositions: 4,
  winRate: '0.8',
  roiAll: null,
  maxDrawdown: '0',
  more: moreOf({ '7d': nothing, '30d': nothing, '90d': nothing, all: nothing }),
  runningDay: '{}',
  dayFlows: '0',
  dayJoined: 0,
  dayLeft: 0,
});

const periodRow = (providerId: string, period: string, roi: string | null, totalPnl: string): ProviderPeriodRow =>
  periodRowOf(period, providerId, {
    ...figureStats(noFigures),
    ...returnStats(noReturns),
    roi: period === '7d' ? null : roi,
    totalPnl,
    winRate: '0.8',
    maxDrawdown: providerId === 'e' ? '-0.4' : '-0.1',
  });

interface Page {
  readonly items: { readonly userId: string }[];
  readonly next: string | null;
}

async function allPages(query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await get(`/v1/leaderboard?${query}${cursor}`);
    expect(status).toBe(200);
    const page = body as unknown as Page;
    ids.push(...page.items.map(({ userId }) => userId));
    if (page.next === null) return ids;
    cursor = `&cursor=${page.next}`;
  }
}

describe('GET /v1/leaderboard', () => {
  test.each([
    ['limit=1', 'abced'],
    ['sort=roi&limit=2', 'eacbd'],
    ['sort=roi&order=asc&limit=2', 'baced'],
    ['sort=roi&period=7d&limit=2', 'abcde'],
    ['sort=totalPnl&limit=3', 'abcde'],
    ['sort=followers&limit=1', 'abcde'],
    ['sort=aum&limit=2&order=asc', 'bcdea'],
    ['sort=winRate&limit=1', 'abcde'],
    ['sort=maxDrawdown&limit=100', 'abcde'],
    ['sort=copierReturn', 'abcde'],
    ['minAum=50', 'a'],
    ['minFollowers=1', 'a'],
    ['maxDrawdown=0.2&sort=totalPnl', 'abcd'],
    ['riskLevel=high', 'e'],
    ['strategy=spot', 'b'],
    ['status=failed', 'd'],
    ['listed=new', 'd'],
    ['listed=ranked&sort=totalPnl', 'abce'],
    ['text=VIDER%20C', 'c'],
    ['text=%25', ''],
    ['text=provider%20x', ''],
  ])('%s gives every public provider once, in order: %s', async (query, expected) => {
    expect((await allPages(query)).join('')).toBe(expected);
  });

  test('says that it is paper money and no promise; numbers are texts', async () => {
    const { body } = await get('/v1/leaderboard?limit=2');
    expect(body).toMatchObject({ notice: "Past results don't guarantee future results.", paperMoney: true });
    expect((body as unknown as Page).items[0]).toEqual({
      userId: 'a',
      displayName: 'Provider a',
      avatar: '/v1/avatars/a.svg',
      status: 'active',
      strategy: 'futures',
      risk: 2,
      riskLevel: 'low',
      isNew: false,
      daysLeading: 1,
      followers: 1,
      aum: '100',
      feeModel: 'profit_share',
      profitSharePct: '10',
      roi30d: '0.5',
      copierPnl: '8',
      copierReturn: '0.04',
      copiersInProfit: '0.5',
      overview: '42.5',
      roi: '0.5',
      totalPnl: '100',
      winRate: '0.8',
      maxDrawdown: '-0.1',
      sharpe: null,
      totalTrades: 0,
      equityCurve: ['10000', '10500'],
      asOf: '1970-01-02T00:00:00.000Z',
      proof: { logPartition: 0, logOffset: 7, formulaVersion: 2, hash: 'ab12' },
    });
  });

  test.each([
    ['sort=luck', 'sort must be one of'],
    ['order=up', 'order must be asc or desc'],
    ['limit=0', 'from 1 to 100'],
    ['limit=101', 'from 1 to 100'],
    ['limit=1e1', 'from 1 to 100'],
    ['limit=1&limit=2', 'limit must be given once'],
    ['colour=red', 'unknown parameter colour'],
    ['period=1y', 'period must be one of 7d, 30d, 90d, all'],
    ['minAum=-1', 'minAum must be a decimal number'],
    ['minFollowers=few', 'minFollowers must be a whole number'],
    ['status=dead', 'status must be one of'],
    ['cursor=abc', 'start from the first page'],
    [`sort=roi&cursor=${Buffer.from('["30d","roi","desc","1; DROP TABLE x","a"]').toString('base64url')}`, 'damaged'],
    [`sort=totalPnl&cursor=${Buffer.from('["30d","roi","desc","1","a"]').toString('base64url')}`, 'does not belong'],
  ])('%s is refused with a sentence', async (query, sentence) => {
    const { status, type, body } = await get(`/v1/leaderboard?${query}`);
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ code: 'bad_parameter', status: 400 });
    expect(body['detail']).toContain(sentence);
  });
});

test('cohorts leave nobody out who is public', async () => {
  const { body } = await get('/v1/cohorts');
  expect(body['items']).toMatchObject([
    { month: '1970-01', providers: 5, active: 4, failed: 1, roiMedian: '0.5', roiWorst: '-0.25', inProfit: '0.75' },
  ]);
});

describe('GET /v1/providers/{id}', () => {
  test('gives all windows, copiers, calendar, months, instruments and proof', async () => {
    const { status, body } = await get('/v1/providers/a');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      providerId: 'a',
      paperMoney: true,
      followers: 1,
      proof: { logPartition: 0, logOffset: 7, hash: 'ab12' },
      periods: { '7d': { roi: null, winRate: '0.8' }, all: { roi: '0.5', maxDrawdown: '-0.1' } },
      openPositions: [{ instrument: 'BTCUSDT', quantity: '2.5', closedAt: null }],
      calendar: [
        { day: '1970-01-31', value: '15000', aum: '100' },
        { day: '1970-02-01', drawdown: '-0.05', aum: null },
      ],
      monthlyReturns: { '1970': { '01': '0.5', '02': '-0.05' } },
      instruments: [{ instrument: 'ETHUSDT', trades: 2, winRate: '0.5', netPnl: '10', longPnl: '-2', shortPnl: '12' }],
      holdingMs: { median: 4, longest: 20 },
      copiers: {
        copies: 2,
        realisedPnl: '8',
        inProfit: '0.5',
        slippageBp: { median: 1.5, p95: 2 },
        outcomes: { filled: 7, 'skipped:below_lot': 1 },
        weeklyFollowerChange: null,
        proof: {
          formulaVersion: 2,
          positions: [
            { partition: 3, offset: 9 },
            { partition: 4, offset: 17 },
          ],
          hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        },
      },
    });
  });

  test('trades come newest first with their orders, page by page', async () => {
    const first = await get('/v1/providers/a/trades?limit=1');
    expect(first.body).toMatchObject({ items: [{ leadPositionId: 'a/ETHUSDT/net/4', holdingMs: 20, orders: [] }] });
    const second = await get(`/v1/providers/a/trades?limit=1&cursor=${String(first.body['next'])}`);
    expect(second.body).toMatchObject({
      items: [
        {
          netPnl: '12',
          orders: [
            { orderNo: 2, effect: 'open' },
            { orderNo: 3, pnl: '12.34' },
          ],
        },
      ],
      next: null,
    });
    expect((await get('/v1/providers/a/trades?cursor=x')).status).toBe(400);
  });

  test('similar ones are of the same strategy first, failed ones are none', async () => {
    const { body } = await get('/v1/providers/a/similar');
    expect((body as unknown as Page).items.map(({ userId }) => userId)).toEqual(['c', 'e', 'b']);
    expect((await get('/v1/providers/nobody/similar')).status).toBe(404);
  });

  test('who knows a private one finds its page, and public ones like it', async () => {
    expect(await get('/v1/providers/x')).toMatchObject({ status: 200, body: { visibility: 'private' } });
    const { body } = await get('/v1/providers/x/similar');
    expect((body as unknown as Page).items.map(({ userId }) => userId)).toEqual(['a', 'c', 'e', 'b']);
  });

  test('an avatar is made from the id', async () => {
    const response = await fetch(`${base}/v1/avatars/a.svg`);
    expect(response.headers.get('content-type')).toContain('image/svg+xml');
    expect(await response.text()).toContain('<svg');
  });

  test.each([
    ['nobody', 404, 'not_found', 'There is no provider nobody.'],
    ['%00', 400, 'bad_parameter', 'A provider id has'],
  ])('%s: %i %s', async (id, status, code, sentence) => {
    const answer = await get(`/v1/providers/${id}`);
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
    expect(answer.body['detail']).toContain(sentence);
  });
});

test('an unknown address is a problem too', async () => {
  expect(await get('/v2/anything')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

test('live without a broker, not ready without one', async () => {
  expect((await get('/health/live')).status).toBe(200);
  const ready = await get('/health/ready');
  expect(ready).toMatchObject({ status: 503, body: { code: 'not_ready' } });
  expect(ready.body['detail']).toBe('Not ready: no answer from broker. Try again later.');
});

test('the OpenAPI 3.1 document describes what there is', async () => {
  const { status, body } = await get('/v1/openapi.json');
  expect([status, body['openapi']]).toEqual([200, '3.1.0']);
  expect(Object.keys(body['paths'] as object)).toEqual(
    expect.arrayContaining(['/v1/leaderboard', '/v1/providers/{id}', '/health/live', '/health/ready']),
  );
});

describe('GET /v1/copies', () => {
  test('a copy with its money, drift and outcomes', async () => {
    const { status, body } = await get('/v1/copies/f1~a~1');
    expect(status).toBe(200);
    expect(body).toMatchObject({ copyId: 'f1~a~1', status: 'active', netPutIn: '100', drift: '0', positions: [] });
    expect(await get('/v1/copies/f1~a~1/outcomes?limit=5')).toMatchObject({
      status: 200,
      body: { items: [], next: null },
    });
  });

  test.each([
    ['/v1/copies/nobody~a~1', 404, 'not_found'],
    ['/v1/copies/nobody~a~1/outcomes', 404, 'not_found'],
    ['/v1/copies/f1~a~1/outcomes?limit=0', 400, 'bad_parameter'],
    ['/v1/copies/f1~a~1/outcomes?after=x', 400, 'bad_parameter'],
    ['/v1/copies/f1~a~1/outcomes?page=2', 400, 'bad_parameter'],
  ])('%s: %i %s', async (path, status, code) => {
    expect(await get(path)).toMatchObject({ status, body: { code } });
  });
});
