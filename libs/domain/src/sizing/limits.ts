import type { CopySkipped } from '@slipstream/contracts';
import { copyEquity, marginInUse, type Copy, type CopyPosition } from '../copy/copy.js';
import type { CopyContext } from '../copy/decide-copy.js';
import type { CopyTerms } from '../copy/terms.js';
import { isLossReached } from '../risk/loss-limit.js';
import { cutToLot } from '../instrument.js';
import { isZero, min, roundAmount, zero, type Decimal } from '../money.js';
import type { OrderFacts } from './facts.js';

type Reason = CopySkipped['reason'];

/** What an open may use. */
export interface Risk {
  /** E, copy equity before the order. */
  readonly equity: Decimal;
  readonly leverage: Decimal;
  readonly reservePerUnit: Decimal;
}

/** Equity and leverage for an open or increase, or why the copy as it stands may not open. */
export function riskOf(
  terms: CopyTerms,
  copy: Copy,
  facts: OrderFacts,
  context: CopyContext,
  position: CopyPosition | undefined,
): Risk | Reason {
  const equity = copy.positions.length === 0 ? copy.cash : copyEquity(copy, context.mark, context.instruments);
  if (isLossReached(terms, copy, equity)) return 'max_loss_reached';
  const { maxOpenTrades } = terms.settings;
  if (maxOpenTrades !== null && facts.order.effect === 'open') {
    if (copy.positions.filter((position) => !isZero(position.held)).length >= maxOpenTrades) return 'max_open_trades';
  }
  // A position keeps the leverage of its opening order.
  const kept = position && !isZero(position.held) ? position.leverage : null;
  const leverage = kept ?? (terms.leverage ? min(terms.leverage, facts.leverageMax) : facts.leverage);
  return { equity, leverage, reservePerUnit: facts.reservePerUnit(leverage) };
}

/**
 * Limits in their order: maxHoldSize (money held in the instrument), maxPerTrade (fraction of E), then what is free:
 * min(copyTotalAmt, E) − margin in use − reserved. The first two shrink or skip by `overLimit`, the last by `allowPartial`.
 */
export function limited(
  terms: CopyTerms,
  copy: Copy,
  facts: OrderFacts,
  risk: Risk,
  wanted: Decimal,
): { readonly quantity: Decimal; readonly reserved: Decimal } | Reason {
  let quantity = wanted;
  if (terms.maxHoldSize) {
    const room = terms.maxHoldSize.minus(heldNotional(copy, facts));
    const shrunk = shrink(facts, quantity, room, facts.unit, terms.settings.overLimit === 'shrink');
    if (!shrunk) return 'max_per_symbol';
    quantity = shrunk;
  }
  if (terms.maxPerTrade) {
    const room = terms.maxPerTrade.times(risk.equity);
    const shrunk = shrink(facts, quantity, room, facts.unit, terms.settings.overLimit === 'shrink');
    if (!shrunk) return 'max_per_trade';
    quantity = shrunk;
  }
  const used = copy.positions.length === 0 ? copy.reserved : marginInUse(copy);
  const free = min(terms.copyTotalAmt, risk.equity).minus(used);
  const needed = quantity.times(risk.reservePerUnit);
  // An empty order has nothing to shrink: the copy has no equity to size with.
  if (isZero(quantity)) return 'insufficient_balance';
  if (needed.lte(free)) return { quantity, reserved: roundAmount(needed) };
  const affordable = shrink(facts, quantity, free, risk.reservePerUnit, terms.settings.allowPartial);
  if (!affordable) return 'insufficient_balance';
  return { quantity: affordable, reserved: roundAmount(affordable.times(risk.reservePerUnit)) };
}

function heldNotional(copy: Copy, facts: OrderFacts): Decimal {
  let held = zero;
  for (const position of copy.positions) {
    if (position.instrument === facts.order.instrument) held = held.plus(position.held.abs());
  }
  return held.times(facts.unit);
}

/** The quantity itself where it fits the room, the most lots that fit where it may shrink, else null. */
function shrink(
  facts: OrderFacts,
  quantity: Decimal,
  room: Decimal,
  perUnit: Decimal,
  mayShrink: boolean,
): Decimal | null {
  if (quantity.times(perUnit).lte(room)) return quantity;
  if (!mayShrink || room.lte(zero)) return null;
  const fits = cutToLot(room.div(perUnit), facts.instrument);
  const safe = fits.times(perUnit).gt(room) ? fits.minus(facts.instrument.lot) : fits;
  return safe.gt(zero) ? safe : null;
}
