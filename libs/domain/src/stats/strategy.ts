import type { ProviderOrder } from '@slipstream/contracts';

export type Market = 'spot' | 'futures';

const derivative = /(-SWAP|-FUTURES|PERP|-\d{6})$/i;

/**
 * What an order traded: futures where the position has a side (hedge mode), borrowed money or the name of a derivative, or
 * goes short; else spot.
 */
export function marketOf(
  order: Pick<ProviderOrder, 'instrument' | 'positionSide' | 'leverage' | 'marginMode'>,
  positionAfter: string,
): Market {
  const borrowed = order.leverage !== null || order.marginMode !== null;
  const sided = order.positionSide !== 'net' || positionAfter.startsWith('-');
  return borrowed || sided || derivative.test(order.instrument) ? 'futures' : 'spot';
}
