import { jest } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { stopStack } from '@slipstream/testing';
import { parse } from 'csv-parse/sync';
import type pg from 'pg';
import { ShowStatement } from '../src/show-statement.js';
import { at, commit, deposit, emptyLedger, end, ended, requested, ticked, withdrawal } from './ledger.js';
import { serveLedger } from './serve-ledger.js';

jest.setTimeout(60_000);

const first = Date.UTC(2024, 2, 1);
const day = 86_400_000;

let app: NestFastifyApplication;
let base: string;
let pool: pg.Pool;

beforeAll(async () => {
  pool = await emptyLedger();
  await commit(pool, at(0, ticked(first)), at(1, deposit('a1', '500', 'USDT', first + 1000)), at(2, requested('100')));
  await commit(pool, at(3, ended(end({ occurredAt: first + 5000 }), end({ fee: '0.07', occurredAt: first + 6000 }))));
  await commit(pool, at(4, ticked(first + day)), at(5, withdrawal('a1', '20.5', first + day - 1)));
  // The same accounts of the platform, written from another partition.
  await commit(pool, at(0, ticked(first), 7), at(1, ended(end({ copyId: 'b', occurredAt: first + 5500 })), 7));
  await commit(pool, at(2, deposit('a"2,é', '1', 'USDC', first + 7000), 7));

  const served = await serveLedger(pool, ShowStatement);
  app = served.app;
  base = `${served.base}/statements`;
});
afterAll(async () => {
  await app.close();
  await pool.end();
  await stopStack();
});

interface Line {
  readonly time: string;
  readonly kind: string;
  readonly counterAccount: string;
  readonly amount: string;
  readonly balance: string;
  readonly event: { readonly partition: number; readonly offset: number; readonly leg: number };
  readonly chain: { readonly entry: number; readonly balance: string; readonly hash: string };
}
interface Statement {
  readonly to: string;
  readonly opening: string;
  readonly closing: string;
  readonly chains: readonly { readonly partition: number; readonly entries: number; readonly hash: string }[];
  readonly lines: readonly Line[];
  readonly next: string | null;
}
const get = async (path: string): Promise<Statement> => {
  const response = await fetch(`${base}/${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Statement;
};
const shown = ({ time, kind, counterAccount, amount, balance }: Line): string =>
  [time.slice(8, 19), kind, counterAccount, amount, balance].join(' ');

test('what came in and went out, with the balance after each', async () => {
  const { opening, closing, lines, next } = await get('wallet/a1');
  expect([opening, closing, next]).toEqual(['0', '379.5', null]);
  expect(lines.map(shown)).toEqual([
    '01T00:00:01 deposit external 500 500',
    '01T00:00:01 allocation copy/a1~p~1 -100 400',
    '02T00:00:00 withdrawal external -20.5 379.5',
  ]);
  expect(lines[2]?.event).toEqual({ topic: 'accounts.events', partition: 0, offset: 5, leg: 0 });
});

test('a period has the balances at its start and its end; what came late is in the day that was open', async () => {
  const whole = await get('wallet%2Fa1?from=2024-03-01&to=2024-03-02');
  expect([whole.opening, whole.lines.length, whole.closing]).toEqual(['0', 2, '400']);
  const later = await get('wallet/a1?from=2024-03-02&to=2024-03-03T00:00:00Z');
  expect([later.opening, later.lines.length, later.closing]).toEqual(['400', 1, '379.5']);
  const none = await get('wallet/a1?from=2024-03-05');
  expect([none.opening, none.lines.length, none.closing]).toEqual(['379.5', 0, '379.5']);
});

test('without an end it ends after all that the ledger has, and never before it begins', async () => {
  expect(await get('wallet/a1')).toMatchObject({ from: '1970-01-01T00:00:00.000Z', to: '2024-03-02T00:00:00.001Z' });
  expect((await get('wallet/a1?from=2024-03-05')).to).toBe('2024-03-05T00:00:00.000Z');
  expect((await get('wallet/a1?to=2024-03-05')).to).toBe('2024-03-05T00:00:00.000Z');
});

test('partitions of a shared account are merged by time, page by page as in one', async () => {
  const whole = await get('fees');
  expect(whole.lines.map(shown)).toEqual([
    '01T00:00:05 fee copy/a1~p~1 0.05 0.05',
    '01T00:00:05 fee copy/b 0.05 0.1',
    '01T00:00:06 fee copy/a1~p~1 0.07 0.17',
  ]);
  const pages: Statement[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.next ?? null)
    pages.push(await get(`fees?limit=1${cursor && `&cursor=${cursor}`}`));
  expect(pages.map(({ opening }) => opening)).toEqual(['0', '0.05', '0.1']);
  expect(pages.flatMap(({ lines }) => lines)).toEqual(whole.lines);
  expect(pages.every(({ closing }) => closing === '0.17')).toBe(true);
});

test('each hash follows from the one before and the line, wherever the statement begins', async () => {
  const { chains, lines } = await get('fees?from=2024-03-01T00:00:05.200Z');
  const hashes = new Map(chains.map(({ partition, hash }) => [partition, Buffer.from(hash, 'hex')]));
  expect(lines).toHaveLength(2);
  for (const { time, kind, counterAccount, amount, event, chain } of lines) {
    const { partition, offset, leg } = event;
    const said = ['fees', 'USDT', partition, chain.entry, offset, leg, Date.parse(time), kind, counterAccount];
    const before = hashes.get(partition) ?? Buffer.alloc(32);
    const line = JSON.stringify([...said, amount, chain.balance]);
    const hash = createHash('sha256').update(before).update(line).digest();
    expect(chain.hash).toBe(hash.toString('hex'));
    hashes.set(partition, hash);
  }
});

test.each(['format=csv', 'from=1970-01-01'])('as CSV, asked for by %s', async (query) => {
  const headers = query.includes('csv') ? {} : { accept: 'text/csv' };
  const response = await fetch(`${base}/fees?${query}`, { headers });
  expect(response.headers.get('content-type')).toContain('text/csv');
  const text = await response.text();
  expect(text.split('\r\n')).toHaveLength(7);
  const { lines } = await get('fees');
  expect(parse(text, { columns: true })).toEqual([
    expect.objectContaining({ kind: 'opening_balance', balance: '0', time: '1970-01-01T00:00:00.000Z' }),
    ...lines.map((line) => ({
      ...{ time: line.time, kind: line.kind, counter_account: line.counterAccount, amount: line.amount },
      ...{ balance: line.balance, asset: 'USDT', topic: 'accounts.events', partition: String(line.event.partition) },
      ...{ offset: String(line.event.offset), leg: String(line.event.leg), entry: String(line.chain.entry) },
      ...{ chain_balance: line.chain.balance, hash: line.chain.hash },
    })),
    expect.objectContaining({ kind: 'closing_balance', balance: '0.17', time: '2024-03-02T00:00:00.001Z' }),
  ]);
});

test('names with quotes and commas are quoted', async () => {
  const text = await (await fetch(`${base}/external?asset=USDC&format=csv`)).text();
  expect(parse<{ counter_account: string }>(text, { columns: true })[1]?.counter_account).toBe('wallet/a"2,é');
});

test('a long statement comes as a stream, and readers that go away leave no connection behind', async () => {
  const many = Array.from({ length: 1200 }, (_, i) => at(100 + i, deposit('a9', '0.01', 'EUR', first), 3));
  await commit(pool, ...many);
  for (let i = 0; i < 8; i++) {
    const gone = new AbortController();
    const response = await fetch(`${base}/wallet/a9?asset=EUR&format=csv`, { signal: gone.signal });
    expect(response.status).toBe(200);
    gone.abort();
  }
  const text = await (await fetch(`${base}/wallet/a9?asset=EUR&format=csv`)).text();
  expect(text.trimEnd().split('\r\n')).toHaveLength(1203);
  expect(text).toMatch(/closing_balance,,,12,EUR/);
});

test.each([
  ['wallet/a1?from=yesterday', 400, 'from: must be a UTC date or time'],
  ['wallet/a1?from=2024-13-01', 400, 'from: must be a UTC date or time'],
  ['wallet/a1?from=2024-03-02&to=2024-03-02', 400, 'from must be before to'],
  ['wallet/a1?limit=0', 400, 'limit: must be from 1 to 1000'],
  ['wallet/a1?limit=1001', 400, 'limit: must be from 1 to 1000'],
  ['wallet/a1?cursor=abc', 400, 'cursor: is not the `next` of a page'],
  ['wallet/a1?format=pdf', 400, 'format: must be json or csv'],
  ['wallet/a1?form=csv', 400, 'form'],
  ['wallet/a%00', 400, 'is no account'],
  ['wallet', 400, '"wallet" is no account'],
  ['loans/a1', 400, '"loans/a1" is no account'],
  ['wallet/nobody', 404, 'Account wallet/nobody has no postings in USDT.'],
  ['wallet/a1?asset=BTC', 404, 'Account wallet/a1 has no postings in BTC.'],
])('%s is answered with %i', async (path, status, message) => {
  const response = await fetch(`${base}/${path}`);
  expect(response.status).toBe(status);
  expect(((await response.json()) as { message: string }).message).toContain(message);
});
