import { min, zero, type Decimal } from '../money.js';

/** Money of one copy. */
export interface CopyMoney {
  /** The money put in. */
  readonly copyTotalAmt: Decimal;
  readonly realisedPnl: Decimal;
  readonly fees: Decimal;
  readonly unrealisedPnl: Decimal;
}

/** copyTotalAmt + realised − fees + unrealised. */
const copyEquity = (copy: CopyMoney): Decimal =>
  copy.copyTotalAmt.plus(copy.realisedPnl).minus(copy.fees).plus(copy.unrealisedPnl);

/** Assets under management: Σ min(copyTotalAmt, copy equity) over the copies that are not stopped. */
export function aum(copies: Iterable<CopyMoney>): Decimal {
  let sum: Decimal = zero;
  for (const copy of copies) sum = sum.plus(min(copy.copyTotalAmt, copyEquity(copy)));
  return sum;
}
