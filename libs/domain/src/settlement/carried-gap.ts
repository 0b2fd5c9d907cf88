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
  /** Moment of the stop, ms: some days after it the gap doesn't count any more; what is due doesn't lapse. */
  readonly stoppedAt: number;
}

/** With what a copy begins. */
export interface Opening {
  readonly gap: Decimal;
  readonly due: Decimal;
}

/** The gap and the rest due of a copy that was settled at its stop; null where it leaves neither. */
export function carriedGap(
  stopped: { readonly copyId: string; readonly gap: Decimal; readonly equity: Decimal; readonly due: Decimal },
  stoppedAt: number,
): CarriedGap | null {
  const { copyId, gap, equity, due } = stopped;
  if (gap.lte(zero) && isZero(due)) return null;
  return { fromCopyId: copyId, gap, equity, due, stoppedAt };
}

/**
 * What a copy of the same follower and provider begins with: gap × min(1, amount ÷ equity at the stop), rounded to 8
 * decimals (the whole gap where nothing was left at the stop, 0 once it has expired), and all that is due.
 */
export function openingOf(carried: CarriedGap | null, amount: Decimal, at: number, carriedGapDays: number): Opening {
  if (carried === null) return { gap: zero, due: zero };
  const { gap, equity, due } = carried;
  if (hasExpired(carried, at, carriedGapDays)) return { gap: zero, due };
  return { gap: amount.gte(equity) ? gap : roundAmount(gap.times(amount).div(equity)), due };
}

/** 90 days (of the policy) after the stop, to the millisecond, the gap is gone. */
const hasExpired = ({ stoppedAt }: CarriedGap, at: number, carriedGapDays: number): boolean =>
  at >= stoppedAt + carriedGapDays * dayMs;

/** As it was saved. Before it had the moment of the stop it had the moment 90 days after it. */
export function reviveCarriedGap(json: unknown): CarriedGap {
  const saved = json as { [K in keyof CarriedGap]: CarriedGap[K] extends Decimal ? string : CarriedGap[K] } & {
    readonly expiresAt?: number;
  };
  const { fromCopyId, gap, equity, due, stoppedAt = (saved.expiresAt ?? 0) - 90 * dayMs } = saved;
  return { fromCopyId, gap: decimal(gap), equity: decimal(equity), due: decimal(due), stoppedAt };
}
