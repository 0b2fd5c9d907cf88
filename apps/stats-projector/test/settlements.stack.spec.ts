import { jest } from '@jest/globals';
import type { SettlementReceipt, SubscriptionReceipt } from '@slipstream/contracts';
import { decimal, nextPeriodStart, text, zero, type Decimal } from '@slipstream/domain';
import {
  earningsGroupings,
  inSnapshot,
  readAccountSettlements,
  readEarnings,
  readReceipt,
  readReceipts,
  type Earned,
  type EarningsGrouping,
  type EarningsPage,
} from '@slipstream/read-model';
import { stopStack } from '@slipstream/testing';
import type pg from 'pg';
import { dump, openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine, sequenceOf } from './history.js';
import { randomShares, type ShareWorld } from './share-world.js';

jest.setTimeout(120_000);

const dayMs = 86_400_000;
const providerIds = ['p1', 'p2', 'p3'];
const partitions = [1, 4];
const opened: ReadModel[] = [];
const readModel = async (): Promise<ReadModel> => {
  const model = await openReadModel();
  opened.push(model);
  return model;
};
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

const worldsOf = (seed: number): ShareWorld[] =>
  partitions.map((partition) =>
    randomShares(new Journal('settlements.events', partition), sequenceOf(seed * 31 + partition), providerIds),
  );

async function registered(): Promise<ReadModel> {
  const model = await readModel();
  const line = new ProviderLine(new Journal('providers.events', 0));
  for (const id of providerIds) line.register(id, '1000', 0);
  await project(model, line.journal.records);
  return model;
}

async function projected(worlds: readonly ShareWorld[]): Promise<ReadModel> {
  const model = await registered();
  for (const { journal, accounts } of worlds)
    for (const { records } of [journal, accounts]) await project(model, records);
  return model;
}

const total = (values: readonly string[]): Decimal => values.reduce((sum, one) => sum.plus(decimal(one)), zero);

/** What receipts and months come to, added up plainly. */
function plainSums(receipts: readonly SettlementReceipt[], months: readonly SubscriptionReceipt[]): Earned {
  const sum = (name: keyof SettlementReceipt): string => text(total(receipts.map((one) => String(one[name]))));
  const paid = months.filter((month) => month.paid);
  return {
    settlements: receipts.length,
    newProfit: sum('newProfit'),
    accrued: sum('accrued'),
    gross: sum('providerGross'),
    platformFee: sum('platformFee'),
    net: sum('providerNet'),
    subscriptions: {
      monthsPaid: paid.length,
      monthsUnpaid: months.length - paid.length,
      gross: text(total(paid.map(({ price }) => price))),
      platformFee: text(total(paid.map(({ platformFee }) => platformFee))),
      net: text(total(paid.map(({ providerNet }) => providerNet))),
    },
  };
}

/** Sums of groups, added up. */
function together(items: readonly Earned[]): Earned {
  const sum = (of: (one: Earned) => string): string => text(total(items.map(of)));
  const count = (of: (one: Earned) => number): number => items.reduce((n, one) => n + of(one), 0);
  return {
    settlements: count((one) => one.settlements),
    newProfit: sum((one) => one.newProfit),
    accrued: sum((one) => one.accrued),
    gross: sum((one) => one.gross),
    platformFee: sum((one) => one.platformFee),
    net: sum((one) => one.net),
    subscriptions: {
      monthsPaid: count((one) => one.subscriptions.monthsPaid),
      monthsUnpaid: count((one) => one.subscriptions.monthsUnpaid),
      gross: sum((one) => one.subscriptions.gross),
      platformFee: sum((one) => one.subscriptions.platformFee),
      net: sum((one) => one.subscriptions.net),
    },
  };
}

interface Range {
  readonly from: number | null;
  readonly to: number | null;
}

async function allGroups(pool: pg.Pool, providerId: string, by: EarningsGrouping, range: Range) {
  const items: EarningsPage['items'][number][] = [];
  for (let after: readonly number[] | undefined, pages = 0; pages < 200; pages++) {
    const query = { by, ...range, after, limit: 3 };
    const page = await inSnapshot(pool, (client) => readEarnings(client, providerId, query));
    if (page === undefined) throw new Error(`${providerId} is unknown`);
    items.push(...page.items);
    if (page.next === null) return { items, totals: page.totals };
    after = page.next;
  }
  throw new Error('pages have no end');
}

describe('receipts, months and shares', () => {
  test('rows are the same however the journal is cut into batches, and however often memory is lost', async () => {
    const worlds = worldsOf(7);
    const whole = await projected(worlds);
    const expected = await dump(whole.pool);
    const tables = ['settlements', 'subscription_charges', 'copy_shares', 'provider_earnings', 'provider_dues'];
    for (const table of [...tables, 'share_flows', 'measures'])
      expect([table, (expected[table]?.length ?? 0) > 2]).toEqual([table, true]);
    const below = sequenceOf(3);
    for (const reload of [false, true]) {
      const cut = await registered();
      const sizes = Array.from({ length: 400 }, () => 1 + below(reload ? 3 : 25));
      for (const { journal, accounts } of [...worlds].reverse())
        for (const { records } of [accounts, journal]) await project(cut, records, sizes, reload);
      expect(await dump(cut.pool)).toEqual(expected);
    }
  });

  test.each([1, 2, 3, 4, 5])('history %i: each receipt once, shares as the domain has them', async (seed) => {
    const worlds = worldsOf(seed);
    const { pool } = await projected(worlds);
    const receipts = worlds.flatMap((world) => world.receipts);
    const { rows } = await pool.query<Record<string, string>>('SELECT * FROM settlements');
    expect(rows.map((row) => row['settlement_id']).sort()).toEqual(receipts.map((one) => one.settlementId).sort());
    for (const { settlementId, providerGross, measuredAt, chargedAt } of receipts) {
      const shown = await readReceipt(pool, settlementId);
      if (shown?.kind !== 'profit_share') throw new Error(settlementId);
      expect(shown.steps.find(({ name }) => name === 'providerGross')?.value).toBe(providerGross);
      expect([shown.proof.measure.offset, shown.proof.charge?.offset ?? null]).toEqual([measuredAt, chargedAt]);
    }
    for (const world of worlds)
      for (const { ids, share, fees, handedOn } of world.copies.values()) {
        const found = await pool.query<Record<string, string>>('SELECT * FROM copy_shares WHERE copy_id = $1', [
          ids.copyId,
        ]);
        const row = found.rows[0] ?? {};
        const plain = (name: string): string => text(decimal(row[name] ?? '0'));
        expect({
          copyId: ids.copyId,
          status: row['status'],
          gap: plain('gap'),
          equity: plain('equity'),
          due: plain('due'),
          settledAt: Number(row['settled_at']),
          terms: [plain('profit_share_ratio'), row['settlement_period'], row['fee_model']],
          since: ['equity', 'gap', 'deposits', 'withdrawals', 'gap_withdrawn'].map((name) => plain(`opening_${name}`)),
          pending: (JSON.parse(row['pending'] ?? '[]') as { settlementId: string }[]).map((one) => one.settlementId),
        }).toEqual({
          copyId: ids.copyId,
          status: share.status,
          gap: text(share.gap),
          equity: text(share.equity),
          due: handedOn ? '0' : text(share.due),
          settledAt: share.settledAt,
          terms: [text(share.terms.profitShareRatio), share.terms.settlementPeriod, fees.feeModel],
          since: [
            ...[share.sinceSettled.equity, share.sinceSettled.gap, share.sinceSettled.deposits].map(text),
            ...[share.sinceSettled.withdrawals, share.sinceSettled.gapWithdrawn].map(text),
          ],
          pending: share.pending.map(({ settlementId }) => settlementId),
        });
      }
  });
});

describe('what a provider has earned', () => {
  test.each([1, 2, 3, 4])('history %i: by period = by follower = by copy = sum of the receipts', async (seed) => {
    const worlds = worldsOf(seed);
    const { pool } = await projected(worlds);
    const [receipts, months] = [worlds.flatMap((one) => one.receipts), worlds.flatMap((one) => one.months)];
    const first = Math.floor(Date.UTC(2026, 4, 27) / dayMs);
    const below = sequenceOf(seed);
    const ranges: Range[] = [
      { from: null, to: null },
      { from: first + below(40), to: null },
      { from: first + below(20), to: first + 20 + below(60) },
    ];
    for (const providerId of providerIds)
      for (const range of ranges) {
        const [from, to] = [(range.from ?? 0) * dayMs, (range.to ?? 1_000_000) * dayMs];
        const expected = plainSums(
          receipts.filter((one) => one.providerId === providerId && one.until > from && one.until <= to),
          months.filter((one) => one.providerId === providerId && one.from >= from && one.from < to),
        );
        for (const by of earningsGroupings) {
          const { items, totals } = await allGroups(pool, providerId, by, range);
          expect({ by, ...together(items) }).toEqual({ by, ...expected });
          expect(totals).toMatchObject(expected);
          if (by === 'period') continue;
          expect(text(total(items.map((item) => item.openDue ?? '0')))).toBe(totals.openDue);
        }
      }
  });

  test('what is due is what the copies owe; what a stopped copy owes goes on in the next one', async () => {
    const worlds = worldsOf(9);
    const { pool } = await projected(worlds);
    for (const providerId of providerIds) {
      const { totals } = await allGroups(pool, providerId, 'copy', { from: null, to: null });
      const held = worlds
        .flatMap((world) => [...world.copies.values()])
        .filter(({ ids }) => ids.providerId === providerId);
      // Receipts and starts alone: accrued − paid of all copies, whatever went from one to another.
      const accrued = held.reduce((sum, { share }) => sum.plus(share.totals.accrued), zero);
      const paid = held.reduce((sum, { share }) => sum.plus(share.totals.providerGross), zero);
      expect([providerId, totals.openDue]).toEqual([providerId, text(accrued.minus(paid))]);
    }
  });

  test('a period ends where the copies of the time were settled; a stop is in the period that runs', async () => {
    const worlds = worldsOf(2);
    const { pool } = await projected(worlds);
    const { items } = await allGroups(pool, 'p1', 'period', { from: null, to: null });
    for (const item of items) {
      if (!('settlementPeriod' in item)) throw new Error('periods');
      const period = item.settlementPeriod as 'weekly' | 'monthly';
      expect(nextPeriodStart(Date.parse(item.from), period)).toBe(Date.parse(item.until));
    }
  });

  test('a provider sees no id of a follower', async () => {
    const { pool } = await projected(worldsOf(2));
    for (const by of ['follower', 'copy'] as const)
      for (const item of (await allGroups(pool, 'p1', by, { from: null, to: null })).items)
        expect(JSON.stringify(item)).toMatch(/"follower":"\d+-\d+"/);
  });
});

describe('what a copy and an account have paid', () => {
  test('receipts and months of a copy come newest first, each once, page by page', async () => {
    const worlds = worldsOf(3);
    const { pool } = await projected(worlds);
    const all = worlds.flatMap((world) => [
      ...world.receipts.map((one) => ({ copyId: one.copyId, at: one.until, id: one.settlementId })),
      ...world.months.map((one) => ({ copyId: one.copyId, at: one.from, id: one.chargeId })),
    ]);
    for (const copyId of worlds.flatMap((world) => [...world.copies.keys()])) {
      const ids: string[] = [];
      // The tables of copies are another journal's: here the share alone knows the copy.
      for (let before: { at: number; id: string } | undefined, pages = 0; pages < 100; pages++) {
        const page = await readReceipts(pool, copyId, { before, limit: 2 });
        ids.push(
          ...(page?.items ?? []).map((item) => (item.kind === 'subscription' ? item.chargeId : item.settlementId)),
        );
        if (!page?.next) break;
        before = page.next;
      }
      const own = all.filter((one) => one.copyId === copyId).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
      expect(ids).toEqual(own.map(({ id }) => id));
    }
    expect(await readReceipts(pool, 'nobody', { limit: 2 })).toBeUndefined();
  });

  test('an account has paid the sum of its receipts, by provider', async () => {
    const worlds = worldsOf(5);
    const { pool } = await projected(worlds);
    const [receipts, months] = [worlds.flatMap((one) => one.receipts), worlds.flatMap((one) => one.months)];
    for (const accountId of ['a1', 'b1', 'c4', 'd4']) {
      const read = await inSnapshot(pool, (client) => readAccountSettlements(client, accountId, { limit: 10 }));
      const of = <T extends { accountId: string; providerId: string }>(list: readonly T[], providerId?: string): T[] =>
        list.filter((one) => one.accountId === accountId && (providerId ?? one.providerId) === one.providerId);
      expect(read?.totals).toMatchObject(plainSums(of(receipts), of(months)));
      for (const item of read?.items ?? [])
        expect(item).toMatchObject(plainSums(of(receipts, item.providerId), of(months, item.providerId)));
      const known = worlds
        .flatMap((world) => [...world.copies.values()])
        .filter(({ ids }) => ids.accountId === accountId);
      expect(read?.items.map(({ providerId }) => providerId)).toEqual(
        [...new Set(known.map(({ ids }) => ids.providerId))].sort(),
      );
    }
    expect(await readAccountSettlements(pool as never, 'nobody', { limit: 2 })).toBeUndefined();
  });
});
