import { isZero, type Decimal } from '../money.js';
import type { Returns } from './returns.js';
import { rootOfQuotient } from './roots.js';
import { count, daysPerYear, spreadOf } from './volatility.js';

const daysMin = 30;

/**
 * mean(r) ÷ sd(r, n − 1) × √periods, risk-free rate 0, = Σr × √(periods × (n − 1) ÷ (n × spread)); null below two days and where
 * the deviation is 0.
 */
export function sharpeRatio(returns: Returns, periodsPerYear = daysPerYear): Decimal | null {
  const { days, sum } = returns;
  const spread = spreadOf(returns);
  if (days < 2 || isZero(spread)) return null;
  return sum.times(rootOfQuotient(count(periodsPerYear * (days - 1)), count(days).times(spread)));
}

/** The Sharpe ratio as it is shown: null below 30 days. */
export const sharpe = (returns: Returns): Decimal | null => (returns.days < daysMin ? null : sharpeRatio(returns));
