import { one, zero, type Decimal } from '../money.js';
import { deeperDrawdown } from './max-drawdown.js';
import { carried } from './published.js';

/**
 * The base series: one return per UTC day, r = E⁻ ÷ E⁺ − 1, with E⁺ the equity at the day's start (the starting capital
 * on the first day) and E⁻ the equity at its end. Computed with 20 decimals.
 */
export interface Series {
  readonly days: number;
  /** E⁺ of the day that runs. */
  readonly dayStartEquity: Decimal;
  /** Return of the last complete day. */
  readonly lastReturn: Decimal;
  /** Π(1 + r). */
  readonly growth: Decimal;
  readonly peak: Decimal;
  readonly drawdown: Decimal;
  /** Equity was zero or below: the series is over. */
  readonly ended: boolean;
}

/** A series before its first day. A provider without capital has none. */
export const seriesFrom = (startingCapital: Decimal): Series => ({
  days: 0,
  dayStartEquity: startingCapital,
  lastReturn: zero,
  growth: one,
  peak: one,
  drawdown: zero,
  ended: startingCapital.lte(zero),
});

/** The series with one more complete day; equity ≤ 0 gives the return −1 and ends it; an ended one stays as it is. */
export function afterDay(series: Series, dayEndEquity: Decimal): Series {
  if (series.ended) return series;
  const ended = dayEndEquity.lte(zero);
  const factor = ended ? zero : dayEndEquity.div(series.dayStartEquity);
  const growth = carried(series.growth.times(factor));
  const { peak, drawdown } = deeperDrawdown(series, growth);
  return {
    days: series.days + 1,
    dayStartEquity: dayEndEquity,
    lastReturn: factor.minus(one),
    growth,
    peak,
    drawdown,
    ended,
  };
}
