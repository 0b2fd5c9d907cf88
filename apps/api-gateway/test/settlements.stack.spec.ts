import { jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { decimal, text, zero } from '@slipstream/domain';
import {
  CopyShareRow,
  migrations,
  ProviderDueRow,
  ProviderEarningRow,
  receiptProofOf,
  SettlementRow,
  SubscriptionChargeRow,
  upsert,
} from '@slipstream/read-model';
import { migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import type { AddressInfo } from 'node:net';
import { AppModule } from '../src/app.module.js';
import { serveDescription } from '../src/describe-api.js';

jest.setTimeout(60_000);

const dayMs = 86_400_000;
/** Monday 2026-06-01, and the one after it. */
const monday = Date.UTC(2026, 5, 1);
const nextMonday = monday + 7 * dayMs;
let app: NestFastifyApplication;
let writer: pg.Pool;
let base: string;

beforeAll(async () => {
  const { urls } = await testDatabase();
  process.env['DATABASE_URL'] = urls['api-gateway'];
  // Nothing here needs a broker.
  process.env['KAFKA_BROKERS'] = '127.0.0.1:1';
  process.env['LOG_LEVEL'] = 'silent';
  await migrate(urls['stats-projector'], 'read_model', migrations, 'read_model_migrations');
  writer = new pg.Pool({ connectionString: urls['stats-projector'], max: 1 });
  await fill();
  app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
  serveDescription(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await writer.end();
  await stopStack();
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & {
    readonly items?: Record<string, unknown>[];
    readonly next?: string | null;
  };
}

async function get(path: string): Promise<Answer> {
  const response = await fetch(base + path);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const ids = { accountId: 'f1', copyId: 'f1~p~1', providerId: 'p' };

/** 1,000 put in, 100 earned, 15 % of it paid but 5; then 40 lost, 200 put in, 90 earned until now. */
const receipt: Omit<SettlementRow, 'hash' | 'duplicates'> = {
  ...ids,
  settlementId: `f1~p~1/period-${monday}`,
  logPartition: 3,
  logOffset: 41,
  cause: 'period',
  settlementPeriod: 'weekly',
  from: monday - 3 * dayMs,
  until: monday,
  equityOpening: '1000',
  deposits: '0',
  withdrawals: '0',
  pnl: '100',
  equityBefore: '1100',
  gapOpening: '0',
  gapWithdrawn: '0',
  gapBefore: '-100',
  newProfit: '100',
  gapAfter: '0',
  profitShareRatio: '0.15',
  accrued: '15',
  dueBefore: '0',
  available: '10',
  providerGross: '10',
  dueAfter: '5',
  platformFeeRatio: '0.02',
  platformFee: '0.2',
  providerNet: '9.8',
  equityAfter: '1090',
  measuredAt: 77,
  chargedAt: 80,
  occurredAt: monday,
};

const month: SubscriptionChargeRow = {
  ...ids,
  chargeId: `f1~p~1/subscription/month-${monday + dayMs}`,
  logPartition: 3,
  logOffset: 44,
  price: '20',
  from: monday + dayMs,
  until: monday + 31 * dayMs,
  available: '300',
  paid: true,
  platformFeeRatio: '0.02',
  platformFee: '0.4',
  providerNet: '19.6',
  chargedAt: 90,
  occurredAt: monday + dayMs,
  hash: 'ab',
  duplicates: 0,
};

const sums = {
  settlements: 1,
  newProfit: '100',
  accrued: '15',
  providerGross: '10',
  platformFee: '0.2',
  providerNet: '9.8',
  monthsPaid: 1,
  monthsUnpaid: 0,
  subscriptionGross: '20',
  subscriptionFee: '0.4',
  subscriptionNet: '19.6',
};

const shareRow: CopyShareRow = {
  ...ids,
  ...sums,
  accountsPartition: 3,
  followerNo: 1,
  copyNo: 1,
  logOffset: 44,
  status: 'running',
  feeModel: 'profit_share',
  profitShareRatio: '0.15',
  settlementPeriod: 'weekly',
  announced: JSON.stringify({
    fees: { feeModel: 'profit_share', profitShareRatio: '0.2', subscriptionPrice: null, settlementPeriod: 'monthly' },
    effectiveFrom: nextMonday,
  }),
  startedWith: '1000',
  startedAt: monday - 3 * dayMs,
  carriedFrom: null,
  deposited: '200',
  withdrawn: '0',
  gap: '40',
  equity: '1250',
  due: '5',
  settledAt: monday,
  retirementSettled: false,
  openingEquity: '1090',
  openingGap: '0',
  openingDeposits: '200',
  openingWithdrawals: '0',
  openingGapWithdrawn: '0',
  pending: '[]',
  lastSettlement: monday,
  subscriptionId: 'f1~p~1/subscription',
  subscriptionStatus: 'active',
  subscriptionPrice: '20',
  paidUntil: month.until,
  lastMonth: month.from,
};

const nothing = Object.fromEntries(
  Object.keys(sums).map((name) => [name, name.startsWith('m') || name === 'settlements' ? 0 : '0']),
);

async function fill(): Promise<void> {
  const client = await writer.connect();
  await client.query(`INSERT INTO providers VALUES ('p', 0, 'P', 1000, 'profit_share', 0.15, NULL, 'public', 0, false, false,
    false, true, 2, 'active', 'futures', true, 2, 'low', 30, 0)`);
  // PnL of all time: 100 − 40 + 50 realised, 40 unrealised at the marks of the line.
  await client.query(`INSERT INTO copies (copy_id, account_id, provider_id, accounts_partition, line, status, stop_reason,
      copy_total_amt, from_order, realised_pnl, fees, returned, placed, skipped, filled, rejected, requested_at, stopped_at,
      put_in, insured, invested, started_with, growth, base) VALUES
    ('f1~p~1', 'f1', 'p', 3, 0, 'active', NULL, 1200, 1, 112, 2, NULL, 4, 1, 3, 1, 0, NULL, 1190, 0, 1200, 1000, 1, 100),
    ('f2~p~1', 'f2', 'p', 3, 0, 'active', NULL, 500, 1, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f3~p~1', 'f3', 'p', 3, 0, 'starting', NULL, 500, NULL, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500),
    ('f4~p~1', 'f4', 'p', 3, 0, 'active', NULL, 500, 1, 0, 0, NULL, 0, 0, 0, 0, 0, NULL, 500, 0, 500, 500, 1, 500)`);
  await client.query(`INSERT INTO lines VALUES (0, ${monday + 3 * dayMs})`);
  await client.query(`INSERT INTO line_marks VALUES (0, 'BTCUSDT', 140, 1)`);
  await client.query(`INSERT INTO copied_lead_positions (copy_id, lead_position_id, instrument, position_side, target, quantity,
    cost) VALUES ('f1~p~1', 'p/BTCUSDT/long/1', 'BTCUSDT', 'long', 1, 1, 100)`);
  await upsert(client, SettlementRow, [{ ...receipt, hash: receiptProofOf(receipt), duplicates: 0 }]);
  await upsert(client, SubscriptionChargeRow, [month]);
  const stopped = { accountId: 'f2', copyId: 'f2~p~1', followerNo: 2, status: 'ended', due: '0' };
  await upsert(client, CopyShareRow, [shareRow, { ...shareRow, ...nothing, ...stopped }]);
  const of = { providerId: 'p', accountsPartition: 3 };
  const day = monday / dayMs;
  await upsert(client, ProviderEarningRow, [
    { ...of, ...sums, ...monthly('0'), day: day - 1, settlementPeriod: 'weekly', periodUntil: monday },
    { ...of, ...sums, ...shares('0'), day: day + 1, settlementPeriod: 'weekly', periodUntil: nextMonday },
  ]);
  await upsert(client, ProviderDueRow, [{ ...of, followers: 2, due: '5', asOf: monday + dayMs, logOffset: 44 }]);
  client.release();
}

const monthly = (none: '0') => ({
  monthsPaid: 0,
  subscriptionGross: none,
  subscriptionFee: none,
  subscriptionNet: none,
});
const shares = (none: '0') => ({
  ...{ settlements: 0, newProfit: none, accrued: none, providerGross: none, platformFee: none, providerNet: none },
});

describe('GET /v1/copies/{id}/settlements', () => {
  test('receipts and months, newest first, page by page', async () => {
    const first = await get('/v1/copies/f1~p~1/settlements?limit=1');
    expect(first).toMatchObject({
      status: 200,
      body: {
        notice: "Past results don't guarantee future results.",
        items: [{ kind: 'subscription', price: '20', paid: true, proof: { charge: { offset: 90, partition: 3 } } }],
      },
    });
    const second = await get(`/v1/copies/f1~p~1/settlements?limit=1&cursor=${first.body.next}`);
    expect(second.body).toMatchObject({
      items: [
        {
          kind: 'profit_share',
          newProfit: '100',
          providerGross: '10',
          dueAfter: '5',
          until: '2026-06-01T00:00:00.000Z',
        },
      ],
      next: null,
    });
  });

  test('a copy that has paid nothing has an empty page', async () => {
    expect(await get('/v1/copies/f4~p~1/settlements')).toMatchObject({ status: 200, body: { items: [], next: null } });
  });
});

describe('GET /v1/settlements/{settlementId}', () => {
  test.each(['f1~p~1%2Fperiod-', 'f1~p~1/period-'])(
    '%s…: every input, step, log position and the hash',
    async (path) => {
      const { status, body } = await get(`/v1/settlements/${path}${monday}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        notice: "Past results don't guarantee future results.",
        inputs: { equityOpening: '1000', pnl: '100', profitShareRatio: '0.15', available: '10', dueBefore: '0' },
        steps: [
          {
            name: 'equityBefore',
            formula: 'equityOpening + deposits − withdrawals + pnl = 1000 + 0 − 0 + 100',
            value: '1100',
          },
          { name: 'gapBefore', formula: 'gapOpening − pnl − gapWithdrawn = 0 − 100 − 0', value: '-100' },
          { name: 'newProfit', formula: 'max(0, −gapBefore) = max(0, −(-100))', value: '100' },
          { name: 'gapAfter', formula: 'max(0, gapBefore) = max(0, (-100))', value: '0' },
          { name: 'accrued', formula: 'round(newProfit × profitShareRatio) = round(100 × 0.15)', value: '15' },
          { name: 'providerGross', formula: 'min(dueBefore + accrued, available) = min(0 + 15, 10)', value: '10' },
          { name: 'dueAfter', formula: 'dueBefore + accrued − providerGross = 0 + 15 − 10', value: '5' },
          { name: 'platformFee', formula: 'round(providerGross × platformFeeRatio) = round(10 × 0.02)', value: '0.2' },
          { name: 'providerNet', formula: 'providerGross − platformFee = 10 − 0.2', value: '9.8' },
          { name: 'equityAfter', formula: 'equityBefore − providerGross = 1100 − 10', value: '1090' },
        ],
        proof: {
          receipt: { topic: 'settlements.events', partition: 3, offset: 41 },
          measure: { topic: 'accounts.events', partition: 3, offset: 77 },
          charge: { topic: 'accounts.events', partition: 3, offset: 80 },
          hash: receiptProofOf(receipt),
        },
      });
    },
  );
});

describe('GET /v1/copies/{id}/settlement-preview', () => {
  test('if the period ended now: equity at the latest marks, what is due, announced terms, and that it is cut', async () => {
    const { status, body } = await get('/v1/copies/f1~p~1/settlement-preview');
    expect(status).toBe(200);
    // 1,000 + 200 − 10 charged + 112 − 2 realised + 40 unrealised; the gap was 40 at 1,250.
    expect(body).toMatchObject({
      asOf: '2026-06-04T00:00:00.000Z',
      nothing: null,
      terms: { profitShareRatio: '0.15', settlementPeriod: 'weekly' },
      announced: { profitShareRatio: '0.2', settlementPeriod: 'monthly', effectiveFrom: '2026-06-08T00:00:00.000Z' },
      nextBoundary: '2026-06-08T00:00:00.000Z',
      due: '5',
      asked: [],
      settlement: {
        from: '2026-06-01T00:00:00.000Z',
        until: '2026-06-04T00:00:00.000Z',
        equity: '1340',
        gap: '-50',
        newProfit: '50',
        accrued: '7.5',
        owed: '12.5',
        platformFeeAtMost: '0.25',
        providerNetAtMost: '12.25',
      },
    });
    expect(body['charge']).toMatch(/available in the copy at that moment; the rest stays due/);
    const copy = await get('/v1/copies/f1~p~1');
    expect((body['settlement'] as { equity: string }).equity).toBe(copy.body['equity']);
  });

  test.each([
    ['f2~p~1', 'ended'],
    ['f3~p~1', 'not_started'],
    ['f4~p~1', 'no_fees'],
  ])('%s has nothing to settle: %s', async (id, nothing) => {
    expect(await get(`/v1/copies/${id}/settlement-preview`)).toMatchObject({
      status: 200,
      body: { nothing, settlement: null, nextBoundary: null },
    });
  });
});

describe('GET /v1/providers/{id}/earnings', () => {
  const plain = { newProfit: '100', accrued: '15', gross: '10', platformFee: '0.2', net: '9.8' };

  test('by period, with subscriptions beside, totals and where it comes from', async () => {
    const { status, body } = await get('/v1/providers/p/earnings');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      notice: "Past results don't guarantee future results.",
      providerId: 'p',
      by: 'period',
      asOf: '2026-06-02T00:00:00.000Z',
      positions: [{ partition: 3, offset: 44 }],
      totals: { settlements: 1, ...plain, openDue: '5', subscriptions: { monthsPaid: 1, gross: '20', net: '19.6' } },
      items: [
        { from: '2026-06-01T00:00:00.000Z', settlements: 0, subscriptions: { monthsPaid: 1, gross: '20' } },
        { until: '2026-06-01T00:00:00.000Z', settlements: 1, ...plain, openDue: null },
      ],
      next: null,
    });
  });

  test.each([
    [
      'follower',
      [
        { follower: '3-1', copies: 1, ...plain, openDue: '5' },
        { follower: '3-2', gross: '0', openDue: '0' },
      ],
    ],
    [
      'copy',
      [
        { follower: '3-1', copy: '3-1-1', ...plain },
        { copy: '3-2-1', gross: '0' },
      ],
    ],
  ])('by %s, page by page, without any id of a follower', async (by, expected) => {
    const items: Record<string, unknown>[] = [];
    for (let next = ''; ;) {
      const { body } = await get(`/v1/providers/p/earnings?by=${by}&limit=1${next}`);
      items.push(...(body.items ?? []));
      expect(JSON.stringify(body)).not.toMatch(/f[12]/);
      if (!body.next) break;
      next = `&cursor=${body.next}`;
    }
    expect(items).toMatchObject(expected);
    const gross = items.reduce((sum, item) => sum.plus(decimal(String(item['gross']))), zero);
    expect(text(gross)).toBe('10');
  });

  test.each([
    ['from=2026-05-31&to=2026-06-01', 1, 0],
    ['from=2026-06-01', 0, 1],
    ['to=2026-05-31', 0, 0],
  ])('%s: a settlement at midnight belongs to the day before it', async (range, settlements, monthsPaid) => {
    for (const by of ['period', 'follower', 'copy']) {
      const { body } = await get(`/v1/providers/p/earnings?by=${by}&${range}`);
      expect(body['totals']).toMatchObject({ settlements, subscriptions: { monthsPaid } });
      const items = body.items as { settlements: number; subscriptions: { monthsPaid: number } }[];
      expect(items.reduce((n, item) => n + item.settlements, 0)).toBe(settlements);
      expect(items.reduce((n, item) => n + item.subscriptions.monthsPaid, 0)).toBe(monthsPaid);
    }
  });
});

test('an account has paid by provider', async () => {
  expect(await get('/v1/accounts/f1/settlements')).toMatchObject({
    status: 200,
    body: {
      accountId: 'f1',
      totals: { settlements: 1, gross: '10', openDue: '5', subscriptions: { gross: '20' } },
      items: [{ providerId: 'p', copies: 1, gross: '10', lastSettlement: '2026-06-01T00:00:00.000Z' }],
      next: null,
    },
  });
  // Copies without fees pay nothing.
  expect(await get('/v1/accounts/f4/settlements')).toMatchObject({ status: 200, body: { items: [], next: null } });
});

const cursorOf = (...parts: string[]): string => Buffer.from(parts.join('\n')).toString('base64url');

test.each([
  ['/v1/copies/nobody/settlements', 404, 'There is no copy nobody.'],
  ['/v1/copies/nobody/settlement-preview', 404, 'There is no copy nobody.'],
  ['/v1/copies/f1~p~1/settlements?limit=0', 400, 'limit must be a whole number from 1 to 100'],
  ['/v1/copies/f1~p~1/settlements?cursor=x', 400, 'The cursor is damaged'],
  ['/v1/copies/f1~p~1/settlements?page=1', 400, 'unknown parameter page'],
  ['/v1/copies/%00/settlements', 400, 'A copy id has at most'],
  ['/v1/settlements/f1~p~1%2Fstop', 404, 'There is no settlement f1~p~1/stop.'],
  ['/v1/providers/nobody/earnings', 404, 'There is no provider nobody.'],
  ['/v1/providers/p/earnings?by=year', 400, 'by must be one of period, follower, copy'],
  ['/v1/providers/p/earnings?from=2026-02-30', 400, 'from must be a day, YYYY-MM-DD'],
  ['/v1/providers/p/earnings?from=2026-03-02&to=2026-03-01', 400, 'from must be before to'],
  ['/v1/providers/p/earnings?to=yesterday', 400, 'to must be a day'],
  [`/v1/providers/p/earnings?cursor=${cursorOf('copy', '1', '2', '3')}`, 400, 'of another grouping'],
  [`/v1/providers/p/earnings?by=copy&cursor=${cursorOf('copy', '1', '2; DROP', '3')}`, 400, 'damaged'],
  [`/v1/providers/p/earnings?by=copy&cursor=${cursorOf('copy', '1', '9999999999', '3')}`, 200, ''],
  ['/v1/accounts/nobody/settlements', 404, 'There is no account nobody that has copied anybody.'],
  [`/v1/accounts/f1/settlements?cursor=${cursorOf('x', 'y')}`, 400, 'The cursor is damaged'],
])('%s: %i %s', async (path, status, sentence) => {
  const answer = await get(path);
  expect([answer.status, JSON.stringify(answer.body['detail'] ?? '')]).toEqual([
    status,
    expect.stringContaining(sentence) as unknown,
  ]);
});

test('the OpenAPI 3.1 document describes all of it', async () => {
  const { body } = await get('/v1/openapi.json');
  expect(Object.keys(body['paths'] as object)).toEqual(
    expect.arrayContaining([
      '/v1/copies/{id}/settlements',
      '/v1/copies/{id}/settlement-preview',
      '/v1/settlements/{settlementId}',
      '/v1/providers/{id}/earnings',
      '/v1/accounts/{accountId}/settlements',
    ]),
  );
});
