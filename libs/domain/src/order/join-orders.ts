import type { ProviderOrder } from '@slipstream/contracts';
import { isZero, text, zero } from '../money.js';
import { providerEquity, type Provider } from './provider.js';
import type { Market } from './take-order.js';

/**
 * The open lead positions of a provider as orders for a copy that joins them (`copyOpenPositions`): each an open of the
 * whole position at the current mark, its usage the notional ÷ equity of now. Sorted by lead position; one whose instrument
 * has no mark can't be joined at it and stands at its average cost.
 * @param at market time
 */
export function joinOrders(provider: Provider, market: Market, at: number): ProviderOrder[] {
  const equity = providerEquity(provider, market.mark, market.instruments);
  const positions = Object.entries(provider.positions).filter(([, position]) => !isZero(position.quantity));
  positions.sort(([, a], [, b]) => (a.leadPositionId < b.leadPositionId ? -1 : 1));
  return positions.map(([key, position]) => {
    const { instrument, leadPositionId, openedByOrderNo } = position;
    const mark = market.mark(instrument) ?? position.averageCost;
    const quantity = position.quantity.abs();
    const notional = mark.times(quantity).times(market.instruments(instrument).contractSize);
    return {
      providerId: provider.providerId,
      orderNo: openedByOrderNo,
      providerOrderId: `${leadPositionId}/join`,
      effect: 'open',
      leadPositionId,
      openedByOrderNo,
      instrument,
      side: position.quantity.s === 1 ? 'buy' : 'sell',
      positionSide: key.slice(instrument.length + 1) as ProviderOrder['positionSide'],
      price: text(mark),
      quantity: text(quantity),
      fraction: '0',
      usage: equity.gt(zero) ? text(notional.div(equity)) : null,
      leverage: null,
      marginMode: null,
      mark: text(mark),
      knownPosition: true,
      blocked: market.blocked?.(instrument) ?? [],
      occurredAt: at,
    };
  });
}
