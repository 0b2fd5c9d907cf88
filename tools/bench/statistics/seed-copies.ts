import { partitionCount, partitionOf } from '@slipstream/contracts';
import { copyIdOf, decimal, published, text, zero, type Decimal } from '@slipstream/domain';
import type { CopyRow, ProviderCopiersRow, ProviderCopiesRow } from '@slipstream/read-model';
import type { Trader } from './market.ts';
import { units, type Random } from './random.ts';

const copiesPerAccount = 2;
const formulaVersion = 2;

/** A copy that goes on. */
export interface Follower {
  readonly accountId: string;
  readonly copyId: string;
  readonly partition: number;
}

/** How many copies each provider has: few have many. */
export function spread(copies: number, providers: number, random: Random): number[] {
  const counts = Array.from({ length: providers }, () => 0);
  for (let i = 0; i < copies; i++) {
    const index = Math.floor(random.next() ** 3 * providers);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return random.shuffle(counts);
}

/** Copies of one provider: nine in ten go on, two in three have had fills; all of them are flat. */
export function seededCopies(trader: Trader, first: number, count: number, at: number, random: Random): CopyRow[] {
  return Array.from({ length: count }, (_, i) => {
    const account = Math.floor((first + i) / copiesPerAccount);
    const accountId = `a${String(account).padStart(7, '0')}`;
    const [stopped, filled] = [random.chance(0.1), random.chance(0.66) ? 1 + random.below(40) : 0];
    const amount = String(50 * (1 + random.below(100)));
    const realised = filled === 0 ? '0' : units(Math.round(random.normal() * Number(amount) * 10), 2);
    return {
      ...{ copyId: copyIdOf(accountId, trader.providerId, first + i), accountId, providerId: trader.providerId },
      ...{ accountsPartition: partitionOf(accountId, partitionCount), line: trader.line },
      ...{ status: stopped ? 'stopped' : 'active', stopReason: stopped ? 'requested' : null },
      ...{ copyTotalAmt: amount, putIn: amount, invested: amount, startedWith: amount, growth: '1', base: amount },
      ...{ insured: '0', fromOrder: 1, realisedPnl: realised, fees: units(filled * 5, 2), returned: null },
      ...{ placed: filled, skipped: random.below(5), filled, rejected: 0 },
      ...{ requestedAt: at - random.below(60) * 86_400_000, stoppedAt: stopped ? at : null },
    };
  });
}

/** What the copies come to, per accounts partition. */
export function copiesRows(copies: readonly CopyRow[], asOf: number): ProviderCopiesRow[] {
  return [...Map.groupBy(copies, (copy) => copy.accountsPartition)].map(([accountsPartition, some]) => {
    const add = (of: (copy: CopyRow) => Decimal): string => text(some.reduce((sum, copy) => sum.plus(of(copy)), zero));
    const count = (of: (copy: CopyRow) => number): number => some.reduce((sum, copy) => sum + of(copy), 0);
    const own = (copy: CopyRow): Decimal => decimal(copy.realisedPnl).minus(decimal(copy.fees));
    const aum = (copy: CopyRow): Decimal => {
      const total = decimal(copy.copyTotalAmt);
      const equity = total.plus(own(copy));
      return copy.status === 'stopped' ? zero : equity.gt(total) ? total : equity.gt(zero) ? equity : zero;
    };
    return {
      ...{ providerId: some[0]?.providerId ?? '', accountsPartition, asOf, logOffset: -1, formulaVersion },
      ...{ copies: some.length, active: count(({ status }) => (status === 'stopped' ? 0 : 1)) },
      withResult: count(({ filled }) => (filled > 0 ? 1 : 0)),
      inProfit: count((copy) => (copy.filled > 0 && own(copy).gt(zero) ? 1 : 0)),
      ...{ invested: add((copy) => decimal(copy.invested)), realisedPnl: add(own), unrealisedPnl: '0', aum: add(aum) },
      drift: '0',
      returnWeight: add((copy) => (copy.filled > 0 ? decimal(copy.startedWith) : zero)),
      returnSum: add((copy) => (copy.filled > 0 ? own(copy) : zero)),
      ...{ placed: count((copy) => copy.placed), skipped: count((copy) => copy.skipped) },
      ...{ filled: count((copy) => copy.filled), rejected: 0 },
    };
  });
}

/** Their sums over all partitions. */
export function copiersRow(rows: readonly ProviderCopiesRow[]): ProviderCopiersRow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const money = (name: 'invested' | 'realisedPnl' | 'aum' | 'returnWeight' | 'returnSum'): Decimal =>
    rows.reduce((sum, row) => sum.plus(decimal(row[name])), zero);
  const count = (name: 'copies' | 'active' | 'withResult' | 'inProfit' | 'placed' | 'skipped' | 'filled'): number =>
    rows.reduce((sum, row) => sum + row[name], 0);
  const quotient = (a: Decimal, b: Decimal): string | null => (b.eq(zero) ? null : published(a.div(b)));
  const [withResult, inProfit] = [count('withResult'), count('inProfit')];
  return [
    {
      ...{ providerId: first.providerId, asOf: first.asOf, copies: count('copies'), active: count('active') },
      ...{ withResult, inProfit, invested: text(money('invested')), realisedPnl: text(money('realisedPnl')) },
      ...{
        unrealisedPnl: '0',
        aum: text(money('aum')),
        drift: '0',
        placed: count('placed'),
        skipped: count('skipped'),
      },
      ...{ filled: count('filled'), rejected: 0 },
      realisedReturn: quotient(money('returnSum'), money('returnWeight')),
      profitShare: quotient(decimal(String(inProfit)), decimal(String(withResult))),
    },
  ];
}
