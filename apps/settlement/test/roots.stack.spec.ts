import { jest } from '@jest/globals';
import { createHash, createPublicKey, generateKeyPairSync, verify, type JsonWebKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AnyRecord } from '@slipstream/contracts';
import { inTransaction, type JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import fc from 'fast-check';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';
import { book } from '../src/book.js';
import { ledgerPool } from '../src/ledger-pool.js';
import type { DayRoot, HeadProof, PublishedKey, WireStep } from '../src/roots.js';
import { ShowRoots } from '../src/show-roots.js';
import { at, commit, deposit, emptyLedger, end, ended, requested, ticked, withdrawal } from './ledger.js';

jest.setTimeout(120_000);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
afterAll(stopStack);

const partitions = 12;
const day = 86_400_000;
const first = Date.UTC(2024, 2, 1);
const everywhere = (offset: number, event: AnyRecord): JournalRecord[] =>
  Array.from({ length: partitions }, (_, partition) => at(offset, event, partition));

const sha256 = (...parts: (Buffer | string)[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();
const emptyTree = sha256('').toString('hex');
const leaf = (line: string): Buffer => sha256(Buffer.from([0]), line);
const climb = (from: Buffer, path: readonly WireStep[]): string =>
  path
    .reduce((below, { side, hash }) => {
      const beside = Buffer.from(hash, 'hex');
      return sha256(Buffer.from([1]), ...(side === 'left' ? [beside, below] : [below, beside]));
    }, from)
    .toString('hex');

describe('a day that all partitions are past', () => {
  let pool: pg.Pool;
  let app: NestFastifyApplication;
  let base: string;
  beforeAll(async () => {
    pool = await emptyLedger();
    // Before the first tick: it belongs to the first day.
    await commit(pool, at(0, deposit('a1', '500', 'USDT', first - 5)), ...everywhere(1, ticked(first)));
    await commit(pool, at(2, requested('100')), at(3, ended(end({ occurredAt: first + 9 }))));
    await commit(pool, at(2, ended(end({ copyId: 'b', occurredAt: first + 3 })), 7));
    await commit(pool, ...everywhere(4, ticked(first + day)).slice(1));
    await commit(pool, at(5, withdrawal('a1', '20.5', first + day - 1)));
    expect((await pool.query('SELECT 1 FROM settlement.roots')).rowCount).toBe(0);
    await commit(pool, ...everywhere(6, ticked(first + day)).slice(0, 1));
    await commit(pool, at(7, withdrawal('a1', '1', first + day - 1)));
    // Two days without a tick: there is nothing to say of them.
    await commit(pool, ...everywhere(8, ticked(first + 4 * day)));

    @Module({ controllers: [ShowRoots], providers: [{ provide: ledgerPool, useValue: pool }] })
    class Roots {}
    app = await NestFactory.create<NestFastifyApplication>(Roots, new FastifyAdapter(), { logger: false });
    await app.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await pool.end();
  });
  const ask = (path: string): Promise<Response> => fetch(base + path);
  const get = async <T>(path: string): Promise<T> => (await ask(path)).json() as Promise<T>;

  test('has a root, chained to the one before, that anybody can compute from what is shown', async () => {
    const { roots, next } = await get<{ roots: DayRoot[]; next: string | null }>('/roots');
    expect(roots.map((root) => root.day)).toEqual(['2024-03-02', '2024-03-01']);
    expect(next).toBeNull();
    let previous = '00'.repeat(32);
    for (const root of roots.toReversed()) {
      const line = JSON.stringify([root.day, root.tree]);
      expect(root.previous).toBe(previous);
      expect(root.root).toBe((previous = sha256(Buffer.from(previous, 'hex'), line).toString('hex')));
    }
  });

  test('is over the closings of all partitions, those without postings included', async () => {
    const { closings } = await get<{ closings: HeadProof['closing'][] }>('/roots/2024-03-01');
    expect(closings).toHaveLength(partitions);
    expect(closings[0]).toMatchObject({ topic: 'accounts.events', partition: 0, offset: 6, heads: 4 });
    expect(closings[7]).toMatchObject({ partition: 7, offset: 4, heads: 2 });
    expect(closings[3]).toEqual({ topic: 'accounts.events', partition: 3, offset: 4, heads: 0, root: emptyTree });
  });

  test('is signed with a key that is shown', async () => {
    const { keys } = await get<{ keys: PublishedKey[] }>('/keys');
    expect(keys).toMatchObject([{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig' }]);
    // Nothing of the private part.
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const { jws, tree, previous, root } = await get<DayRoot>('/roots/2024-03-02');
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const said = [header, payload].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object);
    expect(said).toEqual([
      { alg: 'EdDSA', kid: keys[0]?.kid, typ: 'ledger-root' },
      { day: '2024-03-02', tree, previous, root },
    ]);
    const key = createPublicKey({ key: keys[0] as unknown as JsonWebKey, format: 'jwk' });
    const isGood = (text: string) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'));
    expect([isGood(`${header}.${payload}`), isGood(`${header}.${payload.slice(1)}`)]).toEqual([true, false]);
  });

  test.each([
    ['wallet/a1', '2024-03-01', [['379.5', 3, 0]]],
    ['wallet%2Fa1', '2024-03-02', [['378.5', 4, 0]]],
    [
      'fees',
      '2024-03-01',
      [
        ['0.05', 1, 0],
        ['0.05', 1, 7],
      ],
    ],
  ])('proves where %s stood at the end of %s', async (account, date, stood) => {
    const { tree, heads } = await get<{ tree: string; heads: HeadProof[] }>(`/roots/${date}/proof/${account}`);
    expect(heads.map(({ balance, entries, closing }) => [balance, entries, closing.partition])).toEqual(stood);
    for (const { account: name, asset, entries, balance, hash, path, closing, closingPath } of heads) {
      expect(climb(leaf(JSON.stringify([name, asset, entries, balance, hash])), path)).toBe(closing.root);
      const { topic, partition, offset, heads: count, root } = closing;
      expect(climb(leaf(JSON.stringify([topic, partition, offset, count, root])), closingPath)).toBe(tree);
      expect(climb(leaf(JSON.stringify([name, asset, entries, `${balance}1`, hash])), path)).not.toBe(closing.root);
    }
  });

  test.each([
    ['/roots/2024-3-1', 400, '"2024-3-1" is no day: give one such as 2024-03-01.'],
    ['/roots?before=soon', 400, '"soon" is no day'],
    ['/roots?limit=0', 400, 'limit: must be from 1 to 400'],
    ['/roots?day=2024-03-01', 400, 'day'],
    ['/roots/2024-03-05', 404, 'the latest is of 2024-03-02.'],
    ['/roots/2024-03-01/proof/loans', 400, '"loans" is no account'],
    ['/roots/2024-03-02/proof/copy/a1~p~1', 404, 'proved by /roots/2024-03-01/proof/copy/a1~p~1.'],
    ['/roots/2024-03-02/proof/wallet/nobody', 404, 'nor on a day before with a root.'],
  ])('%s is answered with %i', async (path, status, message) => {
    const response = await ask(path);
    const body = (await response.json()) as { message: string };
    expect([response.status, body.message]).toEqual([status, expect.stringContaining(message)]);
  });

  test('is shown on pages', async () => {
    expect(await get('/roots?limit=1')).toMatchObject({ roots: [{ day: '2024-03-02' }], next: '2024-03-02' });
    expect(await get('/roots?limit=1&before=2024-03-02')).toMatchObject({ roots: [{ day: '2024-03-01' }], next: null });
  });

  test.each(['day_heads', 'closings', 'roots', 'signatures'])('stays as it is: %s', async (table) => {
    await expect(pool.query(`UPDATE settlement.${table} SET day = 0`)).rejects.toThrow('never changed or removed');
    await expect(pool.query(`DELETE FROM settlement.${table}`)).rejects.toThrow('never changed or removed');
  });
});

const events: fc.Arbitrary<AnyRecord> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 4 * day }))
    .map(([who, when]) => deposit(`a${who}`, `${who}.5`, who === 3 ? 'USDC' : 'USDT', first + when)),
  fc.integer({ min: 0, max: 4 * day }).map((moment) => ticked(first + moment)),
  fc.constant(ended(end({ commission: '0.001' }))),
);

/** What the journal alone decides, signatures by a given key included. */
async function rowsOf(pool: pg.Pool): Promise<string> {
  const tables = ['postings', 'day_heads', 'closings', 'roots', 'signatures', 'clocks'];
  const found = tables.map((table) =>
    pool.query<{ row: string }>(`SELECT t::text AS row FROM settlement.${table} t ORDER BY 1`),
  );
  return (await Promise.all(found)).map(({ rows }) => rows.map(({ row }) => row).join('\n')).join('\n\n');
}

test('whichever partition is booked first, and however it is cut, days have the same roots', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const bookWith = (pool: pg.Pool, records: readonly JournalRecord[]) =>
    inTransaction(pool, (client) => book(records, client, privateKey));
  let days = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(events, fc.integer({ min: 0, max: partitions - 1 })), { minLength: 20, maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      async (history, cuts) => {
        const next = Array.from({ length: partitions }, () => 1);
        const numbered = history.map(([event, p]) => at((next[p] = (next[p] as number) + 1), event, p));
        const records = [
          ...everywhere(0, ticked(first + day / 2)),
          ...numbered,
          ...everywhere(1000, ticked(first + 5 * day)),
        ];
        const turned = records.toSorted((a, b) => b.partition - a.partition);
        const [whole, cut] = await Promise.all([emptyLedger(), emptyLedger()]);
        await bookWith(whole, records);
        for (let from = 0, i = 0; from < turned.length; i++)
          await bookWith(cut, turned.slice(from, (from += cuts[i % cuts.length] as number)));
        const rows = await rowsOf(whole);
        expect(await rowsOf(cut)).toBe(rows);
        days += (await whole.query('SELECT 1 FROM settlement.roots')).rowCount ?? 0;
        await Promise.all([whole.end(), cut.end()]);
      },
    ),
    { numRuns },
  );
  expect(days).toBeGreaterThan(numRuns);
});

test('processes that close a day at once make one root of it', async () => {
  const pool = await emptyLedger();
  try {
    await commit(pool, ...everywhere(0, ticked(first)));
    const [some, others] = [
      everywhere(1, ticked(first + day)).slice(0, 6),
      everywhere(1, ticked(first + day)).slice(6),
    ];
    await Promise.all([commit(pool, ...some), commit(pool, ...others)]);
    expect((await pool.query('SELECT day FROM settlement.roots')).rowCount).toBe(1);
    expect((await pool.query('SELECT 1 FROM settlement.signing_keys')).rowCount).toBe(1);
  } finally {
    await pool.end();
  }
});
