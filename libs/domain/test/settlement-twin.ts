import BigJs from 'big.js';

// The naive twin: it keeps no state, and works everything out anew from the whole history of a copy.
const Big = BigJs();
Big.DP = 20;
Big.RM = BigJs.roundHalfEven;
Big.NE = -40;
Big.PE = 60;
type Amount = InstanceType<typeof Big>;

export type Told =
  | { readonly kind: 'start'; readonly amount: string; readonly ratio: string; readonly left: Left | null }
  | { readonly kind: 'pnl' | 'deposit' | 'withdraw'; readonly amount: string }
  | { readonly kind: 'announce'; readonly ratio: string; readonly effectiveFrom: number }
  | { readonly kind: 'settle'; readonly at: number; readonly available: string };

/** What an earlier copy has left, within the 90 days or after. */
export interface Left {
  readonly gap: string;
  readonly equity: string;
  readonly due: string;
  readonly expired: boolean;
}

export interface Owed {
  readonly newProfit: string;
  readonly charged: string;
  readonly platformFee: string;
  readonly due: string;
  readonly gap: string;
  readonly equity: string;
}

/**
 * The last settlement of a history. Counts with a value that no charge lowers and a watermark over it: a deposit lifts both,
 * a withdrawal lowers the value by its amount and the distance between them by its part.
 */
export function owedBy(history: readonly Told[]): Owed {
  let value = new Big(0);
  let watermark = new Big(0);
  let accrued = new Big(0);
  let charged = new Big(0);
  let last = { newProfit: new Big(0), charged: new Big(0) };
  history.forEach((told, at) => {
    if (told.kind === 'start') {
      value = new Big(told.amount);
      watermark = value.plus(gapLeft(told.left, value));
      accrued = new Big(told.left?.due ?? 0);
    } else if (told.kind === 'pnl') value = value.plus(told.amount);
    else if (told.kind === 'deposit') {
      value = value.plus(told.amount);
      watermark = watermark.plus(told.amount);
    } else if (told.kind === 'withdraw') {
      const own = value.minus(accrued);
      const distance = watermark.minus(value);
      const part = own.lte(0) || own.lte(told.amount) ? new Big(0) : own.minus(told.amount);
      const kept = distance.lte(0) ? distance : part.eq(0) ? part : distance.times(part).div(own).round(8);
      value = value.minus(told.amount);
      watermark = value.plus(kept);
    } else if (told.kind === 'settle') {
      const newProfit = value.gt(watermark) ? value.minus(watermark) : new Big(0);
      watermark = watermark.plus(newProfit);
      accrued = accrued.plus(newProfit.times(ratioAt(history.slice(0, at))).round(8));
      const open = accrued.minus(charged);
      const there = new Big(told.available).lt(0) ? new Big(0) : new Big(told.available).round(8, BigJs.roundDown);
      last = { newProfit, charged: open.lt(there) ? open : there };
      charged = charged.plus(last.charged);
    }
  });
  return {
    newProfit: last.newProfit.toString(),
    charged: last.charged.toString(),
    platformFee: last.charged.times('0.02').round(8).toString(),
    due: accrued.minus(charged).toString(),
    gap: watermark.minus(value).toString(),
    equity: value.minus(charged).toString(),
  };
}

function gapLeft(left: Left | null, amount: Amount): Amount {
  if (!left || left.expired) return new Big(0);
  const whole = new Big(left.gap);
  return amount.gte(left.equity) ? whole : whole.times(amount).div(left.equity).round(8);
}

/** The ratio of a period: what was announced last for its start, or before. */
function ratioAt(before: readonly Told[]): string {
  const begun = before.findLast((told) => told.kind === 'settle')?.at ?? -1;
  const inForce = before.findLast((told) => told.kind === 'announce' && told.effectiveFrom <= begun);
  if (inForce?.kind === 'announce') return inForce.ratio;
  const [start] = before;
  return start?.kind === 'start' ? start.ratio : '0';
}
