import { aumOf, decimal, grown, isZero, one, zero, type CopyGrowth, type Decimal } from '@slipstream/domain';
import type { Copies } from './copies.js';
import { unpacked, type Copy } from './packed-copies.js';

const counts = ['copies', 'active', 'withResult', 'inProfit', 'placed', 'skipped', 'filled', 'rejected'] as const;
const sums = ['invested', 'realisedPnl', 'unrealisedPnl', 'aum', 'drift', 'returnWeight', 'returnSum'] as const;

/** What copies come to: numbers that are added up; a copy's own share has the same. The fields are those of `ProviderCopiesRow`. */
export type Totals = Readonly<Record<(typeof counts)[number], number>> &
  Readonly<Record<(typeof sums)[number], Decimal>>;

const noTotals: Totals = {
  ...{ copies: 0, active: 0, withResult: 0, inProfit: 0, placed: 0, skipped: 0, filled: 0, rejected: 0 },
  ...{ invested: zero, realisedPnl: zero, unrealisedPnl: zero, aum: zero, drift: zero },
  ...{ returnWeight: zero, returnSum: zero },
};

/** Totals as they are kept and written, decimals as text: most providers have some in every partition, and few move. */
export type TotalsText = Readonly<Record<(typeof counts)[number], number>> &
  Readonly<Record<(typeof sums)[number], string>>;

export const noTotalsText = JSON.stringify(noTotals);

function totalsFrom(packed: string): Moving {
  const said = JSON.parse(packed) as TotalsText;
  // A copy of something that has them all: see `rowOf`.
  const totals: Moving = { ...noTotals };
  for (const name of counts) totals[name] = said[name];
  for (const name of sums) totals[name] = decimal(said[name]);
  return totals;
}

/** What a copy that holds something was valued at. */
interface Held {
  /** As `PackedCopies` keeps it. */
  readonly copy: string;
  /** Unrealised PnL, and what is missing to the targets. */
  readonly open: Decimal;
  readonly drift: Decimal;
  /** Marks move more often than the copy itself. */
  readonly money: Money;
}

/**
 * What a copy was valued at; a flat one is its own text. What it adds to the totals of its provider follows from it
 * (`totalsOf`) and isn't kept.
 */
export type Share = Held | string;

/** The money of a copy, apart from what is open. */
interface Money {
  readonly own: Decimal;
  /** Put in, realised and insured: its equity when it is flat. */
  readonly cash: Decimal;
  readonly invested: Decimal;
  readonly copyTotalAmt: Decimal;
  readonly startedWith: Decimal;
  readonly growth: CopyGrowth;
}

type Moving = { -readonly [N in keyof Totals]: Totals[N] };

/**
 * Values copies at the marks of their lines, and moves the totals of their providers by the difference. Sums are exact, so
 * it doesn't matter in which order or how often: they are what adding up all copies would give.
 */
export function revalue(copies: Copies, copyIds: Iterable<string>): void {
  const moving = new Map<string, Moving>();
  for (const copyId of copyIds) {
    const text = copies.copies.textOf(copyId);
    if (text === undefined) continue;
    const copy = unpacked(text);
    const { providerId } = copy.row;
    const provider = copies.providers.get(providerId);
    if (provider === undefined) continue;
    const before = copies.shares.get(copyId);
    const share = shareOf(copies, copy, text, before);
    if (before === undefined && share === undefined) continue;
    let totals = moving.get(providerId);
    if (totals === undefined) moving.set(providerId, (totals = totalsFrom(provider.totals)));
    move(totals, before ? totalsOf(before) : noTotals, share ? totalsOf(share, copy) : noTotals);
    if (share === undefined) copies.shares.delete(copyId);
    else copies.shares.set(copyId, share);
  }
  for (const [providerId, totals] of moving) {
    const provider = copies.providers.get(providerId);
    if (provider) provider.totals = JSON.stringify(totals);
  }
}

function move(totals: Moving, before: Totals, after: Totals): void {
  for (const name of counts) totals[name] += after[name] - before[name];
  for (const name of sums)
    if (after[name] !== before[name]) totals[name] = totals[name].plus(after[name].minus(before[name]));
}

const running: readonly string[] = ['active', 'paused', 'stopping'];

/** A copy at the marks of its line; undefined for one that was never confirmed. */
function shareOf(copies: Copies, copy: Copy, text: string, before: Share | undefined): Share | undefined {
  if (copy.row.fromOrder === null) return undefined;
  if (!copies.leads.has(copy.row.copyId)) return text;
  const { open, drift } = openOf(copies, copy);
  const known = typeof before === 'object' && before.copy === text ? before.money : moneyOf(copy);
  return { copy: text, open, drift, money: known };
}

/** What a copy adds to the figures of its provider. */
function totalsOf(share: Share, copy = unpacked(typeof share === 'string' ? share : share.copy)): Totals {
  const { row } = copy;
  const { open, drift, money } = typeof share === 'string' ? { ...flat, money: moneyOf(copy) } : share;
  const equity = money.cash.plus(open);
  const isRunning = running.includes(row.status);
  const hasResult = row.filled > 0;
  const weight = hasResult ? money.startedWith : zero;
  return {
    copies: 1,
    active: isRunning ? 1 : 0,
    withResult: hasResult ? 1 : 0,
    inProfit: hasResult && money.own.plus(open).gt(zero) ? 1 : 0,
    placed: row.placed,
    skipped: row.skipped,
    filled: row.filled,
    rejected: row.rejected,
    invested: money.invested,
    realisedPnl: money.own,
    unrealisedPnl: open,
    aum: isRunning ? aumOf(money.copyTotalAmt, equity) : zero,
    drift: isRunning ? drift : zero,
    returnWeight: weight,
    returnSum: hasResult ? weight.times(grown(money.growth, equity).minus(one)) : zero,
  };
}

const flat = { open: zero, drift: zero };

function moneyOf(copy: Copy): Money {
  const { row } = copy;
  const own = copy.realisedPnl.minus(copy.fees);
  return {
    own,
    cash: decimal(row.putIn).plus(decimal(row.insured)).plus(own),
    invested: decimal(row.invested),
    copyTotalAmt: decimal(row.copyTotalAmt),
    startedWith: decimal(row.startedWith),
    growth: growthOf(copy),
  };
}

/** The growth of a copy between flows, as its row keeps it. */
export const growthOf = ({ row }: Copy): CopyGrowth => ({ growth: decimal(row.growth), base: decimal(row.base) });

/** Unrealised PnL and drift of a copy, at the marks of its line; what has no mark is worth its cost. */
function openOf(copies: Copies, { row }: Copy): { readonly open: Decimal; readonly drift: Decimal } {
  const marks = copies.marks.get(row.line);
  let [open, drift] = [zero, zero];
  for (const { instrument, target, quantity, cost } of copies.leads.get(row.copyId)?.values() ?? []) {
    const mark = marks?.get(instrument);
    if (mark === undefined) continue;
    const price = mark.times(copies.instruments(instrument).contractSize);
    open = open.plus(quantity.times(price)).minus(cost);
    const missing = target.minus(quantity);
    if (!isZero(missing)) drift = drift.plus(missing.abs().times(price));
  }
  return { open, drift };
}
