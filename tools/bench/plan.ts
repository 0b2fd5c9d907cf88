/** How much is measured. */
export interface Plan {
  /** Followers of the crowded provider. */
  readonly followers: number;
  /** Turns of raw and ours, one after the other. */
  readonly repeats: number;
  /** Provider orders before the first turn, per side. */
  readonly warmUpOrders: number;
  /** Provider orders of one turn; each makes a command per follower. */
  readonly orders: number;
  /** Moderate rate: orders at equal distances, and how many per second. */
  readonly latency: {
    readonly crowd: { readonly orders: number; readonly perSecond: number };
    readonly one: { readonly orders: number; readonly perSecond: number };
  };
}

export const quickPlan: Plan = {
  followers: 10_000,
  repeats: 3,
  warmUpOrders: 24,
  orders: 24,
  latency: { crowd: { orders: 16, perSecond: 2 }, one: { orders: 100, perSecond: 20 } },
};

export const fullPlan: Plan = {
  followers: 10_000,
  repeats: 5,
  warmUpOrders: 24,
  orders: 48,
  latency: { crowd: { orders: 100, perSecond: 2 }, one: { orders: 1000, perSecond: 20 } },
};

/** The provider everybody follows, the one with a single follower, and what they trade. */
export const crowded = 'bench-crowd';
export const lonely = 'bench-one';
export const instrument = 'BTCUSDT';

export const accountOf = (number: number): string => `follower-${String(number).padStart(5, '0')}`;
