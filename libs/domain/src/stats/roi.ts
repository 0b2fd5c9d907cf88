import { one, type Decimal } from '../money.js';

/** Π(1 + r) − 1 over all days, never a sum of percentages; null without a complete day. */
export const roiAll = (series: { readonly days: number; readonly growth: Decimal }): Decimal | null =>
  series.days === 0 ? null : series.growth.minus(one);
