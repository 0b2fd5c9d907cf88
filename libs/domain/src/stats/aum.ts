import { max, min, zero, type Decimal } from '../money.js';

/**
 * What a copy that isn't stopped adds to the assets under management: min(copyTotalAmt, copy equity); one that has lost more
 * than it had counts as nothing.
 */
export const aumOf = (copyTotalAmt: Decimal, equity: Decimal): Decimal => max(zero, min(copyTotalAmt, equity));
