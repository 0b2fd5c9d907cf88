import { decimal, type Decimal } from './money.js';

/** What a country allows. */
export interface Jurisdiction {
  readonly roles: readonly ('follower' | 'provider')[];
  /** Instruments that may not be opened. */
  readonly blockedInstruments: readonly string[];
  /** Money per copy, and in all copies of an account; null: only the platform's own limits. */
  readonly maxPerCopy: Decimal | null;
  readonly maxTotal: Decimal | null;
  /** Versions of the disclaimer that may be accepted. */
  readonly disclaimers: readonly string[];
}

/** A provider level: what a 90-day mean AUM of at least `aum` allows. */
export interface Level {
  readonly aum: Decimal;
  readonly profitShareMax: Decimal;
  readonly slots: number;
}

/** Every limit and threshold of the platform (DOMAIN). Configuration: the same values must be in force in every service. */
export interface Policy {
  readonly copyAmountMin: Decimal;
  readonly copyAmountMax: Decimal;
  /** Providers that one follower may copy at a time. */
  readonly providersMax: number;
  readonly multiplierMax: Decimal;
  readonly copyRatioMax: Decimal;
  /** Take profit as a fraction of the position's cost. */
  readonly tpRatioMax: Decimal;
  readonly leverageMax: Decimal;
  /** Fraction of the notional that must stand behind a position. */
  readonly maintenanceMarginRatio: Decimal;
  /** A close whose mark is worse than the provider's price by more than this is sliced. */
  readonly closeCollarRatio: Decimal;
  /** Into so many parts. */
  readonly closeSlices: number;
  /** A provider's order worth less than this isn't copied with a fixed amount. */
  readonly dustNotional: Decimal;
  /** Ascending by AUM, the first from 0; null: levels are off. */
  readonly levels: readonly Level[] | null;
  readonly providerEquityMin: Decimal;
  readonly profitShareMin: Decimal;
  readonly profitShareMax: Decimal;
  readonly subscriptionPriceMin: Decimal;
  readonly subscriptionPriceMax: Decimal;
  /** Part of a provider's earnings that is the platform's. */
  readonly platformFeeRatio: Decimal;
  /** Money per copied order, for the platform. */
  readonly copiedOrderCommission: Decimal;
  /** So long is the loss of a stopped copy kept for the next copy of the same follower and provider. */
  readonly carriedGapDays: number;
  /** Accounts a provider may invite, and block. */
  readonly listedAccountsMax: number;
  readonly blockedInstruments: readonly string[];
  readonly illiquidInstruments: readonly string[];
  /** By country (ISO 3166 alpha-2); `*` is every other one. */
  readonly jurisdictions: Readonly<Record<string, Jurisdiction>>;
}

export const defaultPolicy: Policy = {
  copyAmountMin: decimal('50'),
  copyAmountMax: decimal('200000'),
  providersMax: 100,
  multiplierMax: decimal('100'),
  copyRatioMax: decimal('100'),
  tpRatioMax: decimal('10'),
  leverageMax: decimal('50'),
  maintenanceMarginRatio: decimal('0.005'),
  closeCollarRatio: decimal('0.02'),
  closeSlices: 4,
  dustNotional: decimal('5'),
  levels: [
    { aum: decimal('0'), profitShareMax: decimal('0.1'), slots: 100 },
    { aum: decimal('50000'), profitShareMax: decimal('0.15'), slots: 500 },
    { aum: decimal('500000'), profitShareMax: decimal('0.3'), slots: 1000 },
  ],
  providerEquityMin: decimal('100'),
  profitShareMin: decimal('0.05'),
  profitShareMax: decimal('0.3'),
  subscriptionPriceMin: decimal('1'),
  subscriptionPriceMax: decimal('10000'),
  platformFeeRatio: decimal('0.02'),
  copiedOrderCommission: decimal('0'),
  carriedGapDays: 90,
  listedAccountsMax: 10_000,
  blockedInstruments: [],
  illiquidInstruments: [],
  jurisdictions: {
    '*': {
      roles: ['follower', 'provider'],
      blockedInstruments: [],
      maxPerCopy: null,
      maxTotal: null,
      disclaimers: ['2026-01'],
    },
  },
};

/** What holds for a country; the rule of all others where it has none of its own. */
export const jurisdictionOf = (policy: Policy, country: string): Jurisdiction =>
  policy.jurisdictions[country] ?? (policy.jurisdictions['*'] as Jurisdiction);
