import { decimal, max, min, one, zero, type Decimal } from '../money.js';

/** What a provider's part of the overview rank rests on, of the last 90 days. */
export interface OverviewFacts {
  readonly days: number;
  readonly roi90d: Decimal | null;
  readonly sharpe90d: Decimal | null;
  readonly drawdown90d: Decimal | null;
}

const within = (value: Decimal): Decimal => max(zero, min(one, value));
const weights = { sharpe: decimal('30'), roi: decimal('15'), drawdown: decimal('20'), days: decimal('10') };
/** Of copies in profit; it is added where copies are known. */
export const overviewCopiersWeight = 25;

/**
 * Overview rank, formula version 1, 0–100: 30 × (Sharpe 90d ÷ 4) + 15 × ROI 90d + 20 × (1 + max drawdown 90d ÷ 0.5)
 * + 10 × (days ÷ 180) + 25 × share of copies in profit; each factor within 0 and 1, 0 where it is unknown. This is the part
 * without the copies.
 */
export function overviewOwn({ days, roi90d, sharpe90d, drawdown90d }: OverviewFacts): Decimal {
  const sharpe = sharpe90d === null ? zero : within(sharpe90d.div('4'));
  const roi = roi90d === null ? zero : within(roi90d);
  const drawdown = drawdown90d === null ? zero : within(one.plus(drawdown90d.div('0.5')));
  const age = within(decimal(String(days)).div('180'));
  return weights.sharpe
    .times(sharpe)
    .plus(weights.roi.times(roi))
    .plus(weights.drawdown.times(drawdown))
    .plus(weights.days.times(age));
}
