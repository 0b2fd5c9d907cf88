import { decimal, isZero, min, roundAmount, zero, type Decimal } from '../money.js';
import type { Opening } from './carried-gap.js';
import { revivePending, type PendingSettlement } from './pending.js';
import { reviveShareTerms, type AnnouncedTerms, type ShareTerms } from './share-terms.js';

/** The profit share of one copy. Money in the ledger's asset, 8 decimals; times in ms. */
export interface CopyShare {
  readonly copyId: string;
  /** `ended`: settled at its stop, nothing moves it any more. */
  readonly status: 'running' | 'ended';
  /** Watermark − equity, before a charge: above 0 under water, below 0 a profit that isn't settled yet. */
  readonly gap: Decimal;
  /** Copy equity at the last mark, flow or charge. */
  readonly equity: Decimal;
  /** Profit share that was accrued and isn't paid: it wasn't available, or its charge is under way. */
  readonly due: Decimal;
  /** Measured, and not charged yet; `due` and the gap have them in them already. In their order, few. */
  readonly pending: readonly PendingSettlement[];
  readonly terms: ShareTerms;
  readonly announced: AnnouncedTerms | null;
  /** Moment of the last settlement, of the start before the first. */
  readonly settledAt: number;
  /** It was settled at the provider's retirement. */
  readonly retirementSettled: boolean;
  readonly sinceSettled: SinceSettled;
  readonly totals: ShareTotals;
}

/** From the last settlement (or the start) on: what a receipt needs to be worked out by hand. */
export interface SinceSettled {
  /** Just after it. */
  readonly equity: Decimal;
  readonly gap: Decimal;
  readonly deposits: Decimal;
  readonly withdrawals: Decimal;
  /** By how much withdrawals have lowered the gap. */
  readonly gapWithdrawn: Decimal;
}

/** Over all settlements. accrued + what was due at the start = providerGross + due. */
export interface ShareTotals {
  readonly settlements: number;
  readonly newProfit: Decimal;
  readonly accrued: Decimal;
  readonly providerGross: Decimal;
  readonly platformFee: Decimal;
  readonly providerNet: Decimal;
}

const noTotals: ShareTotals = {
  settlements: 0,
  newProfit: zero,
  accrued: zero,
  providerGross: zero,
  platformFee: zero,
  providerNet: zero,
};

/** Shared: most copies have none most of the time. */
const nothingPending: readonly PendingSettlement[] = [];

/** A period that begins. */
export const settledWith = (equity: Decimal, gap: Decimal): SinceSettled => ({
  equity,
  gap,
  deposits: zero,
  withdrawals: zero,
  gapWithdrawn: zero,
});

/**
 * A copy that becomes active.
 * @param opening what an earlier copy of the same follower and provider has left (`openingOf`); it is used up by this
 */
export function startShare(
  start: { readonly copyId: string; readonly amount: Decimal; readonly at: number; readonly terms: ShareTerms },
  { gap, due }: Opening = { gap: zero, due: zero },
): CopyShare {
  const { copyId, amount, at, terms } = start;
  return {
    copyId,
    status: 'running',
    gap,
    equity: amount,
    due,
    pending: nothingPending,
    terms,
    announced: null,
    settledAt: at,
    retirementSettled: false,
    sinceSettled: settledWith(amount, gap),
    totals: noTotals,
  };
}

/** PnL (realised + unrealised − fees + funding) lowers the gap by its amount; a loss raises it. */
export function withPnl(share: CopyShare, pnl: Decimal): CopyShare {
  if (share.status === 'ended' || isZero(pnl)) return share;
  return { ...share, gap: share.gap.minus(pnl), equity: share.equity.plus(pnl) };
}

/**
 * The share at a mark: what the equity has moved since the last mark, flow or charge is PnL.
 * @param equity copy equity, with all flows and charges until now in it and what the insurance account has borne
 */
export const withEquity = (share: CopyShare, equity: Decimal): CopyShare => withPnl(share, equity.minus(share.equity));

/**
 * Money that came into the copy leaves the gap.
 * @param amount above 0
 * @param equityBefore copy equity just before it
 */
export function withDeposit(share: CopyShare, amount: Decimal, equityBefore: Decimal): CopyShare {
  if (share.status === 'ended') return share;
  const marked = withEquity(share, equityBefore);
  const { sinceSettled } = marked;
  return {
    ...marked,
    equity: equityBefore.plus(amount),
    sinceSettled: { ...sinceSettled, deposits: sinceSettled.deposits.plus(amount) },
  };
}

/**
 * Money that left the copy: gap × (1 − w) if the gap is above 0, rounded to 8 decimals, else the gap stays;
 * w = amount ÷ (equity before it − due), at most 1. What is due isn't the follower's any more, so the part that goes is
 * the same before and after it is charged.
 * @param amount above 0
 * @param equityBefore copy equity just before it
 */
export function withWithdrawal(share: CopyShare, amount: Decimal, equityBefore: Decimal): CopyShare {
  if (share.status === 'ended') return share;
  const marked = withEquity(share, equityBefore);
  const { gap, sinceSettled } = marked;
  const gapAfter = gap.gt(zero) ? keptGap(gap, amount, equityBefore.minus(share.due)) : gap;
  return {
    ...marked,
    gap: gapAfter,
    equity: equityBefore.minus(amount),
    sinceSettled: {
      ...sinceSettled,
      withdrawals: sinceSettled.withdrawals.plus(amount),
      gapWithdrawn: sinceSettled.gapWithdrawn.plus(gap.minus(gapAfter)),
    },
  };
}

/** gap × (1 − amount ÷ own), rounded; nothing is left of it where all goes. */
export const keptGap = (gap: Decimal, amount: Decimal, own: Decimal): Decimal =>
  own.lte(zero) ? zero : roundAmount(gap.times(own.minus(min(amount, own))).div(own));

/** New terms of the provider: they hold from the settlement at effectiveFrom on; a later announcement replaces them. */
export const withAnnouncedTerms = (share: CopyShare, announced: AnnouncedTerms): CopyShare =>
  share.status === 'ended' ? share : { ...share, announced };

/** A share as it was saved. */
export function reviveCopyShare(json: unknown): CopyShare {
  const saved = json as CopyShare;
  return {
    ...saved,
    ...amounts(saved, ['gap', 'equity', 'due']),
    pending: saved.pending.length === 0 ? nothingPending : saved.pending.map(revivePending),
    terms: reviveShareTerms(saved.terms),
    announced: saved.announced && reviveShareTerms(saved.announced),
    sinceSettled: {
      ...saved.sinceSettled,
      ...amounts(saved.sinceSettled, ['equity', 'gap', 'deposits', 'withdrawals', 'gapWithdrawn']),
    },
    totals: {
      ...saved.totals,
      ...amounts(saved.totals, ['newProfit', 'accrued', 'providerGross', 'platformFee', 'providerNet']),
    },
  };
}

const amounts = <K extends string>(saved: Record<K, unknown>, fields: readonly K[]): Record<K, Decimal> =>
  Object.fromEntries(fields.map((field) => [field, decimal(saved[field] as string)])) as Record<K, Decimal>;
