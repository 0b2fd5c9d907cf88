import { decimal, type Decimal } from '../money.js';

/** Annualised 30-day volatility from which each further level begins (formula version 1). */
const thresholds = ['0.1', '0.2', '0.3', '0.45', '0.6', '0.8', '1.1', '1.5', '2'].map(decimal);
const daysMin = 7;
const deepDrawdown = decimal('-0.3');
const highExposure = decimal('10');
const extra = 2;
const highest = 10;

/** What the risk rests on. */
export interface RiskFacts {
  /** Complete days of the series. */
  readonly days: number;
  /** Annualised, of the last 30 days. */
  readonly volatility30d: Decimal | null;
  readonly drawdown90d: Decimal | null;
  /** Peak of notional ÷ equity in the last 90 days; null: never held anything. */
  readonly peakExposure90d: Decimal | null;
}

/**
 * Risk from 1 to 10, formula version 1: 1 + the thresholds that the volatility reaches; 2 more, at most 10, where the 90-day
 * drawdown is below −30 % or the peak of notional ÷ equity above 10. Null below 7 days.
 */
export function risk({ days, volatility30d, drawdown90d, peakExposure90d }: RiskFacts): number | null {
  if (days < daysMin || volatility30d === null) return null;
  const level = 1 + thresholds.filter((threshold) => volatility30d.gte(threshold)).length;
  const isExposed = peakExposure90d?.gt(highExposure) ?? false;
  const isDeep = drawdown90d?.lt(deepDrawdown) ?? false;
  return Math.min(highest, level + (isExposed || isDeep ? extra : 0));
}

/** low 1–3, medium 4–6, high 7–10. */
export const riskLevel = (value: number | null): 'low' | 'medium' | 'high' | null =>
  value === null ? null : value <= 3 ? 'low' : value <= 6 ? 'medium' : 'high';
