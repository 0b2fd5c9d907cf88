import { partitionCount } from '@slipstream/contracts';
import { afterOrder, decimal, text } from '@slipstream/domain';
import {
  AccountsMarkRow,
  CopyRow,
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderCopiersRow,
  ProviderCopiesRow,
  ProviderDayRow,
  ProviderMidnightRow,
  ProviderOrderRow,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
  upsert,
} from '@slipstream/read-model';
import type pg from 'pg';
import { Market, type Trader } from './market.ts';
import { Random } from './random.ts';
import { copiersRow, copiesRows, seededCopies, spread, type Follower } from './seed-copies.ts';
import { dayMs, seededProvider, type SeededProvider } from './seed-providers.ts';

const providersPerWrite = 500;
const hourMs = 3_600_000;

export interface Scale {
  readonly providers: number;
  readonly copies: number;
}

/** What lies in the tables before the projector starts. */
export interface Seeded {
  readonly market: Market;
  readonly traders: readonly Trader[];
  /** Copies that go on, by provider. */
  readonly followers: ReadonlyMap<string, readonly Follower[]>;
  /** The last midnight of the market clock. */
  readonly midnight: number;
  readonly dayRows: number;
}

/** Fills the empty tables of a migrated read model, as if the journals behind them were gone. */
export async function seed(client: pg.PoolClient, { providers, copies }: Scale): Promise<Seeded> {
  const midnight = Date.UTC(2026, 4, 1);
  const random = new Random(1);
  const market = new Market();
  const traders: Trader[] = [];
  const followers = new Map<string, Follower[]>();
  const counts = spread(copies, providers, random);
  let [first, dayRows] = [0, 0];
  for (let from = 0; from < providers; from += providersPerWrite) {
    const some: SeededProvider[] = [];
    const rows: CopyRow[] = [];
    for (let i = from; i < Math.min(from + providersPerWrite, providers); i++) {
      const count = counts[i] ?? 0;
      const seeded = seededProvider(i, midnight, count, random);
      const own = seededCopies(seeded.trader, first, count, midnight, random);
      some.push(seeded);
      rows.push(...own);
      traders.push(seeded.trader);
      first += count;
      const going = own.filter(({ status }) => status === 'active');
      const { providerId } = seeded.trader;
      followers.set(
        providerId,
        going.map(({ accountsPartition: partition, ...copy }) => ({ ...copy, partition })),
      );
      market.add(seeded.trader);
      market.owed.set(providerId, going.length);
      dayRows += seeded.days.length;
    }
    await client.query('BEGIN');
    await writeProviders(client, some);
    await writeCopies(client, rows, midnight);
    await writePositions(client, market, some, random, midnight);
    await client.query('COMMIT');
  }
  await writeMarks(client, market, midnight);
  await client.query('VACUUM ANALYZE');
  return { market, traders, followers, midnight, dayRows };
}

async function writeProviders(client: pg.PoolClient, some: readonly SeededProvider[]): Promise<void> {
  await upsert(
    client,
    ProviderRow,
    some.map(({ provider }) => provider),
  );
  await upsert(
    client,
    ProviderStatsRow,
    some.map(({ stats }) => stats),
  );
  await upsert(
    client,
    ProviderPeriodRow,
    some.flatMap(({ periods }) => periods),
  );
  await upsert(
    client,
    ProviderMidnightRow,
    some.map(({ midnight }) => midnight),
  );
  await upsert(
    client,
    ProviderDayRow,
    some.flatMap(({ days }) => days),
  );
}

async function writeCopies(client: pg.PoolClient, copies: readonly CopyRow[], asOf: number): Promise<void> {
  await upsert(client, CopyRow, copies);
  const byProvider = [...Map.groupBy(copies, ({ providerId }) => providerId).values()];
  const rows = byProvider.map((some) => copiesRows(some, asOf));
  await upsert(client, ProviderCopiesRow, rows.flat());
  await upsert(client, ProviderCopiersRow, rows.flatMap(copiersRow));
}

/** Every second provider holds something since yesterday; each has some lead positions that are closed. */
async function writePositions(
  client: pg.PoolClient,
  market: Market,
  some: readonly SeededProvider[],
  random: Random,
  midnight: number,
): Promise<void> {
  const positions = new Map<string, LeadPositionRow>();
  const orders: ProviderOrderRow[] = [];
  for (const { trader, provider } of some) {
    if (provider.strategy === null || random.chance(0.3)) continue;
    let open: ReturnType<typeof afterOrder>;
    const count = 1 + random.below(6);
    for (let i = 0; i < count; i++) {
      const taken = market.order(trader, midnight - dayMs + i * hourMs);
      const { order } = taken;
      open = afterOrder(open?.closedAt === null ? open : undefined, taken, decimal('1'));
      if (open === undefined) continue;
      const money = { quantity: text(open.quantity), averageCost: text(open.averageCost), pnl: text(open.pnl) };
      const row = { ...open, providerId: trader.providerId, ...money, fees: text(open.fees) };
      positions.set(`${trader.providerId} ${open.leadPositionId}`, { ...row, largestCost: text(open.largestCost) });
      orders.push({ ...order, owed: taken.owed, pnl: '0', fees: '0' });
    }
  }
  await upsert(client, LeadPositionRow, [...positions.values()]);
  await upsert(client, ProviderOrderRow, orders);
}

async function writeMarks(client: pg.PoolClient, market: Market, watermark: number): Promise<void> {
  const lines = Array.from({ length: partitionCount }, (_, line) => line);
  const marks = market.marks();
  await upsert(
    client,
    LineRow,
    lines.map((line) => ({ line, watermark })),
  );
  await upsert(
    client,
    LineMarkRow,
    lines.flatMap((line) => marks.map((mark) => ({ line, ...mark, contractSize: '1' }))),
  );
  await upsert(
    client,
    AccountsMarkRow,
    lines.flatMap((accountsPartition) =>
      lines.flatMap((line) => marks.map((mark) => ({ accountsPartition, line, ...mark }))),
    ),
  );
}
