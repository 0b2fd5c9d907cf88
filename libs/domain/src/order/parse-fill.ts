import type { SourceFill } from '@slipstream/contracts';
import { decimal, zero, type Decimal } from '../money.js';

/** A fill with its numbers as decimals. */
export interface ParsedFill {
  readonly sequence: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly fee: Decimal;
  readonly feeAsset: string;
  readonly realisedPnl: Decimal | null;
  readonly occurredAt: number;
}

/** Longest number that is taken for one: whole digits and decimals. */
const wholeDigitsMax = 18;
const decimalsMax = 18;
const plainNumber = new RegExp(`^-?\\d{1,${wholeDigitsMax}}(\\.\\d{1,${decimalsMax}})?$`);

/**
 * A fill whose numbers are what they should be, or a sentence that says what is wrong with it.
 * Price and quantity must be above zero; the fee may be negative (a rebate).
 */
export function parseFill(fill: SourceFill): ParsedFill | string {
  const numbers = { price: fill.price, quantity: fill.quantity, fee: fill.fee, realisedPnl: fill.realisedPnl ?? '0' };
  for (const [name, value] of Object.entries(numbers)) {
    if (!plainNumber.test(value)) return `${name} of sequence ${fill.sequence} is no plain decimal number`;
  }
  const price = decimal(fill.price);
  const quantity = decimal(fill.quantity);
  if (price.lte(zero)) return `price of sequence ${fill.sequence} isn't above zero`;
  if (quantity.lte(zero)) return `quantity of sequence ${fill.sequence} isn't above zero`;
  const { sequence, feeAsset, occurredAt } = fill;
  const realisedPnl = fill.realisedPnl === null ? null : decimal(fill.realisedPnl);
  return { sequence, price, quantity, fee: decimal(fill.fee), feeAsset, realisedPnl, occurredAt };
}
