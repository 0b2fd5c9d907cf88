import { decimal, isZero, one, type Decimal } from '../money.js';
import type { Returns } from './returns.js';
import { power } from './roots.js';
import { daysPerYear } from './volatility.js';

/** Compound annual growth: (Π(1 + r))^(periods ÷ n) − 1 (empyrical `annual_return`); null without a day. */
export const annualReturn = ({ days, growth }: Returns, periodsPerYear = daysPerYear): Decimal | null =>
  days === 0 ? null : power(growth, periodsPerYear, days).minus(one);

/** What a few lucky days come to in a year may have hundreds of digits: that says nothing any more. */
const meaningless = decimal('1'.padEnd(41, '0'));

/** Annual return ÷ abs(max drawdown) (empyrical `calmar_ratio`); null without a drawdown, and from 10⁴⁰ on. */
export function calmar(returns: Returns, periodsPerYear = daysPerYear): Decimal | null {
  const annual = annualReturn(returns, periodsPerYear);
  if (annual === null || isZero(returns.drawdown)) return null;
  const ratio = annual.div(returns.drawdown.abs());
  return ratio.gte(meaningless) ? null : ratio;
}
