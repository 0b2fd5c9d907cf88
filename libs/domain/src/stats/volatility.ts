import { decimal, isZero, zero, type Decimal } from '../money.js';
import type { Returns } from './returns.js';
import { rootOfQuotient } from './roots.js';

/** Days of a year in which a market that never closes trades. */
export const daysPerYear = 365;

export const count = (n: number): Decimal => decimal(String(n));

/** n Σr² − (Σr)²: n (n − 1) times the sample's variance, without a division. */
export const spreadOf = ({ days, sum, squares }: Returns): Decimal => count(days).times(squares).minus(sum.times(sum));

/**
 * Annualised volatility: sd(r, n − 1) × √periods (empyrical `annual_volatility`) = √(spread × periods ÷ (n (n − 1))); null below
 * two days.
 */
export function volatility(returns: Returns, periodsPerYear = daysPerYear): Decimal | null {
  const { days } = returns;
  if (days < 2) return null;
  const spread = spreadOf(returns);
  return isZero(spread) ? zero : rootOfQuotient(spread.times(count(periodsPerYear)), count(days * (days - 1)));
}
