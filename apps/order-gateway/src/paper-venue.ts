import type { OrderLeg, OrderTerms, VenueReport } from '@slipstream/contracts';
import {
  cutToStep,
  decimal,
  one,
  paperTradeId,
  roundAmount,
  takerFeeRatio,
  text,
  type Decimal,
  type Instruments,
} from '@slipstream/domain';
import type { Venue } from './venue.js';

const basisPoint = decimal('0.0001');

/**
 * Fills market orders at once and whole: at the mark the order carries, worse by the slippage and to the tick, with a fee
 * of 0.05 % of the notional. The answer depends only on the order, its mark and its id: asking again gives the same.
 */
export function paperVenue(instruments: Instruments, slippageBasisPoints: Decimal): Venue {
  const fill = (terms: OrderTerms, orders: readonly OrderLeg[]): Promise<readonly VenueReport[]> => {
    const { tick, contractSize } = instruments(terms.instrument);
    const at = (side: OrderLeg['side']): Price => {
      const price = fillPrice(decimal(terms.mark), side, slippageBasisPoints, tick);
      return { told: text(price), feePerUnit: price.times(contractSize).times(takerFeeRatio) };
    };
    const prices = { buy: at('buy'), sell: at('sell') };
    return Promise.resolve(orders.map((order) => report(order, prices[order.side], terms.occurredAt)));
  };
  return { submit: fill, query: fill };
}

interface Price {
  readonly told: string;
  readonly feePerUnit: Decimal;
}

/** Buyers pay up, sellers get less, rounded to the tick away from the mark; no slippage leaves the mark as it is. */
function fillPrice(mark: Decimal, side: OrderLeg['side'], slippageBasisPoints: Decimal, tick: Decimal): Decimal {
  const slippage = slippageBasisPoints.times(basisPoint);
  if (slippage.eq('0')) return mark;
  const price = mark.times(side === 'buy' ? one.plus(slippage) : one.minus(slippage));
  const down = cutToStep(price, tick);
  return side === 'buy' && down.lt(price) ? down.plus(tick) : down;
}

function report(order: OrderLeg, price: Price, occurredAt: number): VenueReport {
  return {
    accountId: order.accountId,
    copyId: order.copyId,
    orderId: order.orderId,
    tradeId: paperTradeId(order.orderId),
    status: 'filled',
    reason: null,
    quantity: order.quantity,
    price: price.told,
    fee: text(roundAmount(decimal(order.quantity).times(price.feePerUnit))),
    feeAsset: 'USDT',
    occurredAt,
  };
}
