import { decimal, type Decimal } from '../money.js';
import { carried } from './published.js';

/** How much worse than the provider's price a copy was filled; negative is better. */
export interface Slippage {
  readonly amount: Decimal;
  readonly basisPoints: Decimal;
}

const basisPointsPerUnit = decimal('10000');

/** (fill price − provider price) × quantity and ÷ provider price, with the sign of the side. */
export function slippage(side: 'buy' | 'sell', quantity: Decimal, price: Decimal, providerPrice: Decimal): Slippage {
  const worse = side === 'buy' ? price.minus(providerPrice) : providerPrice.minus(price);
  return {
    amount: carried(worse.times(quantity)),
    basisPoints: carried(worse.times(basisPointsPerUnit).div(providerPrice)),
  };
}
