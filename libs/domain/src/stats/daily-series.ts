import { isZero, max, one, zero, type Decimal } from '../money.js';
import { carried } from './published.js';
import { noReturns, withReturn, type Returns } from './returns.js';

/**
 * The base series (DOMAIN, Statistics): one return per UTC day, each day cut at every deposit and withdrawal:
 * r = Π_k (E_k⁻ ÷ E_{k−1}⁺) − 1, E⁻ the equity just before a flow or at the day's end, E⁺ just after the flow before or at
 * the day's start. Quotients with 20 decimals. An equity of zero or below ends the series; a later deposit begins a new one.
 */
export interface Series {
  /** All complete days. */
  readonly returns: Returns;
  /** E⁺ of the part of the day that runs. */
  readonly equityPlus: Decimal;
  /** Π(E⁻ ÷ E⁺) of the parts of the running day that are over. */
  readonly dayFactor: Decimal;
  /** Return of the last complete day. */
  readonly lastReturn: Decimal;
  readonly ended: boolean;
}

/** A series before its first day. A provider without capital has none yet. */
export const seriesFrom = (startingCapital: Decimal): Series => ({
  returns: noReturns,
  equityPlus: startingCapital,
  dayFactor: one,
  lastReturn: zero,
  ended: startingCapital.lte(zero),
});

const factorTo = ({ equityPlus, dayFactor }: Series, equity: Decimal): Decimal =>
  equity.lte(zero) ? zero : carried(dayFactor.times(equity.div(equityPlus)));

/**
 * Money that came or went and is no result of trading.
 * @param before E⁻, equity just before it
 * @param after E⁺, equity just after it
 * @returns the series, and whether this began a new one
 */
export function afterFlow(series: Series, before: Decimal, after: Decimal): { series: Series; restarted: boolean } {
  if (series.ended) {
    if (after.lte(zero)) return { series, restarted: false };
    return { series: seriesFrom(after), restarted: true };
  }
  const dayFactor = factorTo(series, before);
  // Nothing is left of what was there: what comes now is the capital of a new series, once this day is over.
  if (isZero(dayFactor)) return { series: { ...series, dayFactor, equityPlus: max(after, zero) }, restarted: false };
  return { series: { ...series, dayFactor, equityPlus: after }, restarted: false };
}

/**
 * The series with one more complete day; an equity of zero or below gives the return −1 and ends it. Where money came after
 * all was lost on that day, a new one begins with it.
 */
export function afterDay(series: Series, dayEndEquity: Decimal): { series: Series; restarted: boolean } {
  if (series.ended) return { series, restarted: false };
  const lost = isZero(series.dayFactor);
  const factor = lost || series.equityPlus.lte(zero) ? zero : factorTo(series, dayEndEquity);
  const lastReturn = factor.minus(one);
  const after: Series = {
    returns: withReturn(series.returns, lastReturn),
    equityPlus: dayEndEquity,
    dayFactor: one,
    lastReturn,
    ended: isZero(factor),
  };
  return { series: after, restarted: lost && dayEndEquity.gt(zero) };
}
