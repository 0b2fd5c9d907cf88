import type { OrderLeg, OrderTerms, VenueReport } from '@slipstream/contracts';

/** Where orders are filled. */
export interface Venue {
  /** Sends the orders; resolves with what the venue said so far. */
  submit(terms: OrderTerms, orders: readonly OrderLeg[]): Promise<readonly VenueReport[]>;
  /** Asks for orders that were sent before and have no report yet. */
  query(terms: OrderTerms, orders: readonly OrderLeg[]): Promise<readonly VenueReport[]>;
}
