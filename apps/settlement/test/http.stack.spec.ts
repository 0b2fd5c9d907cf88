import { jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { stopStack } from '@slipstream/testing';
import { ShowLedger } from '../src/show-ledger.js';
import { at, commit, deposit, emptyLedger } from './ledger.js';
import { serveLedger } from './serve-ledger.js';

jest.setTimeout(60_000);

let app: NestFastifyApplication;
let base: string;
const longest = 'x'.repeat(90);

beforeAll(async () => {
  const pool = await emptyLedger();
  await commit(pool, at(0, deposit('a1', '500.50')), at(1, deposit(longest, '1', 'EUR')));
  ({ app, base } = await serveLedger(pool, ShowLedger));
});
afterAll(async () => {
  await app.close();
  await stopStack();
});

const get = async (path: string) => {
  const response = await fetch(base + path);
  return { status: response.status, body: (await response.json()) as object };
};

const now = {
  assets: { EUR: { sum: '0', accounts: 2 }, USDT: { sum: '0', accounts: 2 } },
  kinds: {
    wallet: { EUR: { sum: '1', accounts: 1 }, USDT: { sum: '500.5', accounts: 1 } },
    external: { EUR: { sum: '-1', accounts: 1 }, USDT: { sum: '-500.5', accounts: 1 } },
  },
  ledgerSum: '0',
};

test('GET /trial-balance', async () => {
  expect(await get('/trial-balance')).toEqual({ status: 200, body: now });
});

test('GET /trial-balance?check=postings derives every balance again', async () => {
  expect(await get('/trial-balance?check=postings')).toEqual({ status: 200, body: { ...now, differences: 0 } });
});

test.each(['wallet/a1', 'wallet%2Fa1'])('GET /accounts/%s', async (name) => {
  expect(await get(`/accounts/${name}`)).toEqual({
    status: 200,
    body: { account: 'wallet/a1', balances: { USDT: '500.5' } },
  });
});

test('a name of many letters', async () => {
  expect(await get(`/accounts/wallet/${longest}`)).toMatchObject({ status: 200, body: { balances: { EUR: '1' } } });
});

test.each([
  ['/accounts/wallet/nobody', 404, 'Account wallet/nobody has no postings.'],
  ['/accounts/wallet', 400, '"wallet" is no account'],
  ['/accounts/loans/x', 400, '"loans/x" is no account: kinds are wallet, copy,'],
  ['/accounts/wallet%2Fa%00', 400, 'is no account'],
  ['/accounts/wallet/a1?asset=BTC', 400, 'asset'],
  ['/trial-balance?x=1', 400, 'x'],
  ['/trial-balance?check=all', 400, 'check: must be postings'],
  ['/trial-balance?check=postings&to=2024-03-01', 400, 'check=postings is of now: leave out from, to'],
  ['/trial-balance?from=yesterday', 400, 'from: must be a UTC date'],
  ['/trial-balance?from=2024-03-01T12:00Z', 400, 'from: must be the start of a UTC day, such as 2024-03-01'],
  ['/trial-balance?from=2024-03-02&to=2024-03-02', 400, 'from must be before to'],
  ['/trial-balance?from=2024-03-02&from=2024-03-03', 400, 'from: give it once'],
  ['/trial-balance?accounts=1', 400, 'accounts: must be true or false'],
  ['/trial-balance?limit=5', 400, 'ask with accounts=true'],
  ['/trial-balance?accounts=true&limit=501', 400, 'limit: must be from 1 to 500'],
  ['/trial-balance?accounts=true&cursor=abc', 400, 'cursor: is not the `next` of a page'],
  ['/trial-balance?format=pdf', 400, 'format: must be json or csv'],
])('%s is answered with %i', async (path, status, message) => {
  const answer = await get(path);
  expect([path, answer.status]).toEqual([path, status]);
  expect((answer.body as { message: string }).message).toContain(message);
});
