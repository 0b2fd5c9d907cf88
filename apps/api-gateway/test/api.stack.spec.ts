import { jest } from '@jest/globals';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { migrations, ProviderRow, ProviderStatsRow, upsert } from '@slipstream/read-model';
import { migrate } from '@slipstream/streams';
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
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
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

/** Five providers: two share a ROI, one has none yet. */
async function fill(): Promise<void> {
  const roi = { a: '0.5', b: '-0.25', c: '0.5', d: null, e: '1.125' };
  const ids = Object.keys(roi) as (keyof typeof roi)[];
  const client = await writer.connect();
  await upsert(
    client,
    ProviderRow,
    ids.map((providerId) => ({
      providerId,
      line: 0,
      displayName: `Provider ${providerId}`,
      startingCapital: '1000',
      profitShareRatio: '0.1',
      registeredAt: 0,
    })),
  );
  await upsert(
    client,
    ProviderStatsRow,
    ids.map((providerId, i) => statsRow(providerId, roi[providerId], String(100 - i))),
  );
  await client.query(`INSERT INTO read_model.lead_positions VALUES
    ('a', 'a/BTCUSDT/long/1', 'BTCUSDT', 'long', 1, 2.50, 100, 250, 0, 0.1, 5, NULL),
    ('a', 'a/ETHUSDT/net/2', 'ETHUSDT', 'net', 2, 0, 0, 90, 12.340, 0.34, 5, 9)`);
  await client.query(`INSERT INTO read_model.provider_daily VALUES ('a', '1970-01-01', 1500, 0.5, 1.5)`);
  await client.query(`INSERT INTO read_model.copies VALUES
    ('f1~a~1', 'f1', 'a', 3, 0, 'active', NULL, 100, 1, 5, 1, NULL, 4, 1, 3, 1, 0, NULL, 100, 0),
    ('f2~a~1', 'f2', 'a', 4, 0, 'stopped', 'follower', 100, 1, 5, 1, 90, 4, 0, 4, 0, 0, 9, 100, 0)`);
  client.release();
}

const statsRow = (providerId: string, roiAll: string | null, netPnl: string): ProviderStatsRow => ({
  providerId,
  asOf: 86_400_000,
  logPartition: 0,
  logOffset: 7,
  formulaVersion: 1,
  fills: 2,
  orders: 2,
  owed: 0,
  grossPnl: netPnl,
  fees: '0',
  netPnl,
  closedPositions: 5,
  wonPositions: 4,
  winRate: '0.8',
  roiAll,
  maxDrawdown: '0',
  seriesDays: 7,
  seriesDayStartEquity: '1000',
  seriesLastReturn: '0',
  seriesGrowth: '1',
  seriesPeak: '1',
  seriesDrawdown: '0',
  seriesEnded: false,
  seriesBoundary: 86_400_000,
});

interface Page {
  readonly items: { readonly providerId: string; readonly roiAll: string | null }[];
  readonly next: string | null;
}

async function allPages(query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await get(`/v1/leaderboard?${query}${cursor}`);
    expect(status).toBe(200);
    const page = body as unknown as Page;
    ids.push(...page.items.map(({ providerId }) => providerId));
    if (page.next === null) return ids;
    cursor = `&cursor=${page.next}`;
  }
}

describe('GET /v1/leaderboard', () => {
  test.each([
    ['limit=1', 'eacbd'],
    ['limit=2', 'eacbd'],
    ['sort=roiAll&order=asc&limit=2', 'baced'],
    ['sort=netPnl&limit=3', 'abcde'],
    ['sort=followers&limit=1', 'abcde'],
    ['sort=aum&limit=2&order=asc', 'bcdea'],
    ['sort=winRate&limit=1', 'abcde'],
    ['sort=maxDrawdown&limit=100', 'abcde'],
  ])('%s gives every provider once, in order: %s', async (query, expected) => {
    expect((await allPages(query)).join('')).toBe(expected);
  });

  test('says that it is paper money and no promise; numbers are texts', async () => {
    const { body } = await get('/v1/leaderboard?limit=2');
    expect(body).toMatchObject({ notice: "Past results don't guarantee future results.", paperMoney: true });
    expect((body as unknown as Page).items[1]).toMatchObject({
      providerId: 'a',
      displayName: 'Provider a',
      roiAll: '0.5',
      winRate: '0.8',
      isNew: false,
      activeFollowers: 1,
      aum: '100',
      asOf: '1970-01-02T00:00:00.000Z',
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
    ['cursor=abc', 'start from the first page'],
    [`cursor=${Buffer.from('["roiAll","desc","1; DROP TABLE x","a"]').toString('base64url')}`, 'damaged'],
    [`sort=netPnl&cursor=${Buffer.from('["roiAll","desc","1","a"]').toString('base64url')}`, 'does not belong'],
  ])('%s is refused with a sentence', async (query, sentence) => {
    const { status, type, body } = await get(`/v1/leaderboard?${query}`);
    expect([status, type]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ code: 'bad_parameter', status: 400 });
    expect(body['detail']).toContain(sentence);
  });
});

describe('GET /v1/providers/{id}', () => {
  test('gives statistics, positions, curve and copies', async () => {
    const { status, body } = await get('/v1/providers/a');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      providerId: 'a',
      paperMoney: true,
      activeFollowers: 1,
      logPosition: { partition: 0, offset: 7 },
      openPositions: [{ instrument: 'BTCUSDT', quantity: '2.5', closedAt: null }],
      closedPositionsLast: [{ instrument: 'ETHUSDT', netPnl: '12', closedAt: '1970-01-01T00:00:00.009Z' }],
      equityCurve: [{ day: '1970-01-01', equity: '1500', return: '0.5', growth: '1.5' }],
      copies: { placed: 8, skipped: 1, filled: 7, rejected: 1 },
    });
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
    expect(body).toMatchObject({ copyId: 'f1~a~1', status: 'active', putIn: '100', drift: '0', positions: [] });
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
