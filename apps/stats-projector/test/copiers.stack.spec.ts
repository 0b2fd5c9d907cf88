import { jest } from '@jest/globals';
import { record, type AnyRecord, type CopyEnd, type ProviderOrder } from '@slipstream/contracts';
import { decimal, roundAmount, text, zero, type Decimal } from '@slipstream/domain';
import {
  copiersProofOf,
  readCohorts,
  readCopiers,
  readCopy,
  readLeaderboard,
  readProvider,
  readPublished,
  readReport,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import { stopStack } from '@slipstream/testing';
import { naiveCopiers } from '../../../tools/verify/naive-copiers.js';
import { statsProjection } from '../src/project.js';
import { formulaVersion } from '../src/write-line.js';
import { lineOf, type CopyLine } from './copy-line.js';
import { quarterMs, instruments, partitions, providerIds, randomWorld, swap, World } from './copy-world.js';
import { dump, openReadModel, project, type ReadModel } from './database.js';
import { Journal, ProviderLine, sequenceOf } from './history.js';

jest.setTimeout(240_000);

const histories = Number(process.env['STATS_RUNS'] ?? 12);
const dayMs = 86_400_000;
const contractSize = (instrument: string): string => text(instruments(instrument).contractSize);

const opened: ReadModel[] = [];
const readModel = async (): Promise<ReadModel> => {
  const model = await openReadModel();
  opened.push(model);
  return { ...model, projection: statsProjection({ publish: () => Promise.resolve(), instruments }) };
};
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  await stopStack();
});

type Told = ReadonlyMap<number, readonly JournalRecord[]>;
const toldBy = (lines: readonly CopyLine[]): Told =>
  new Map(lines.map(({ journal }) => [journal.partition, journal.records]));

/** Every figure of every provider, its positions and its hash are those of the plain recomputation. */
async function agree(model: ReadModel, told: Told, all: Told = told): Promise<void> {
  for (const providerId of providerIds) {
    const { proof, weeklyFollowerChange, ...figures } = await readCopiers(model.pool, providerId);
    const naive = naiveCopiers({ partitions: told, providerId, contractSize });
    const version = naive.positions.length === 0 ? null : formulaVersion;
    expect(figures).toEqual(naive.figures);
    const positions = naive.positions.map(({ partition, offset }) => ({ partition, offset }));
    expect(proof).toEqual({
      formulaVersion: version,
      positions,
      hash: copiersProofOf(naive.figures, positions, version),
    });
    // Whoever reads the whole journal later finds the same up to the positions that were shown.
    const until = new Map(proof.positions.map(({ partition, offset }) => [partition, offset]));
    expect(naiveCopiers({ partitions: all, providerId, contractSize, until })).toEqual(naive);
    const { rows } = await model.pool.query<{ as_of: string }>(
      'SELECT as_of FROM provider_copies WHERE provider_id = $1 ORDER BY accounts_partition',
      [providerId],
    );
    expect(rows.map((row) => Number(row.as_of))).toEqual(naive.positions.map(({ asOf }) => asOf));
    expect(weeklyFollowerChange).toBeNull();
  }
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((a, b) => a.plus(b), zero);

test(`equal the plain recomputation to the last digit, at any point of ${histories} random histories`, async () => {
  const model = await readModel();
  const seen = new Set<string>();
  for (let seed = 1; seed <= histories; seed++) {
    for (const name of Object.keys(await dump(model.pool))) await model.pool.query(`TRUNCATE "${name}"`);
    const world = randomWorld(seed);
    const below = sequenceOf(seed + 1000);
    const all = toldBy(world.lines);
    const from = new Map(partitions.map((partition) => [partition, 0]));
    for (let cut = 1; cut <= 4; cut++) {
      for (const [partition, records] of all) {
        const start = from.get(partition) ?? 0;
        const end = cut === 4 ? records.length : start + below(records.length - start);
        const cuts = Array.from({ length: 60 }, () => 1 + below(25));
        await project(model, records.slice(start, end), cuts, below(2) === 0);
        from.set(partition, end);
      }
      await agree(model, new Map([...all].map(([id, records]) => [id, records.slice(0, from.get(id))])), all);
    }
    // The decider's own books come to the same money.
    for (const providerId of providerIds) {
      const { aum, active, outcomes, asOf } = await readCopiers(model.pool, providerId);
      expect(aum).toBe(text(roundAmount(sum(world.lines.map((line) => line.aumOf(providerId))))));
      expect([active, asOf]).toEqual([world.lines.reduce((n, line) => n + line.running(providerId), 0), asOf]);
      for (const name of Object.keys(outcomes)) seen.add(name.split(':')[0] ?? '');
    }
    for (const { event } of [...all.values()].flat()) seen.add(event.type);
  }
  // Few histories needn't hold everything.
  if (histories >= 12) expect([...everything].filter((name) => !seen.has(name))).toEqual([]);
});

const everything = [
  ...['filled', 'partly_filled', 'rejected', 'skipped', 'CopyRefused', 'CopyStopped', 'CopyPaused', 'CopyResumed'],
  ...['CopyFundsAdded', 'CopyFundsTakenOut', 'InsuranceDrawn', 'OpenPositionJoined', 'CopyOrdersPlaced'],
];

test('no row depends on where batches end or how often memory is lost', async () => {
  const world = randomWorld(77);
  const whole = await readModel();
  const cut = await readModel();
  for (const [partition, records] of toldBy(world.lines)) {
    await project(whole, records);
    await project(
      cut,
      records,
      Array.from({ length: records.length }, (_, i) => 1 + ((i * partition) % 3)),
      true,
    );
  }
  expect(await dump(cut.pool)).toEqual(await dump(whole.pool));
});

/** Copies of one provider that hold something, in each partition. */
function steadyWorld(seed: number, copiesEach: number): World {
  const world = new World(sequenceOf(seed));
  for (const copies of world.lines)
    for (let i = 0; i < copiesEach; i++) {
      const id = copies.start(`f${copies.journal.partition}${i}`, 'p1', '200', `${40 + i}`, world.at);
      copies.confirm(id, 1, [], world.at);
    }
  return world;
}
const whole = (price: string) => () => ({ fraction: '1', price });
function trade(world: World, side: 'buy' | 'sell', instrument: string, price: string, quantity = '1'): void {
  const source = { instrument, side, positionSide: 'long' } as const;
  const fill = { tradeId: null, price, quantity, fee: '0', feeAsset: 'USDT', realisedPnl: null, occurredAt: world.at };
  const before = world.providers.orders.length;
  world.providers.fill('p1', source, { ...fill, sequence: before + 1 });
  for (const order of world.providers.orders.slice(before)) for (const line of world.lines) line.decide(order);
  for (const line of world.lines) line.end(() => true, whole(price), world.at);
}
const mark = (world: World, prices: Record<string, string>): void => {
  world.at += quarterMs - (world.at % quarterMs);
  for (const line of world.lines) line.tick(lineOf('p1'), world.at, false, prices);
};
const onLine = (records: readonly JournalRecord[], providerId: string): JournalRecord[] =>
  records.map((one) => ({ ...one, partition: lineOf(providerId) }));

test('copied orders never count as the provider’s own: a follower that leads too has its statistics unchanged', async () => {
  const world = new World(sequenceOf(5));
  const [copies] = world.lines as [CopyLine];
  const copyId = copies.start('p2', 'p1', '500', '100', world.at);
  copies.confirm(copyId, 1, [], world.at);
  for (let i = 0; i < 40; i++) {
    for (const order of world.fill('p1')) copies.decide(order);
    copies.end(() => true, whole('100'), world.at);
    if (i % 3 === 0) world.fill('p2');
    if (i % 5 === 0) copies.tick(lineOf('p1'), world.at, false, { BTCUSDT: '120' });
  }
  const model = await readModel();
  await project(model, onLine(world.providers.journal.records, 'p1'));
  const own = [
    'provider_stats',
    'provider_periods',
    'provider_orders',
    'lead_positions',
    'provider_daily',
    'providers',
  ];
  const before = await dump(model.pool);
  const published = await readPublished(model.pool, 'p2');
  await project(model, copies.journal.records, [5, 20], true);
  const after = await dump(model.pool);
  expect((await readCopy(model.pool, copyId))?.outcomes.filled).toBeGreaterThan(10);
  for (const table of own) expect(after[table]).toEqual(before[table]);
  expect(await readPublished(model.pool, 'p2')).toEqual(published);
  // Nor do they make the follower anybody's copiers' PnL but p1's.
  expect((await readCopiers(model.pool, 'p2')).copies).toBe(0);
  expect((await readCopiers(model.pool, 'p1')).copies).toBe(1);
});

test('leaderboard, page, cohorts and report count each copy once, however many rows it has', async () => {
  const world = steadyWorld(3, 4);
  mark(world, { BTCUSDT: '100', [swap]: '50' });
  for (const side of ['buy', 'buy', 'sell'] as const) {
    trade(world, side, 'BTCUSDT', '100');
    trade(world, side, swap, '50', '100');
  }
  mark(world, { BTCUSDT: '90', [swap]: '55' });
  const copyIds = world.lines.flatMap(({ copies }) => [...copies.keys()]);
  for (const copyId of copyIds) {
    const ids = { providerId: 'p1', accountId: copyId.split('~')[0] ?? '', copyId, occurredAt: world.at };
    world.providers.journal.add(record('FollowerAdmitted', { ...ids, fromOrder: 1, joins: [] }));
  }
  world.providers.mark('BTCUSDT', '90');
  world.providers.mark(swap, '55');
  world.providers.tick(world.at, false);
  const model = await readModel();
  await project(model, onLine(world.providers.journal.records, 'p1'));
  for (const { journal } of world.lines) await project(model, journal.records, [7, 3], true);

  const views = await Promise.all(copyIds.map((copyId) => readCopy(model.pool, copyId)));
  const of = (money: (view: NonNullable<(typeof views)[number]>) => Decimal): string =>
    text(roundAmount(sum(views.flatMap((view) => (view ? [money(view)] : [])))));
  const aum = of(({ equity, copyTotalAmt }) =>
    decimal(equity).lt(copyTotalAmt) ? decimal(equity) : decimal(copyTotalAmt),
  );
  const realised = of(({ realisedPnl, fees }) => decimal(realisedPnl).minus(decimal(fees)));
  expect(views.every((view) => view?.positions.length === 2)).toBe(true);
  expect([views.length, decimal(aum).lt('2400'), decimal(realised).lt('0')]).toEqual([12, true, true]);

  const page = await readLeaderboard(model.pool, { period: 'all', sort: 'aum', order: 'desc', limit: 10 });
  expect(page.items.map(({ userId }) => userId)).toEqual(['p1', 'p2', 'p3']);
  expect(page.items.map((card) => card.aum)).toEqual([aum, '0', '0']);
  expect(page.items.map(({ followers }) => followers)).toEqual([12, 0, 0]);
  expect(page.items.map(({ copierPnl }) => copierPnl)).toEqual([realised, null, null]);
  const provider = await readProvider(model.pool, 'p1');
  expect(provider?.copiers).toMatchObject({
    copies: 12,
    active: 12,
    aum,
    realisedPnl: realised,
    outcomes: { filled: 72 },
  });
  expect(provider?.followers).toBe(12);
  const [cohort, ...others] = await readCohorts(model.pool);
  expect([others.length, cohort?.providers, cohort?.copierPnl]).toEqual([0, 3, realised]);
  const report = await readReport(model.pool);
  const [p1] = report.providers;
  expect([p1?.activeFollowers, p1?.aum, report.copies.copied]).toEqual([12, aum, 72]);
});

test('money that is added or taken out moves neither realised nor unrealised PnL, nor any return', async () => {
  const world = steadyWorld(4, 1);
  const [copies] = world.lines as [CopyLine];
  const [copyId = ''] = copies.copies.keys();
  mark(world, { BTCUSDT: '100' });
  trade(world, 'buy', 'BTCUSDT', '100', '2');
  trade(world, 'sell', 'BTCUSDT', '110');
  mark(world, { BTCUSDT: '120' });
  const model = await readModel();
  const figures = async () => {
    await project(model, copies.journal.records.slice(projected));
    projected = copies.journal.records.length;
    const { realisedPnl, unrealisedPnl, realisedReturn, inProfit, invested } = await readCopiers(model.pool, 'p1');
    return { told: { realisedPnl, unrealisedPnl, realisedReturn, inProfit }, invested };
  };
  let projected = 0;
  const before = await figures();
  expect(before).toEqual({
    // 0.4 bought at 100, half sold at 110, half worth 120; a fee of 0.05 % of 40 and 22.
    told: { realisedPnl: '1.969', unrealisedPnl: '4', realisedReturn: '0.029845', inProfit: '1' },
    invested: '200',
  });
  copies.moveFunds(copyId, '1000', true, world.at);
  expect(await figures()).toEqual({ told: before.told, invested: '1200' });
  copies.moveFunds(copyId, '1150.5', false, world.at);
  expect(await figures()).toEqual({ told: before.told, invested: '1200' });
  // What comes after counts by the money that is there: 55.469 grows by 4.
  // Marks between quarter hours are not looked at.
  copies.tick(lineOf('p1'), quarterMs * 200 + 60_000, false, { BTCUSDT: '150' });
  copies.tick(lineOf('p1'), quarterMs * 201, false, { BTCUSDT: '140' });
  const grown = decimal('1.029845')
    .times(decimal('59.469').div(decimal('55.469')))
    .minus('1')
    .round(10);
  expect((await figures()).told.realisedReturn).toBe(text(grown));
});

test('followers and AUM of each day are in the calendar; the weekly change spans seven midnights', async () => {
  const line = new ProviderLine(new Journal('providers.events', 0));
  line.register('p1', '1000', 1);
  const follower = (type: 'FollowerAdmitted' | 'FollowerRemoved', n: number, occurredAt: number): AnyRecord => {
    const ids = { providerId: 'p1', accountId: `f${n}`, copyId: `f${n}~p1~1`, occurredAt };
    return type === 'FollowerAdmitted'
      ? record(type, { ...ids, fromOrder: 1, joins: [] })
      : record(type, { ...ids, afterOrder: 1 });
  };
  const model = await readModel();
  let projected = 0;
  const change = async (): Promise<number | null> => {
    await project(model, line.journal.records.slice(projected));
    projected = line.journal.records.length;
    return (await readCopiers(model.pool, 'p1')).weeklyFollowerChange;
  };
  const changes: (number | null)[] = [];
  for (let day = 1; day <= 10; day++) {
    line.journal.add(follower('FollowerAdmitted', day, day * dayMs - 5));
    if (day % 4 === 0) line.journal.add(follower('FollowerRemoved', day, day * dayMs - 4));
    line.tick(day * dayMs, true);
    for (const accountsPartition of [2, 7])
      line.journal.add(
        record('AumRecorded', { providerId: 'p1', accountsPartition, at: day * dayMs, aum: `${day}.5`, copies: 1 }),
      );
    changes.push(await change());
  }
  const calendar = (await readProvider(model.pool, 'p1'))?.calendar;
  expect(calendar?.map(({ followers }) => followers)).toEqual([1, 2, 3, 3, 4, 5, 6, 6, 7, 8]);
  expect(calendar?.map(({ aum }) => aum)).toEqual(Array.from({ length: 10 }, (_, i) => String(2 * i + 3)));
  // At the 8th midnight for the first time a midnight lies seven days back: 6 − 1, then 7 − 2, 8 − 3.
  expect(changes).toEqual([...Array.from({ length: 7 }, () => null), 5, 5, 5]);
  line.journal.add(follower('FollowerRemoved', 9, 10 * dayMs + 5));
  expect(await change()).toBe(4);
});

test('slippage quantiles are those of the sorted list; an absurd price breaks nothing', async () => {
  const world = steadyWorld(6, 3);
  mark(world, { BTCUSDT: '100' });
  const below = sequenceOf(8);
  for (let i = 0; i < 30; i++) {
    const source = { instrument: 'BTCUSDT', side: i % 2 === 0 ? 'buy' : 'sell', positionSide: 'long' } as const;
    const fill = { tradeId: null, quantity: '1', fee: '0', feeAsset: 'USDT', realisedPnl: null, occurredAt: world.at };
    // The last sale of the provider says a price of nearly nothing.
    world.providers.fill('p1', source, { ...fill, sequence: i + 1, price: i === 29 ? '0.0000000001' : '100' });
    const order = world.providers.orders.at(-1) as ProviderOrder;
    for (const line of world.lines) line.decide(order);
    for (const line of world.lines)
      line.end(() => true, () => ({ fraction: '1', price: `${98 + below(4)}.${below(1000)}` }), world.at); // prettier-ignore
  }
  const model = await readModel();
  for (const { journal } of world.lines) await project(model, journal.records, [9, 30], true);
  const ends = world.lines.flatMap(({ journal }) =>
    journal.records.flatMap(({ event }): readonly CopyEnd[] => (event.type === 'CopyOrdersEnded' ? event.ends : [])),
  );
  const sorted = ends
    .map(({ side, price, providerPrice }) => {
      const worse = (Number(price) - Number(providerPrice)) * (side === 'buy' ? 1 : -1);
      return Math.max(-1e8, Math.round((worse / Number(providerPrice)) * 100_000) / 10);
    })
    .sort((a, b) => a - b);
  const at = (q: number): number | undefined => sorted[Math.ceil(q * sorted.length) - 1];
  const { slippageBp, outcomes } = await readCopiers(model.pool, 'p1');
  expect([sorted.length, sorted[0], outcomes]).toEqual([270, -1e8, { filled: 270 }]);
  expect(slippageBp).toEqual({ median: at(0.5), p95: at(0.95) });
});
