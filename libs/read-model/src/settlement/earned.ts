import { plain } from '../report.js';

/** What receipts come to. Money as decimal text. */
export interface Earned {
  readonly settlements: number;
  readonly newProfit: string;
  /** Σ newProfit × ratio of each. */
  readonly accrued: string;
  /** What followers have paid, and its parts. */
  readonly gross: string;
  readonly platformFee: string;
  readonly net: string;
  readonly subscriptions: {
    readonly monthsPaid: number;
    readonly monthsUnpaid: number;
    readonly gross: string;
    readonly platformFee: string;
    readonly net: string;
  };
}

export type Raw = Readonly<Record<string, string | null>>;

/** Columns of `copy_shares` and `provider_earnings` that add up to `Earned`. */
export const earnedColumns = [
  'settlements',
  'new_profit',
  'accrued',
  'provider_gross',
  'platform_fee',
  'provider_net',
  'months_paid',
  'months_unpaid',
  'subscription_gross',
  'subscription_fee',
  'subscription_net',
] as const;

/** `sum(…) AS …` over the columns. */
export const summed = earnedColumns.map((name) => `sum(${name}) AS ${name}`).join(', ');

/** A row with the columns; what is missing is nothing. */
export const earnedOf = (raw: Raw): Earned => ({
  settlements: Number(raw['settlements'] ?? 0),
  newProfit: plain(raw['new_profit']),
  accrued: plain(raw['accrued']),
  gross: plain(raw['provider_gross']),
  platformFee: plain(raw['platform_fee']),
  net: plain(raw['provider_net']),
  subscriptions: {
    monthsPaid: Number(raw['months_paid'] ?? 0),
    monthsUnpaid: Number(raw['months_unpaid'] ?? 0),
    gross: plain(raw['subscription_gross']),
    platformFee: plain(raw['subscription_fee']),
    net: plain(raw['subscription_net']),
  },
});
