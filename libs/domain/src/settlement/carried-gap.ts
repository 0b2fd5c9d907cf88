import { decimal, isZero, roundAmount, zero, type Decimal } from '../money.js';

const dayMs = 86_400_000;

/** What a stopped copy leaves for the next copy of the same follower and provider. */
export interface CarriedGap {
  readonly fromCopyId: string;
  /** Loss to make good, ≥ 0. */
  readonly gap: Decimal;
  /** Copy equity at the stop, after the last charge: what went back to the wallet. */
  readonly equity: Decimal;
  /** Profit share that the copy couldn't pay. */
  readonly due: Decimal;
  /** Moment from which the gap doesn't count any more, ms; what is due doesn't lapse. */
  readonly expiresAt: number;
}

/** The gap and the rest due of a copy that was settled at its stop; null where it leaves neither. */
export function carriedGap(
  stopped: { readonly copyId: string; readonly gap: Decimal; readonly equity: Decimal; readonly due: Decimal },
  stoppedAt: number,
  carriedGapDays: number,
): CarriedGap | null {
  const { copyId, gap, equity, due } = stopped;
  if (gap.lte(zero) && isZero(due)) return null;
  return { fromCopyId: copyId, gap, equity, due, expiresAt: stoppedAt + carriedGapDays * dayMs };
}

/**
 * The gap at which a copy of the same follower and provider begins: gap × min(1, amount ÷ equity at the stop), rounded to
 * 8 decimals; the whole gap where nothing was left at the stop, 0 once it has expired.
 */
export function gapOnRejoining(carried: CarriedGap, amount: Decimal, at: number): Decimal {
  if (hasExpired(carried, at)) return zero;
  const { gap, equity } = carried;
  return amount.gte(equity) ? gap : roundAmount(gap.times(amount).div(equity));
}

/** 90 days (of the policy) after the stop, to the millisecond, the gap is gone. */
export const hasExpired = (carried: CarriedGap, at: number): boolean => at >= carried.expiresAt;

/** Whether it has nothing to say any more and may be forgotten. */
export const isSpent = (carried: CarriedGap, at: number): boolean => hasExpired(carried, at) && isZero(carried.due);

/** As it was saved. */
export function reviveCarriedGap(json: unknown): CarriedGap {
  const saved = json as { [K in keyof CarriedGap]: CarriedGap[K] extends Decimal ? string : CarriedGap[K] };
  return { ...saved, gap: decimal(saved.gap), equity: decimal(saved.equity), due: decimal(saved.due) };
}
