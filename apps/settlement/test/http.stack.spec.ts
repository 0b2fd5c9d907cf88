import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { record } from '@slipstream/contracts';
import { migrate } from '@slipstream/streams';
import { stopStack, testDatabase } from '@slipstream/testing';
import pg from 'pg';
import type { AddressInfo } from 'node:net';
import { book } from '../src/book.js';
import { migrations } from '../src/migrations/index.js';
import { ledgerPool } from '../src/ledger-pool.js';
import { ShowLedger } from '../src/show-ledger.js';

jest.setTimeout(60_000);

let app: NestFastifyApplication;
let base: string;

beforeAll(async () => {
  const { urls } = await testDatabase();
  await migrate(urls.settlement, 'settlement', migrations, 'ledger_migrations');
  const pool = new pg.Pool({ connectionString: urls.settlement, max: 2 });
  const event = record('FundsDeposited', {
    requestId: 'r',
    accountId: 'a1',
    amount: '500.50',
    asset: 'USDT',
    occurredAt: 1,
  });
  const at = { topic: 'accounts.events', partition: 0, offset: 0, cause: 0, rules: '1' };
  const client = await pool.connect();
  await book([{ ...at, event, correlationId: 'c', receivedAtMs: null, appendedAtMs: 0 }], client);
  client.release();

  // The service's own controller and pool; the stream is not what is asked here.
  @Module({ controllers: [ShowLedger], providers: [{ provide: ledgerPool, useValue: pool }] })
  class Ledger {}
  app = await NestFactory.create<NestFastifyApplication>(Ledger, new FastifyAdapter(), { logger: false });
  app.enableShutdownHooks();
  await app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await stopStack();
});

const get = async (path: string) => {
  const response = await fetch(base + path);
  return { status: response.status, body: (await response.json()) as object };
};

test('GET /trial-balance', async () => {
  expect(await get('/trial-balance')).toEqual({
    status: 200,
    body: {
      assets: { USDT: { sum: '0', accounts: 2 } },
      kinds: {
        wallet: { USDT: { sum: '500.5', accounts: 1 } },
        external: { USDT: { sum: '-500.5', accounts: 1 } },
      },
      ledgerSum: '0',
      differences: 0,
    },
  });
});

test.each(['wallet/a1', 'wallet%2Fa1'])('GET /accounts/%s', async (name) => {
  expect(await get(`/accounts/${name}`)).toEqual({
    status: 200,
    body: { account: 'wallet/a1', balances: { USDT: '500.5' } },
  });
});

test('an account without postings is not found', async () => {
  expect(await get('/accounts/wallet/nobody')).toMatchObject({
    status: 404,
    body: { message: 'Account wallet/nobody has no postings.' },
  });
});
