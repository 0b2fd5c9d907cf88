import { roundAmount, type Decimal } from '../money.js';

/** What a follower pays, in the parts that the provider and the platform get. Amounts of 8 decimals. */
export interface Earnings {
  readonly providerGross: Decimal;
  readonly platformFee: Decimal;
  readonly providerNet: Decimal;
}

/**
 * platformFee = providerGross × platformFeeRatio, rounded half-even to 8 decimals; providerNet is the difference, so that
 * the parts are the whole.
 * @param providerGross an amount of 8 decimals, ≥ 0
 */
export function splitEarnings(providerGross: Decimal, platformFeeRatio: Decimal): Earnings {
  const platformFee = roundAmount(providerGross.times(platformFeeRatio));
  return { providerGross, platformFee, providerNet: providerGross.minus(platformFee) };
}
