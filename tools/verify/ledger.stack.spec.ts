import { jest } from '@jest/globals';
import { record, type AnyRecord } from '@slipstream/contracts';
import { inTransaction, type JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import fc from 'fast-check';
import type pg from 'pg';
import {
  at,
  commit,
  deposit,
  emptyLedger,
  end,
  ended,
  requested,
  shareCharged,
  stopped,
  ticked,
  withdrawal,
} from '../../apps/settlement/test/ledger.ts';
import { compareLedger } from './ledger.ts';

jest.setTimeout(120_000);
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
afterAll(stopStack);

const day = 86_400_000;
const partitions = 12;

/** What verify finds in a ledger whose journal is the records. */
const differencesIn = async (pool: pg.Pool, records: readonly JournalRecord[]): Promise<readonly string[]> => {
  const read = (partition: number, to: number) =>
    Promise.resolve(records.filter((one) => one.partition === partition && one.offset < to));
  return (await inTransaction(pool, (client) => compareLedger(client, read))).differences;
};

const everywhere = (offset: number, event: AnyRecord): JournalRecord[] =>
  Array.from({ length: partitions }, (_, partition) => at(offset, event, partition));

const amount = fc
  .integer({ min: -999_999_999, max: 999_999_999 })
  .map((units) => `${units < 0 ? '-' : ''}0.${String(Math.abs(units)).padStart(9, '0')}`);
const events: fc.Arbitrary<AnyRecord> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 3 * day }))
    .map(([who, when]) => deposit(`ä${who}`, `${who}.000000005`, who === 4 ? 'USDC' : 'USDT', when)),
  fc.integer({ min: 0, max: 3 * day }).map((moment) => ticked(moment)),
  fc
    .tuple(amount, amount, amount)
    .map(([fee, realisedPnl, commission]) => ended(end({ fee, realisedPnl, commission: commission.replace('-', '') }))),
  fc.constant(record('ProfitShareCharged', { charges: [shareCharged({}), shareCharged({ providerId: 'q' })] })),
);

test('the ledger of any history is what the plain recomputation says', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(events, fc.integer({ min: 0, max: partitions - 1 })), { minLength: 10, maxLength: 60 }),
      fc.boolean(),
      async (history, ends) => {
        const next = Array.from({ length: partitions }, () => 0);
        const middle = history.map(([event, p]) => at((next[p] = (next[p] as number) + 1), event, p));
        const records = [
          ...middle,
          ...(ends ? everywhere(500, ticked(5 * day)) : []),
          ...everywhere(501, ticked(6 * day)),
        ];
        const pool = await emptyLedger();
        try {
          await commit(pool, ...records);
          expect(await differencesIn(pool, records)).toEqual([]);
        } finally {
          await pool.end();
        }
      },
    ),
    { numRuns },
  );
});

describe('what was changed by hand is found and named', () => {
  let pool: pg.Pool;
  const records = [
    at(0, deposit('a1', '500', 'USDT', 5)),
    ...everywhere(1, ticked(day)),
    ...[at(2, requested('100')), at(3, ended(end({ realisedPnl: '7' }))), at(4, stopped('106.95'))],
    at(5, withdrawal('a1', '30')),
    ...everywhere(6, ticked(2 * day)),
    at(7, withdrawal('a1', '1')),
    ...everywhere(8, ticked(3 * day)),
  ];
  beforeEach(async () => {
    pool = await emptyLedger();
    await commit(pool, ...records);
    expect(await differencesIn(pool, records)).toEqual([]);
  });
  afterEach(() => pool.end());

  /** As somebody does who owns the tables. */
  const tamper = async (sql: string): Promise<void> => {
    const tables = ['postings', 'balances', 'day_heads', 'closings', 'roots', 'signatures'];
    const turn = (what: string) =>
      tables.map((table) => `ALTER TABLE settlement.${table} ${what} TRIGGER USER`).join(';');
    for (const statement of [turn('DISABLE'), sql, turn('ENABLE')]) await pool.query(statement);
  };

  test.each([
    [
      "UPDATE settlement.postings SET amount = 50 WHERE kind = 'withdrawal' AND amount = 30",
      ['accounts.events/0/5 leg 0: amount is 50, 30 by the journal'],
    ],
    [
      "DELETE FROM settlement.postings WHERE kind = 'fee'",
      [expect.stringMatching(/^accounts.events\/0\/3 leg 0: missing, the journal has .*kind fee, source copy\/a1~p~1/)],
    ],
    [
      `INSERT INTO settlement.postings SELECT topic, partition, 99, leg, kind, source, destination, amount, asset, occurred_at,
         booked_at, source_entry, source_balance, source_hash, destination_entry, destination_balance, destination_hash
         FROM settlement.postings WHERE kind = 'deposit'`,
      [expect.stringMatching(/^accounts.events\/0\/99 leg 0: the journal doesn't have it: .*kind deposit/)],
    ],
    [
      "INSERT INTO settlement.postings SELECT 'x', partition, \"offset\", leg, kind, source, destination, amount, asset, 0, 0, 1, 0, '', 1, 0, '' FROM settlement.postings WHERE kind = 'deposit'",
      expect.arrayContaining(['x/0/0 leg 0: there is no such journal']),
    ],
    [
      "UPDATE settlement.balances SET balance = balance + 1 WHERE account = 'wallet/a1'",
      ['accounts.events/0 wallet/a1 USDT: balance is 476.95, 475.95 by the journal'],
    ],
    [
      "UPDATE settlement.balances SET closed = false WHERE account LIKE 'copy/%'",
      ['accounts.events/0 copy/a1~p~1 USDT: closed is false, true by the journal'],
    ],
    [
      "UPDATE settlement.day_heads SET entries = 9 WHERE account = 'wallet/a1' AND day = 2",
      ['accounts.events/0 day 1970-01-03 wallet/a1 USDT: entries is 9, 5 by the journal'],
    ],
    [
      'UPDATE settlement.closings SET "offset" = 5 WHERE partition = 7 AND day = 1',
      ['accounts.events/7 day 1970-01-02: offset is 5, 6 by the journal'],
    ],
    [
      "UPDATE settlement.roots SET root = '\\x00' WHERE day = 2",
      [
        expect.stringMatching(/^root of 1970-01-03: root is 00, [0-9a-f]{64} by the journal$/),
        expect.stringMatching(/^root of 1970-01-03: what is signed is another root/),
      ],
    ],
    ['DELETE FROM settlement.signatures WHERE day = 1', ['root of 1970-01-02: it isn’t signed']],
    [
      "UPDATE settlement.signatures SET jws = replace(jws, '.ey', '.ez') WHERE day = 1",
      ['root of 1970-01-02: its signature isn’t that of its key'],
    ],
    [
      "UPDATE settlement.turnovers SET went_out = went_out + 1 WHERE kind = 'wallet' AND day = 2",
      ['accounts.events/0 turnover of wallet USDT on 1970-01-03: went_out is 2, 1 by the journal'],
    ],
    [
      'UPDATE settlement.clocks SET booked_at = 0 WHERE partition = 0',
      ['accounts.events/0 clock: booked_at is 0, 172800000 by the journal'],
    ],
  ])('%s', async (sql, found) => {
    await tamper(sql);
    expect(await differencesIn(pool, records)).toEqual(found);
  });
});
