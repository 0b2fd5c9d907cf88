import type { OrderLeg, OrderTerms, VenueReport } from '@slipstream/contracts';
import {
  decimal,
  paperFee,
  paperPrice,
  paperTradeId,
  text,
  type Decimal,
  type Instruments,
  type PaperPrice,
} from '@slipstream/domain';
import type { Venue } from './venue.js';

/**
 * Fills market orders at once and whole: at the mark the order carries, worse by the slippage and to the tick, with a fee
 * of 0.05 % of the notional. The answer depends only on the order, its mark and its id: asking again gives the same.
 */
export function paperVenue(instruments: Instruments, slippageBasisPoints: Decimal): Venue {
  const fill = (terms: OrderTerms, orders: readonly OrderLeg[]): Promise<readonly VenueReport[]> => {
    const instrument = instruments(terms.instrument);
    const at = (side: OrderLeg['side']): Price => {
      const price = paperPrice(decimal(terms.mark), side, slippageBasisPoints, instrument);
      return { ...price, told: text(price.price) };
    };
    const prices = { buy: at('buy'), sell: at('sell') };
    return Promise.resolve(orders.map((order) => report(order, prices[order.side], terms.occurredAt)));
  };
  return { submit: fill, query: fill };
}

interface Price extends PaperPrice {
  readonly told: string;
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
    fee: text(paperFee(price, decimal(order.quantity))),
    feeAsset: 'USDT',
    occurredAt,
  };
}
