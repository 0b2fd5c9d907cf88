import type { ProviderOrder, ProviderOrderTaken, RecordProviderFills } from '@slipstream/contracts';
import { leadPositionIdOf, positionKey, providerOrderIdOf } from '../ids.js';
import type { Instruments } from '../instrument.js';
import { isZero, one, text, zero, type Decimal } from '../money.js';
import { applyFill, type FillPart } from './apply-fill.js';
import type { ParsedFill } from './parse-fill.js';
import { positionOf, providerEquity, withOrder, type Provider } from './provider.js';

/** A provider order before it is known how many copies are owed one. */
export type TakenOrder = Omit<ProviderOrderTaken, 'owed' | 'type'>;

/** Where prices and steps come from. */
export interface Market {
  readonly mark: (instrument: string) => Decimal | undefined;
  readonly instruments: Instruments;
  /** Why nobody may open the instrument by this provider; nothing without it. */
  readonly blocked?: (instrument: string) => ProviderOrder['blocked'];
}

type Source = Pick<RecordProviderFills, 'instrument' | 'side' | 'positionSide' | 'leverage' | 'marginMode'>;

const notBlocked: ProviderOrder['blocked'] = [];

/**
 * Makes the fills of one record into provider orders: one, or two where one-way fills go through zero, inside a fill or
 * between two (`…/close`, then `…/open`). Positions apply fill by fill, copies see the order at its volume-weighted price.
 * @param fills at least one, with rising sequences above the provider's last
 */
export function takeOrders(
  provider: Provider,
  source: Source,
  fills: readonly ParsedFill[],
  market: Market,
): TakenOrder[] {
  const { contractSize } = market.instruments(source.instrument);
  let position = positionOf(provider, source.instrument, source.positionSide);
  const groups: FillPart[][] = [];
  for (const part of fills.flatMap((fill) => {
    const parts = applyFill(position, source, fill, contractSize);
    position = (parts.at(-1) as FillPart).after;
    return parts;
  })) {
    const last = groups.at(-1);
    if (last && (last[0] as FillPart).opens === part.opens) last.push(part);
    else groups.push([part]);
  }
  const first = fills[0] as ParsedFill;
  let current = provider;
  return groups.map((parts, index) => {
    const leg = groups.length === 1 ? undefined : index === 0 ? 'close' : 'open';
    const id = providerOrderIdOf(provider.providerId, first.sequence, leg);
    const taken = formOrder(current, source, parts, id, market);
    current = withOrder(current, taken);
    return taken;
  });
}

function formOrder(provider: Provider, source: Source, parts: FillPart[], id: string, market: Market): TakenOrder {
  const { contractSize } = market.instruments(source.instrument);
  const first = parts[0] as FillPart;
  const last = parts.at(-1) as FillPart;
  const quantity = parts.reduce((sum, part) => sum.plus(part.quantity), zero);
  const value = parts.reduce((sum, part) => sum.plus(part.price.times(part.quantity)), zero);
  const equityBefore = providerEquity(provider, market.mark, market.instruments);
  const order: ProviderOrder = {
    providerId: provider.providerId,
    orderNo: provider.orderNo + 1,
    providerOrderId: id,
    effect: effectOf(parts),
    ...leadOf(provider, source, first),
    instrument: source.instrument,
    side: source.side,
    positionSide: source.positionSide,
    price: text(value.div(quantity)),
    quantity: text(quantity),
    fraction: text(fractionOf(parts)),
    usage: equityBefore.gt(zero) ? text(value.times(contractSize).div(equityBefore)) : null,
    leverage: source.leverage,
    marginMode: source.marginMode,
    mark: text(market.mark(source.instrument) ?? last.price),
    knownPosition: first.opens || !isZero(first.before.quantity),
    blocked: first.opens ? (market.blocked?.(source.instrument) ?? notBlocked) : notBlocked,
    occurredAt: last.applied.occurredAt,
  };
  return {
    order,
    fills: parts.map((part) => part.applied),
    equityBefore: text(equityBefore),
    positionAfter: text(last.after.quantity),
    averageCostAfter: isZero(last.after.quantity) ? null : text(last.after.averageCost),
  };
}

function effectOf(parts: FillPart[]): ProviderOrder['effect'] {
  const first = parts[0] as FillPart;
  if (first.opens) return isZero(first.before.quantity) ? 'open' : 'increase';
  return isZero((parts.at(-1) as FillPart).after.quantity) ? 'close' : 'reduce';
}

/** Share of the lead position that the order takes off: 1 for a close, 0 for open and increase. */
function fractionOf(parts: FillPart[]): Decimal {
  const first = parts[0] as FillPart;
  if (first.opens) return zero;
  if (isZero((parts.at(-1) as FillPart).after.quantity)) return one;
  return parts.reduce((sum, part) => sum.plus(part.closed), zero).div(first.before.quantity.abs());
}

function leadOf(
  provider: Provider,
  source: Source,
  first: FillPart,
): Pick<ProviderOrder, 'leadPositionId' | 'openedByOrderNo'> {
  const key = positionKey(source.instrument, source.positionSide);
  const known = provider.positions[key];
  if (known) return { leadPositionId: known.leadPositionId, openedByOrderNo: known.openedByOrderNo };
  const openedByOrderNo = first.opens ? provider.orderNo + 1 : 0;
  return { leadPositionId: leadPositionIdOf(provider.providerId, key, openedByOrderNo), openedByOrderNo };
}
