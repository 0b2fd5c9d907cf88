import { decimal, type Decimal } from '../money.js';
import type { SettlementPeriod } from '../provider/period.js';

/** What a provider takes of the profit of a copy, and how often. The ratio is 0 where followers pay a subscription. */
export interface ShareTerms {
  readonly profitShareRatio: Decimal;
  readonly settlementPeriod: SettlementPeriod;
}

/** Terms that hold from the next period on. */
export interface AnnouncedTerms extends ShareTerms {
  /** Start of that period, ms. */
  readonly effectiveFrom: number;
}

export const reviveShareTerms = <T extends ShareTerms>(saved: T): T => ({
  ...saved,
  profitShareRatio: decimal(saved.profitShareRatio as unknown as string),
});
