import type { AnyRecord, OrderLeg, OrderTerms, PlaceOrders } from '@slipstream/contracts';
import { cutToLot, decimal, instrumentTable, min, text, zero, type Decimal } from '@slipstream/domain';

const instrument = instrumentTable()('X');

/**
 * Fills at the mark an order carries, for a fee of 0.05 %. Now and then it rejects what opens, or fills half of it; a
 * reduce-only order takes what there is to reduce, and is rejected where there is nothing.
 */
export class Venue {
  private readonly held = new Map<string, Decimal>();
  private opened = 0;

  answer({ terms, orders }: PlaceOrders): AnyRecord {
    return { type: 'RecordFills', ends: orders.map((leg) => this.end(terms, leg)) };
  }

  private end(terms: OrderTerms, leg: OrderLeg) {
    const { accountId, copyId, orderId } = leg;
    const key = `${copyId} ${terms.leadPositionId}`;
    const held = this.held.get(key) ?? zero;
    const wanted = decimal(leg.quantity);
    const quantity = leg.reduceOnly ? min(wanted, held) : this.taken(wanted);
    this.held.set(key, leg.reduceOnly ? held.minus(quantity) : held.plus(quantity));
    const ids = { accountId, copyId, orderId, feeAsset: 'USDT', occurredAt: terms.occurredAt };
    if (quantity.lte(zero))
      return { ...ids, status: 'rejected' as const, reason: 'venue_rejected', quantity: '0', price: null, fee: '0' };
    return {
      ...ids,
      status: quantity.lt(wanted) ? ('partly_filled' as const) : ('filled' as const),
      ...{ reason: null, quantity: text(quantity), price: terms.mark },
      fee: text(quantity.times(terms.mark).times('0.0005').round(8)),
    };
  }

  private taken(wanted: Decimal): Decimal {
    this.opened += 1;
    if (this.opened % 4 === 0) return zero;
    return this.opened % 7 === 0 ? cutToLot(wanted.times('0.5'), instrument) : wanted;
  }
}
