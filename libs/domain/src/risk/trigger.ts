import type { PositionTriggered } from '@slipstream/contracts';
import type { CopyPosition } from '../copy/copy.js';
import { isZero, type Decimal } from '../money.js';

/**
 * Whether a mark reaches the take profit or stop loss of a position (DOMAIN, Copying): trigger prices set by hand, else
 * ratios of the position's cost: gain ≥ tpRatio × |cost|, loss ≥ slRatio × |cost|. Null: neither.
 */
export function triggerOf(
  position: CopyPosition,
  mark: Decimal,
  contractSize: Decimal,
): PositionTriggered['trigger'] | null {
  const { care, quantity, cost } = position;
  if (isZero(quantity) || care.ended) return null;
  const up = quantity.s === 1;
  if (care.tpTriggerPx || care.slTriggerPx) {
    if (care.tpTriggerPx && (up ? mark.gte(care.tpTriggerPx) : mark.lte(care.tpTriggerPx))) return 'take_profit';
    if (care.slTriggerPx && (up ? mark.lte(care.slTriggerPx) : mark.gte(care.slTriggerPx))) return 'stop_loss';
    return null;
  }
  if (!care.tpRatio && !care.slRatio) return null;
  const gain = mark.times(quantity).times(contractSize).minus(cost);
  if (care.tpRatio && gain.gte(cost.abs().times(care.tpRatio))) return 'take_profit';
  if (care.slRatio && gain.lte(cost.abs().times(care.slRatio).neg())) return 'stop_loss';
  return null;
}
