import type { OrderLeg } from '@slipstream/contracts';
import type { Instrument } from '../instrument.js';
import { cutToStep, decimal, isZero, one, roundAmount, type Decimal } from '../money.js';
import { takerFeeRatio } from '../sizing/facts.js';

const basisPoint = decimal('0.0001');

/** What the paper venue charges per quantity of 1, and at which price it fills. */
export interface PaperPrice {
  readonly price: Decimal;
  readonly feePerUnit: Decimal;
}

/**
 * The price at which the paper venue fills a market order: the mark, worse by the slippage (buyers pay up, sellers get
 * less) and rounded to the tick away from the mark; without slippage the mark as it is. Fee: 0.05 % of the notional.
 */
export function paperPrice(
  mark: Decimal,
  side: OrderLeg['side'],
  slippageBasisPoints: Decimal,
  { tick, contractSize }: Instrument,
): PaperPrice {
  const price = slipped(mark, side, slippageBasisPoints.times(basisPoint), tick);
  return { price, feePerUnit: price.times(contractSize).times(takerFeeRatio) };
}

function slipped(mark: Decimal, side: OrderLeg['side'], slippage: Decimal, tick: Decimal): Decimal {
  if (isZero(slippage)) return mark;
  const price = mark.times(side === 'buy' ? one.plus(slippage) : one.minus(slippage));
  const down = cutToStep(price, tick);
  return side === 'buy' && down.lt(price) ? down.plus(tick) : down;
}

/** Fee of a fill at such a price, to 8 decimals. */
export const paperFee = ({ feePerUnit }: PaperPrice, quantity: Decimal): Decimal =>
  roundAmount(quantity.times(feePerUnit));
