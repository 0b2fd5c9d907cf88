import { min, one, zero, type Decimal } from '../money.js';
import { deeperDrawdown } from './max-drawdown.js';
import { carried } from './published.js';

/** What all metrics of a series of daily returns rest on; adding a day needs nothing of the days before. */
export interface Returns {
  readonly days: number;
  readonly sum: Decimal;
  /** Σ r². */
  readonly squares: Decimal;
  /** Σ min(r, 0)². */
  readonly downside: Decimal;
  /** Π(1 + r), 20 decimals. */
  readonly growth: Decimal;
  /** Of the curve of Π(1 + r), the start included. */
  readonly peak: Decimal;
  readonly drawdown: Decimal;
  readonly profitDays: number;
  readonly lossDays: number;
}

export const noReturns: Returns = {
  days: 0,
  sum: zero,
  squares: zero,
  downside: zero,
  growth: one,
  peak: one,
  drawdown: zero,
  profitDays: 0,
  lossDays: 0,
};

/** The series with one more day. */
export function withReturn(returns: Returns, r: Decimal): Returns {
  const below = min(r, zero);
  const growth = carried(returns.growth.times(one.plus(r)));
  return {
    days: returns.days + 1,
    sum: returns.sum.plus(r),
    squares: returns.squares.plus(r.times(r)),
    downside: returns.downside.plus(below.times(below)),
    growth,
    ...deeperDrawdown(returns, growth),
    profitDays: returns.profitDays + (r.gt(zero) ? 1 : 0),
    lossDays: returns.lossDays + (r.lt(zero) ? 1 : 0),
  };
}

/** A window of days, oldest first. */
export const returnsOf = (days: Iterable<Decimal>): Returns => {
  let returns = noReturns;
  for (const r of days) returns = withReturn(returns, r);
  return returns;
};
