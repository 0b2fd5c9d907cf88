import type { ProviderOrderTaken, ProviderRegistered } from '@slipstream/contracts';
import { positionKey } from '../ids.js';
import type { Instruments } from '../instrument.js';
import { decimal, isZero, zero, type Decimal } from '../money.js';
import { flat, unrealised, type Position } from './position.js';

/** An open lead position. */
export interface LeadPosition extends Position {
  readonly instrument: string;
  readonly leadPositionId: string;
  readonly openedByOrderNo: number;
}

/** What decisions about a provider need. */
export interface Provider {
  readonly providerId: string;
  readonly startingCapital: Decimal;
  /** Σ realised PnL of its fills, gross of fees. */
  readonly realised: Decimal;
  /** Σ fees, positive = cost. */
  readonly fees: Decimal;
  /** Sequence of the last fill taken; −1 before the first. */
  readonly lastSequence: number;
  /** Number of the last order. */
  readonly orderNo: number;
  /** Open positions by `instrument/positionSide`. */
  readonly positions: Readonly<Record<string, LeadPosition>>;
}

export const providerFrom = (event: ProviderRegistered): Provider => ({
  providerId: event.providerId,
  startingCapital: decimal(event.startingCapital),
  realised: zero,
  fees: zero,
  lastSequence: -1,
  orderNo: 0,
  positions: {},
});

/** Position of the instrument and side, flat when there is none. */
export const positionOf = (provider: Provider, instrument: string, positionSide: string): Position =>
  provider.positions[positionKey(instrument, positionSide)] ?? flat;

/**
 * Starting capital + realised − fees + unrealised at the marks of its line (DOMAIN, Provider equity). A position
 * without a mark stands at its cost.
 */
export function providerEquity(
  provider: Provider,
  mark: (instrument: string) => Decimal | undefined,
  instruments: Instruments,
): Decimal {
  let equity = provider.startingCapital.plus(provider.realised).minus(provider.fees);
  for (const position of Object.values(provider.positions)) {
    const price = mark(position.instrument);
    if (price) equity = equity.plus(unrealised(position, price, instruments(position.instrument).contractSize));
  }
  return equity;
}

/** The provider after one of its orders: all from what the event says. */
export function withOrder(provider: Provider, taken: Omit<ProviderOrderTaken, 'owed' | 'type'>): Provider {
  const { order } = taken;
  const { [positionKey(order.instrument, order.positionSide)]: _, ...others } = provider.positions;
  const quantity = decimal(taken.positionAfter);
  const positions = isZero(quantity)
    ? others
    : {
        ...others,
        [positionKey(order.instrument, order.positionSide)]: {
          instrument: order.instrument,
          quantity,
          averageCost: decimal(taken.averageCostAfter ?? '0'),
          leadPositionId: order.leadPositionId,
          openedByOrderNo: order.openedByOrderNo,
        },
      };
  return {
    ...provider,
    realised: taken.fills.reduce((sum, fill) => sum.plus(decimal(fill.realisedPnl)), provider.realised),
    fees: taken.fills.reduce((sum, fill) => sum.plus(decimal(fill.fee)), provider.fees),
    lastSequence: taken.fills.reduce((last, fill) => Math.max(last, fill.sequence), provider.lastSequence),
    orderNo: order.orderNo,
    positions,
  };
}

/** A provider as it was saved (decimals as text). */
export function reviveProvider(json: unknown): Provider {
  const saved = json as Provider;
  const number = (value: unknown): Decimal => decimal(value as string);
  const positions = Object.entries(saved.positions).map(([key, position]) => [
    key,
    { ...position, quantity: number(position.quantity), averageCost: number(position.averageCost) },
  ]);
  return {
    ...saved,
    startingCapital: number(saved.startingCapital),
    realised: number(saved.realised),
    fees: number(saved.fees),
    positions: Object.fromEntries(positions) as Provider['positions'],
  };
}
