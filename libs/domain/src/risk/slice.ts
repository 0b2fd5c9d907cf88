import type { CopyPosition } from '../copy/copy.js';
import { cutToLot, type Instrument } from '../instrument.js';
import { decimal, isZero, min, zero, type Decimal } from '../money.js';

/** The part of a collared close that goes out at once: quantity ÷ slices, up to the next lot, never more than all. */
export function sliceOf(quantity: Decimal, slices: number, instrument: Instrument): Decimal {
  const part = quantity.div(decimal(String(slices)));
  const lots = cutToLot(part, instrument);
  return min(lots.lt(part) ? lots.plus(instrument.lot) : lots, quantity);
}

/** What the next slice of a collared close takes, ≥ 0; 0 when the close is done, or nothing is held any more. */
export function nextSlice(position: CopyPosition, instrument: Instrument): Decimal {
  const { held, target, care } = position;
  const towards = held.minus(target);
  if (!care.slice || isZero(held) || isZero(towards) || towards.s !== held.s) return zero;
  return cutToLot(min(care.slice, towards.abs()), instrument);
}
