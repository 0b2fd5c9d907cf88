import { partitionCount, record, type ProviderOrder } from '@slipstream/contracts';
import { copyOrderId } from '@slipstream/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Entry, JournalWriter } from './journal.ts';
import type { Trader } from './market.ts';
import { timesOf, type Times } from './pages.ts';
import { Random } from './random.ts';
import type { Follower } from './seed-copies.ts';
import type { Seeded } from './seed.ts';
import { Watch } from './watch.ts';

const stepMs = 10;
const samplesPerSecond = 50;

export interface Rates {
  readonly fillsPerSecond: number;
  /** Records of accounts.events: decisions of the copies of an account partition, and their ends. */
  readonly accountRecordsPerSecond: number;
}

/** Records made before anything is measured: what is measured shares its cores with this process. */
export interface Prepared {
  /** Provider orders, a record each. */
  readonly orders: readonly Entry[];
  readonly fills: number;
  readonly accounts: readonly Entry[];
  readonly seconds: number;
}

/** What came of a steady load. */
export interface LoadTimes {
  readonly orders: number;
  readonly fills: number;
  readonly fillsPerSecond: number;
  readonly accountRecords: number;
  /** From before the send of a fill until its provider's row shows it. */
  readonly visibleMs: Times;
}

export interface Writers {
  readonly providers: JournalWriter;
  readonly accounts: JournalWriter;
}

/** Makes fills of random providers, and decisions of copies of some of them. */
export function prepare(seeded: Seeded, writers: Writers, rates: Rates, seconds: number, startAt: number): Prepared {
  const { market, traders } = seeded;
  const random = new Random(startAt);
  const orders: Entry[] = [];
  let fills = 0;
  const accounts: Entry[] = [];
  while (fills < rates.fillsPerSecond * seconds) {
    const trader = random.pick(traders);
    const taken = market.order(trader, startAt + Math.floor((fills * 1000) / rates.fillsPerSecond));
    fills += taken.fills.length;
    orders.push(writers.providers.entry(trader.line, trader.providerId, taken));
    const due = (fills / rates.fillsPerSecond) * rates.accountRecordsPerSecond;
    if (accounts.length < due) accounts.push(...decided(seeded, writers, trader, taken.order));
  }
  return { orders, fills, accounts, seconds };
}

/** The copies of one accounts partition follow an order and are filled at the provider's price. */
function decided(seeded: Seeded, writers: Writers, { providerId, line }: Trader, order: ProviderOrder): Entry[] {
  const copies = seeded.followers.get(providerId) ?? [];
  const entries: Entry[] = [];
  for (const [partition, some] of Map.groupBy(copies, (copy) => copy.partition)) {
    const placed = some.map((copy) => ({ ...ordered(copy, order), ...reservation }));
    const event = record('CopiesDecided', { line, order, placed, skipped: [], missed: [] });
    const ends = some.map((copy) => ({ ...ordered(copy, order), ...filled(order) }));
    const key = some[0]?.accountId ?? '';
    entries.push(writers.accounts.entry(partition, key, event));
    entries.push(writers.accounts.entry(partition, key, record('CopyOrdersEnded', { ends })));
  }
  return entries;
}

const reservation = { reduceOnly: false, leverage: '10', reserved: '1', target: '0' } as const;
const ordered = ({ accountId, copyId }: Follower, { orderNo, side }: ProviderOrder) =>
  ({ accountId, copyId, orderId: copyOrderId(copyId, orderNo), side, quantity: '0.001' }) as const;
const filled = ({ providerId, orderNo, instrument, positionSide, price, occurredAt }: ProviderOrder) =>
  ({
    ...{ type: 'CopyFilled' as const, reason: null, orderNo, providerId, instrument, positionSide, price },
    ...{
      providerPrice: price,
      fee: '0.01',
      feeAsset: 'USDT',
      realisedPnl: '0.02',
      released: '1',
      commission: '0',
      occurredAt,
    },
  }) as const;

/** Sends at an even pace, whatever becomes of it, and looks when some of the fills are to be seen. */
export async function load(
  writers: Writers,
  pool: pg.Pool,
  { orders, fills, accounts, seconds }: Prepared,
): Promise<LoadTimes> {
  const watch = new Watch(pool);
  const startedMs = performance.now();
  let [sent, told, sampled] = [0, 0, 0];
  for (let step = 1; sent < orders.length; step++) {
    await sleep(Math.max(0, startedMs + step * stepMs - performance.now()));
    const passed = Math.min(1, (performance.now() - startedMs) / (seconds * 1000));
    const some = orders.slice(sent, Math.ceil(passed * orders.length));
    const others = accounts.slice(told, Math.floor(passed * accounts.length));
    const sentAtMs = performance.now();
    const [offsets] = await Promise.all([writers.providers.append(some), writers.accounts.append(others)]);
    sent += some.length;
    told += others.length;
    for (let i = 0; i < some.length && sampled < passed * seconds * samplesPerSecond; i += 7, sampled++)
      watch.add({ providerId: some[i]?.key ?? '', offset: offsets[i] ?? 0, sentAtMs });
  }
  const elapsedMs = performance.now() - startedMs;
  await watch.end();
  const fillsPerSecond = (fills / elapsedMs) * 1000;
  return { orders: sent, fills, fillsPerSecond, accountRecords: told, visibleMs: timesOf(watch.seenMs) };
}

/** A midnight on every line: milliseconds until every provider's windows have rolled. */
export async function midnight({ market }: Seeded, { providers }: Writers, pool: pg.Pool, at: number): Promise<number> {
  const event = record('MarketTicked', { at, boundary: true, line: null, marks: market.marks() });
  const startedMs = performance.now();
  await providers.append(Array.from({ length: partitionCount }, (_, line) => providers.entry(line, '', event)));
  for (let left = 1; left > 0; await sleep(20)) {
    const { rows } = await pool.query<{ n: string }>(
      'SELECT count(*) AS n FROM provider_midnights WHERE series_boundary IS DISTINCT FROM $1',
      [at],
    );
    left = Number(rows[0]?.n);
  }
  return performance.now() - startedMs;
}
