/** Every id is made here, from what a record says: the same record gives the same ids for ever. */

/** @param count how many copies the account has started so far, this one included */
export const copyIdOf = (accountId: string, providerId: string, count: number): string =>
  `${accountId}~${providerId}~${count}`;

/** Client order id of a copy's order for a provider order. */
export const copyOrderId = (copyId: string, orderNo: number): string => `${copyId}#${orderNo}`;

/** Client order id of an order that a copy places for a cause of its own; `count` numbers them per copy. */
export const ownOrderId = (copyId: string, causeType: string, count: number): string =>
  `${copyId}#${causeType}-${count}`;

/** @param leg set when one-way fills go through zero: the same fills are two provider orders */
export const providerOrderIdOf = (providerId: string, firstSequence: number, leg?: 'close' | 'open'): string =>
  leg === undefined ? `${providerId}/${firstSequence}` : `${providerId}/${firstSequence}/${leg}`;

/** A lead position runs from flat to flat and is named by the order that opened it; 0 when it began before the log. */
export const leadPositionIdOf = (providerId: string, key: string, openedByOrderNo: number): string =>
  `${providerId}/${key}/${openedByOrderNo}`;

/** Key of a position: hedge mode has two per instrument. */
export const positionKey = (instrument: string, positionSide: string): string => `${instrument}/${positionSide}`;

/** Trade id of the paper venue, which fills each order in one trade. */
export const paperTradeId = (orderId: string): string => `${orderId}/1`;

const copyOrderShape = /^[^~]+~[^~]+~\d+#./;

/** Whether a client order id is one of our copies': such an order is never a provider's. */
export const isCopyOrderId = (clientOrderId: string): boolean => copyOrderShape.test(clientOrderId);
