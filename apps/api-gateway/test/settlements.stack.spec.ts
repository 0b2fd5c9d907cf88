import { jest } from '@jest/globals';
import { decimal, text, zero } from '@slipstream/domain';
import { stopStack } from '@slipstream/testing';
import { undescribed } from './described.js';
import { openGateway, type Answer, type Gateway } from './open-gateway.js';
import { fillSettlements, monday, month } from './settlement-rows.js';

jest.setTimeout(60_000);

let gateway: Gateway;
const get = (path: string): Promise<Answer> => gateway.get(path);

beforeAll(async () => {
  gateway = await openGateway(fillSettlements);
});
afterAll(async () => {
  await gateway.close();
  await stopStack();
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

describe('GET /v1/copies/{id}/settlement-preview', () => {
  test('if the period ended now: equity at the latest marks, what is due, announced terms, and that it is cut', async () => {
    const { status, body } = await get('/v1/copies/f1~p~1/settlement-preview');
    expect(status).toBe(200);
    // 1,000 + 200 − 10 charged + 112 − 2 realised + 40 unrealised; the gap was 40 at 1,250.
    expect(body).toMatchObject({
      asOf: '2026-06-04T00:00:00.000Z',
      nothing: null,
      terms: { profitShareRatio: '0.15', settlementPeriod: 'weekly' },
      rounding: 'round(…) is half-even, to 8 decimals',
      announced: {
        profitShareRatio: '0.2',
        subscriptionPrice: null,
        settlementPeriod: 'monthly',
        effectiveFrom: '2026-06-08T00:00:00.000Z',
      },
      nextBoundary: '2026-06-08T00:00:00.000Z',
      due: '5',
      asked: [],
      settlement: {
        from: '2026-06-01T00:00:00.000Z',
        until: '2026-06-04T00:00:00.000Z',
        equity: '1340',
        cash: '1300',
        unrealised: '40',
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
    ['f2~p~1', 'ended', null],
    ['f3~p~1', 'not_started', null],
    ['f4~p~1', 'no_fees', null],
    ['f5~p~1', 'refused', 'private'],
    ['f6~p~1', 'ended', null],
  ])('%s has nothing to settle: %s %s', async (id, nothing, refusedFor) => {
    expect(await get(`/v1/copies/${id}/settlement-preview`)).toMatchObject({
      status: 200,
      body: { nothing, refusedFor, settlement: null, nextBoundary: null },
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

test('earnings of a part of a period say of which', async () => {
  const { body } = await get('/v1/providers/p/earnings?from=2026-05-27&to=2026-06-03');
  expect(body.items).toMatchObject([
    { from: '2026-06-01T00:00:00.000Z', until: '2026-06-03T00:00:00.000Z', whole: false },
    { from: '2026-05-27T00:00:00.000Z', until: '2026-06-01T00:00:00.000Z', whole: false },
  ]);
  const all = await get('/v1/providers/p/earnings?from=2026-05-25&to=2026-06-08');
  expect(all.body.items).toMatchObject([
    { from: '2026-06-01T00:00:00.000Z', until: '2026-06-08T00:00:00.000Z', whole: true },
    { from: '2026-05-25T00:00:00.000Z', until: '2026-06-01T00:00:00.000Z', whole: true },
  ]);
});

test('an account has paid by provider', async () => {
  expect(await get('/v1/accounts/f1/settlements')).toMatchObject({
    status: 200,
    body: {
      accountId: 'f1',
      totals: { settlements: 1, gross: '10', openDue: '5', subscriptions: { gross: '20' } },
      items: [
        { providerId: 'p', copies: 1, copyIds: ['f1~p~1'], gross: '10', lastSettlement: '2026-06-01T00:00:00.000Z' },
      ],
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

test.each([
  ['/v1/copies/{id}', '/v1/copies/f1~p~1'],
  ['/v1/copies/{id}/settlements', '/v1/copies/f1~p~1/settlements'],
  ['/v1/copies/{id}/settlement-preview', '/v1/copies/f1~p~1/settlement-preview'],
  ['/v1/copies/{id}/settlement-preview', '/v1/copies/f5~p~1/settlement-preview'],
  ['/v1/settlements/{settlementId}', `/v1/settlements/f1~p~1%2Fperiod-${monday}`],
  ['/v1/settlements/{settlementId}', `/v1/settlements/${encodeURIComponent(month.chargeId)}`],
  ['/v1/providers/{id}/earnings', '/v1/providers/p/earnings'],
  ['/v1/providers/{id}/earnings', '/v1/providers/p/earnings?by=follower'],
  ['/v1/providers/{id}/earnings', '/v1/providers/p/earnings?by=copy'],
  ['/v1/accounts/{accountId}/settlements', '/v1/accounts/f1/settlements'],
])('%s is described as it is: %s', async (address, path) => {
  const { body: document } = await get('/v1/openapi.json');
  type Answers = { get: { responses: { 200: { content: Record<string, { schema: object }> } } } };
  const described = (document['paths'] as Record<string, Answers>)[address]?.get.responses[200].content;
  const { status, body } = await get(path);
  expect(status).toBe(200);
  expect(undescribed(described?.['application/json']?.schema ?? {}, body)).toEqual([]);
});
