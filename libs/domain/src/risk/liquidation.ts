import type { Copy, CopyPosition, MarkOf } from '../copy/copy.js';
import type { Instruments } from '../instrument.js';
import { isZero, roundAmount, zero, type Decimal } from '../money.js';

/** Positions whose maintenance margin is breached. */
export interface Liquidation {
  readonly positions: readonly CopyPosition[];
  /** What stands behind them. */
  readonly equity: Decimal;
  readonly maintenance: Decimal;
  /** All that the copy holds crosswise: the copy ends with it. */
  readonly whole: boolean;
}

/**
 * What a copy must give up at these marks (DOMAIN, Copying). A position on isolated margin: margin + unrealised ≤
 * maintenance margin (ratio × notional at the mark). All on cross margin together: copy equity without what stands behind
 * the isolated ones ≤ the sum of their maintenance margins. A position without a mark stands at its cost.
 * @returns [] when nothing is breached
 */
export function liquidations(
  copy: Copy,
  mark: MarkOf,
  instruments: Instruments,
  maintenanceMarginRatio: Decimal,
): readonly Liquidation[] {
  const found: Liquidation[] = [];
  const cross: CopyPosition[] = [];
  let free = copy.cash;
  let needed = zero;
  for (const position of copy.positions) {
    if (isZero(position.quantity)) continue;
    const price = mark(position.instrument);
    const worth = price
      ? price.times(position.quantity).times(instruments(position.instrument).contractSize)
      : position.cost;
    const unrealised = worth.minus(position.cost);
    const maintenance = worth.abs().times(maintenanceMarginRatio);
    if (position.care.marginMode === 'cross') {
      cross.push(position);
      free = free.plus(unrealised);
      needed = needed.plus(maintenance);
      continue;
    }
    free = free.minus(position.margin);
    const equity = position.margin.plus(unrealised);
    if (equity.lte(maintenance))
      found.push({
        positions: [position],
        equity: roundAmount(equity),
        maintenance: roundAmount(maintenance),
        whole: false,
      });
  }
  if (cross.length > 0 && free.lte(needed))
    found.push({ positions: cross, equity: roundAmount(free), maintenance: roundAmount(needed), whole: true });
  return found;
}
