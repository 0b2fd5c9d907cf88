import { max, min, one, type Decimal } from '../money.js';

interface Curve {
  readonly peak: Decimal;
  readonly drawdown: Decimal;
}

/** Running peak and min(value ÷ peak − 1) ≤ 0 with one more point of the curve. */
export function deeperDrawdown(before: Curve, value: Decimal): Curve {
  const peak = max(before.peak, value);
  return { peak, drawdown: min(before.drawdown, value.div(peak).minus(one)) };
}

/** Deepest fall below the running peak of Π(1 + r), the start included; null without a complete day. */
export const maxDrawdown = (returns: { readonly days: number; readonly drawdown: Decimal }): Decimal | null =>
  returns.days === 0 ? null : returns.drawdown;
