import { isZero, type Decimal } from '../money.js';
import type { Returns } from './returns.js';
import { rootOfQuotient } from './roots.js';
import { count, daysPerYear } from './volatility.js';

/**
 * mean(r) × periods ÷ (√(Σ min(r, 0)² ÷ n) × √periods), required return 0 (empyrical `sortino_ratio`), = Σr × √(periods ÷
 * (n × Σ min(r, 0)²)); null below two days and without a losing day, where empyrical gives NaN or ∞.
 */
export function sortino(returns: Returns, periodsPerYear = daysPerYear): Decimal | null {
  const { days, sum, downside } = returns;
  if (days < 2 || isZero(downside)) return null;
  return sum.times(rootOfQuotient(count(periodsPerYear), count(days).times(downside)));
}
