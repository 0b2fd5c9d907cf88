import { one, type Decimal } from '../money.js';

/** Π(1 + r) − 1 over the days, never a sum of percentages; null without a complete day. */
export const roi = (returns: { readonly days: number; readonly growth: Decimal }): Decimal | null =>
  returns.days === 0 ? null : returns.growth.minus(one);
