import type { Policy } from '@slipstream/domain';

/** What the fold decides by besides its state. */
export type Rules = Pick<Policy, 'platformFeeRatio' | 'carriedGapDays'>;
