import { jest } from '@jest/globals';
import type { SettlementReceipt, SubscriptionReceipt } from '@slipstream/contracts';
import { decimal, max, min, roundAmount, text, zero } from '@slipstream/domain';
import { chargeProofOf, receiptProofOf, type SettlementRow } from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import { readTables, wrongReceipts, type Journals, type Tables } from '../../../tools/verify/receipts.js';
import { openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine, sequenceOf } from './history.js';
import { randomShares, type ShareWorld } from './share-world.js';

jest.setTimeout(120_000);

const providerIds = ['p1', 'p2', 'p3'];
let model: ReadModel;
let journals: Journals;
let tables: Tables;

/** Histories are projected once; what is wrong is done to copies of what they left. */
beforeAll(async () => {
  model = await openReadModel();
  const line = new ProviderLine(new Journal('providers.events', 0));
  for (const id of providerIds) line.register(id, '1000', 0);
  await project(model, line.journal.records);
  const worlds = [1, 4].map((partition): ShareWorld =>
    randomShares(new Journal('settlements.events', partition), sequenceOf(6 * 31 + partition), providerIds, 400),
  );
  for (const { journal, accounts } of worlds) {
    await project(model, accounts.records);
    await project(model, journal.records);
  }
  journals = {
    settlements: worlds.flatMap(({ journal }) => journal.records),
    accounts: worlds.flatMap(({ accounts }) => accounts.records),
  };
  tables = await readTables(model.pool, 'p1');
});
afterAll(async () => {
  await model.close();
  await stopStack();
});

test('finds nothing wrong with what was projected', async () => {
  for (const providerId of providerIds) {
    const own = await readTables(model.pool, providerId);
    expect(own.settlements.length).toBeGreaterThan(20);
    expect(wrongReceipts(own, journals, providerId)).toEqual([]);
  }
});

type Event = JournalRecord['event'];
type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The journals with other records of a type; null: without it. */
const withRecords = <T extends Event['type']>(
  of: Journals,
  journal: keyof Journals,
  type: T,
  other: (event: Of<T>) => Event | null,
): Journals => ({
  ...of,
  [journal]: of[journal].flatMap((record) => {
    const event = record.event.type === type ? other(record.event as Of<T>) : record.event;
    return event === null ? [] : [{ ...record, event }];
  }),
});

/** The journals with other receipts; null: without it. */
const withReceipts = (other: (receipt: SettlementReceipt) => SettlementReceipt | null): Journals =>
  withRecords(journals, 'settlements', 'ProfitShareSettled', (event) => ({
    ...event,
    receipts: event.receipts.flatMap((one) => other(one) ?? []),
  }));

/** What is found when a receipt says something else in the journal, and its row the same, with the hash it then has. */
function foundWith(
  { settlementId }: SettlementRow,
  other: (receipt: SettlementReceipt) => SettlementReceipt,
): string[] {
  const told = withReceipts((one) => (one.settlementId === settlementId ? other(one) : one));
  const settlements = tables.settlements.map((row) => {
    if (row.settlementId !== settlementId) return row;
    const changed = { ...row, ...other(row as unknown as SettlementReceipt) };
    return { ...changed, hash: receiptProofOf(changed) };
  });
  return wrongReceipts({ ...tables, settlements }, told, 'p1');
}

/** A receipt whose own figures all follow from its inputs. */
function following(receipt: SettlementReceipt): SettlementReceipt {
  const of = (name: keyof SettlementReceipt) => decimal(String(receipt[name]));
  const equityBefore = of('equityOpening').plus(of('deposits')).minus(of('withdrawals')).plus(of('pnl'));
  const gapBefore = of('gapOpening').minus(of('pnl')).minus(of('gapWithdrawn'));
  const newProfit = max(zero, gapBefore.neg());
  const accrued = roundAmount(newProfit.times(of('profitShareRatio')));
  const owed = of('dueBefore').plus(accrued);
  const gross = min(owed, of('available'));
  const platformFee = roundAmount(gross.times(of('platformFeeRatio')));
  const figures = { equityBefore, gapBefore, newProfit, accrued, platformFee, providerGross: gross };
  const more = { gapAfter: max(zero, gapBefore), dueAfter: owed.minus(gross), providerNet: gross.minus(platformFee) };
  const all = { ...figures, ...more, equityAfter: equityBefore.minus(gross) };
  return { ...receipt, ...Object.fromEntries(Object.entries(all).map(([name, value]) => [name, text(value)])) };
}

const plus = (value: unknown, more: string): string => text(decimal(String(value)).plus(decimal(more)));
const before = (row: SettlementRow): SettlementRow | undefined =>
  tables.settlements.find(({ copyId, periodNo }) => copyId === row.copyId && periodNo === row.periodNo - 1);

/** The first receipt of p1 that is so. */
function receiptThat(is: (row: SettlementRow) => boolean): SettlementRow {
  const row = tables.settlements.find(is);
  if (row === undefined) throw new Error('the histories have no such receipt');
  return row;
}
const isPaid = (row: SettlementRow): boolean => row.providerGross !== '0' && row.accrued !== '0';
const isFirst = (row: SettlementRow): boolean => row.periodNo === 0;
const isLater = (row: SettlementRow): boolean => before(row) !== undefined && isPaid(row);
const hasDue = (row: SettlementRow): boolean => isLater(row) && row.dueBefore !== '0';

describe('a receipt that is the same in the journal and in its row', () => {
  test.each([
    ...(['equityBefore', 'gapBefore', 'newProfit', 'gapAfter', 'accrued', 'providerGross', 'dueAfter'] as const),
    ...(['platformFee', 'providerNet', 'equityAfter'] as const),
  ])('%s does not follow from the figures above it', (name) => {
    const row = receiptThat(isLater);
    const found = foundWith(row, (receipt) => ({ ...receipt, [name]: plus(receipt[name], '1') }));
    expect(found).toContainEqual(
      `settlement ${row.settlementId}.${name}: ${plus(row[name], '1')} shown, ${text(decimal(row[name]))} recomputed`,
    );
  });

  type Change = (receipt: SettlementReceipt) => Partial<SettlementReceipt>;
  const adds =
    (name: keyof SettlementReceipt, amount: string): Change =>
    (receipt) => ({ [name]: plus(receipt[name], amount) });
  /** As much PnL less. */
  const opens =
    (name: 'equityOpening' | 'deposits', amount: string): Change =>
    (receipt) => ({ [name]: plus(receipt[name], amount), pnl: plus(receipt.pnl, `-${amount}`) });
  const from: Change = (receipt) => ({ from: receipt.from - 1 });

  test.each<[string, (row: SettlementRow) => boolean, Change, readonly string[]]>([
    ['the rest due is forgotten', hasDue, () => ({ dueBefore: '0' }), ['dueBefore is 0, {before} left']],
    ['the rest due is asked for twice', hasDue, adds('dueBefore', '5'), ['dueBefore is', 'dueBefore: by']],
    ['equity jumps', isLater, opens('equityOpening', '10'), ['equityOpening is', 'equityOpening: by', 'pnl: by']],
    ['the gap jumps', isLater, adds('gapOpening', '1'), ['gapOpening is', 'gapOpening: by']],
    ['it begins before the one before it ended', isLater, from, [" doesn't begin where {before} ended", 'from: by']],
    ['it opens with other money than its copy', isFirst, opens('equityOpening', '10'), ['equityOpening is {start}']],
    ['it opens with another gap than its copy', isFirst, adds('gapOpening', '1'), ['gapOpening is {start}']],
    ['it opens with more due than its copy', isFirst, adds('dueBefore', '1'), ['dueBefore is {start}']],
    ['it begins before its copy', isFirst, from, ['from is {start}']],
    ['the equity is not what was measured', isLater, adds('pnl', '10'), ['equityBefore: by', 'newProfit: by']],
    ['another part is unrealised', isLater, adds('unrealised', '1'), ['unrealised: by']],
    ['more is available', isLater, adds('available', '0.5'), ['available: by']],
    ['a deposit is counted twice', isLater, opens('deposits', '7'), ['deposits: flows', 'deposits: by']],
    ['a withdrawal is invented', isLater, adds('withdrawals', '7'), ['withdrawals: flows', 'withdrawals: by']],
    ['too much of the gap went along', isLater, adds('gapWithdrawn', '1'), ['gapWithdrawn: flows', 'gapWithdrawn: by']],
    ['the ratio is not that of the terms', isLater, adds('profitShareRatio', '0.1'), ['profitShareRatio: by']],
    [
      'the fee is not what was charged',
      isPaid,
      adds('platformFeeRatio', '0.1'),
      ['platformFee: charged', 'providerNet: charged'],
    ],
    ['another record measured it', isLater, ({ measuredAt }) => ({ measuredAt: measuredAt - 1 }), ['measuredAt: by']],
    [
      'another record charged it',
      isPaid,
      ({ chargedAt }) => ({ chargedAt: Number(chargedAt) + 1 }),
      ['chargedAt: by', ': nothing is charged'],
    ],
    ['it says another cause', isLater, () => ({ cause: 'retirement' as const }), ['cause: by']],
  ])('%s', (_, is, change, said) => {
    const row = receiptThat(is);
    const found = foundWith(row, (receipt) => following({ ...receipt, ...change(receipt) }));
    const { settlementId: id, copyId } = row;
    expect(found.filter((one) => one.startsWith(`settlement ${id}.`))).toEqual([]);
    for (const words of said) {
      const [name = '', kind] = words.split(': ');
      const pattern =
        kind === 'by'
          ? `${id}.${name}: … in the receipt, … by accounts.events`
          : kind === 'flows'
            ? `${id}.${name}: … shown, its flows come to …`
            : kind === 'charged'
              ? `${id}.${name}: … in the receipt, … was charged`
              : `${id}${/^[ :]/.test(words) ? '' : '.'}${words.replace('{before}', before(row)?.settlementId ?? '').replace('{start}', `…, ${copyId} started with`)}`;
      expect(found.filter((one) => matches(one, pattern))).not.toEqual([]);
    }
  });
});

/** Whether a sentence begins with words in which … stands for anything. */
const matches = (sentence: string, words: string): boolean => {
  const parts = words.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}`).test(sentence);
};

describe('a journal that leaves something out, or says something else', () => {
  const without = (id: string): [Tables, Journals] => [
    { ...tables, settlements: tables.settlements.filter(({ settlementId }) => settlementId !== id) },
    withReceipts((one) => (one.settlementId === id ? null : one)),
  ];

  test.each([
    [
      'that was charged',
      (row: SettlementRow) => isLater(row) && row.chargedAt !== null,
      'charged at …, and has no receipt',
    ],
    ['of which nothing was owed', (row: SettlementRow) => row.chargedAt === null, 'and has no receipt'],
  ])('a settlement %s has no receipt', (_, is, words) => {
    const { settlementId } = receiptThat(is);
    const found = wrongReceipts(...without(settlementId), 'p1');
    expect(found.filter((one) => matches(one, `${settlementId}: measured at offset …${words}`))).toHaveLength(1);
  });

  test('a boundary at which a copy was measured was passed over', () => {
    const receipts = new Set(tables.settlements.map(({ settlementId }) => settlementId));
    const waiting = journals.settlements
      .flatMap(({ event }) => (event.type === 'ProfitShareDue' ? event.charges : []))
      .filter(({ providerId, settlementId }) => providerId === 'p1' && !receipts.has(settlementId));
    expect(waiting.length).toBeGreaterThan(0);
    for (const { settlementId } of waiting) {
      const told = withRecords(journals, 'settlements', 'ProfitShareDue', (event) => ({
        ...event,
        charges: event.charges.filter((one) => one.settlementId !== settlementId),
      }));
      expect(wrongReceipts(tables, told, 'p1')).toContainEqual(
        expect.stringMatching(
          /measured at offset \d+ of accounts\.events\/\d, has no receipt and was never asked for$/,
        ),
      );
    }
  });

  test.each([
    ['amount', { amount: '1' }],
    ['gap', { gap: '12345.6' }],
    ['due', { due: '12345.6' }],
    [': goes on with', { carriedFrom: 'a1~p1~99' }],
  ])('a copy does not start with what it was confirmed with, or the one before it has left: %s', (name, change) => {
    const told = withRecords(journals, 'settlements', 'CopyShareStarted', (event) => ({ ...event, ...change }));
    const found = wrongReceipts(tables, told, 'p1').filter((one) => one.startsWith('start of '));
    expect(found.filter((one) => one.includes(name.startsWith(':') ? name : `.${name}: `))).not.toEqual([]);
  });

  test('flows that nobody told of, or of other money', () => {
    const told = (change: object) =>
      withRecords(journals, 'settlements', 'CopyShareMoved', (event) => ({ ...event, ...change }));
    expect(wrongReceipts(tables, told({ amount: '0.5' }), 'p1')).toContainEqual(
      expect.stringMatching(/^flow .*amount: /),
    );
    const none = withRecords(journals, 'settlements', 'CopyShareMoved', () => null);
    expect(wrongReceipts(tables, none, 'p1')).toContainEqual(expect.stringMatching(/^flow .* a row that no journal/));
    expect(wrongReceipts({ ...tables, flows: [] }, journals, 'p1')).toContainEqual(
      expect.stringMatching(/^flow of .* has no row$/),
    );
  });

  test('marks that are not those of the measure', () => {
    const told = withRecords(journals, 'accounts', 'CopiesMeasured', (event) => ({ ...event, marks: [] }));
    expect(tables.measures.length).toBeGreaterThan(10);
    expect(wrongReceipts(tables, told, 'p1').filter((one) => one.startsWith('marks of'))).toHaveLength(
      tables.measures.length,
    );
  });

  type Month = Partial<SubscriptionReceipt>;
  test.each<[string, Month, boolean, string]>([
    ['fee', { platformFee: '1' }, true, '.platformFee: 1 shown, '],
    ['net', { providerNet: '1' }, true, '.providerNet: 1 shown, '],
    ['money there was', { available: '0.1' }, true, ' was paid with less than its price'],
    ['price', { price: '29.99' }, false, '.price: 29.99 in the receipt, 19.99 was charged'],
    ['place', { chargedAt: 1 }, true, ': nothing is charged for it at offset 1'],
    ['end', { until: 1 }, true, '.until: 1 in the receipt, '],
  ])('a month with another %s', (_, change, paid, words) => {
    const { chargeId } = tables.months.find((month) => month.paid === paid) ?? { chargeId: '' };
    const months = tables.months.map((row) => {
      if (row.chargeId !== chargeId) return row;
      const changed = { ...row, ...change };
      return { ...changed, hash: chargeProofOf(changed) };
    });
    const told = withRecords(journals, 'settlements', 'SubscriptionSettled', (event) => ({
      ...event,
      receipts: event.receipts.map((one) => (one.chargeId === chargeId ? { ...one, ...change } : one)),
    }));
    const found = wrongReceipts({ ...tables, months }, told, 'p1');
    expect(found.filter((one) => one.startsWith(`month ${chargeId}${words}`))).toHaveLength(1);
  });
});

describe('rows that were changed', () => {
  const figures = [
    ...[
      'equity_opening',
      'deposits',
      'withdrawals',
      'pnl',
      'equity_before',
      'gap_opening',
      'gap_withdrawn',
      'gap_before',
    ],
    ...['new_profit', 'gap_after', 'profit_share_ratio', 'accrued', 'due_before', 'available', 'provider_gross'],
    ...['due_after', 'platform_fee_ratio', 'platform_fee', 'provider_net', 'equity_after', 'until_at', 'from_at'],
    ...['measured_at', 'log_offset', 'duplicates'],
  ];

  test('every row that was changed, taken away or put in', async () => {
    const { pool } = model;
    /** What is said while a statement has its effect. */
    const tampered = async (statement: string): Promise<string[]> => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        const { rowCount } = await client.query(statement);
        expect([statement, rowCount]).toEqual([statement, 1]);
        return wrongReceipts(await readTables(client, 'p1'), journals, 'p1');
      } finally {
        await client.query('ROLLBACK');
        client.release();
      }
    };
    const one = (table: string, id: string): string =>
      `${id} = (SELECT min(${id}) FROM ${table} WHERE provider_id = 'p1')`;
    const receipt = one('settlements', 'settlement_id');
    for (const figure of figures)
      expect(await tampered(`UPDATE settlements SET ${figure} = ${figure} + 1 WHERE ${receipt}`)).not.toEqual([]);
    const month = one('subscription_charges', 'charge_id');
    for (const [table, which, change] of [
      ['settlements', receipt, "hash = 'x'"],
      ['settlements', receipt, 'period_no = period_no + 100'],
      [
        'share_flows',
        `(copy_id, log_offset) = (SELECT copy_id, min(log_offset) FROM share_flows WHERE provider_id = 'p1' AND
        copy_id = (SELECT min(copy_id) FROM share_flows WHERE provider_id = 'p1') GROUP BY 1)`,
        'amount = amount + 1',
      ],
      ['settlements', receipt, "settlement_period = 'yearly'"],
      ['subscription_charges', month, 'price = price + 0.01'],
      ['subscription_charges', month, 'paid = NOT paid'],
      ['copy_shares', one('copy_shares', 'copy_id'), 'due = due + 0.00000001'],
      ['copy_shares', one('copy_shares', 'copy_id'), 'new_profit = new_profit + 1'],
      [
        'provider_earnings',
        `provider_id = 'p1' AND ${one('provider_earnings', 'day')} AND accounts_partition =
        (SELECT min(accounts_partition) FROM provider_earnings e WHERE provider_id = 'p1' AND ${one('provider_earnings', 'day')})`,
        'settlements = settlements + 1',
      ],
    ] as const)
      expect([change, await tampered(`UPDATE ${table} SET ${change} WHERE ${which}`)]).not.toEqual([change, []]);
    expect(await tampered(`DELETE FROM settlements WHERE ${receipt}`)).not.toEqual([]);
    expect(
      await tampered(`UPDATE settlements SET provider_id = 'p1' WHERE ${receipt.replace("'p1'", "'p2'")}`),
    ).not.toEqual([]);
    expect(wrongReceipts(await readTables(pool, 'p1'), journals, 'p1')).toEqual([]);
  });
});
