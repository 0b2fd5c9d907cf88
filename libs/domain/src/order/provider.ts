import type { ProviderFundsRecorded, ProviderOrderTaken, ProviderRegistered } from '@slipstream/contracts';
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
  /** Deposits − withdrawals + funding, and what the venue's own figure of the equity differed by when it was last told. */
  readonly funds: Decimal;
  /** Sequence of the last fill taken; −1 before the first. */
  readonly lastSequence: number;
  /** Number of the last order. */
  readonly orderNo: number;
  /** Open positions by `instrument/positionSide`. */
  readonly positions: Readonly<Record<string, LeadPosition>>;
}

export const providerFrom = (event: Pick<ProviderRegistered, 'providerId' | 'startingCapital'>): Provider => ({
  providerId: event.providerId,
  startingCapital: decimal(event.startingCapital),
  realised: zero,
  fees: zero,
  funds: zero,
  lastSequence: -1,
  orderNo: 0,
  positions: {},
});

/** Position of the instrument and side, flat when there is none. */
export const positionOf = (provider: Provider, instrument: string, positionSide: string): Position =>
  provider.positions[positionKey(instrument, positionSide)] ?? flat;

/**
 * Starting capital + deposits − withdrawals + realised − fees + funding + unrealised at the marks of its line (DOMAIN,
 * Provider equity). A position without a mark stands at its cost.
 */
export function providerEquity(
  provider: Provider,
  mark: (instrument: string) => Decimal | undefined,
  instruments: Instruments,
): Decimal {
  let equity = provider.startingCapital.plus(provider.funds).plus(provider.realised).minus(provider.fees);
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

/** The provider after money of its account was recorded. */
export const withFunds = (provider: Provider, recorded: ProviderFundsRecorded): Provider => ({
  ...provider,
  lastSequence: recorded.sequence,
  funds: provider.funds.plus(decimal(recorded.equityAfter)).minus(decimal(recorded.equityBefore)),
});

/**
 * Equity after such a record: a deposit adds, a withdrawal takes, funding does either; an equity told by the venue
 * overrides what was computed, from here on.
 */
export function equityAfterFunds(kind: ProviderFundsRecorded['kind'], amount: Decimal, before: Decimal): Decimal {
  if (kind === 'equity') return amount;
  return kind === 'withdrawal' ? before.minus(amount) : before.plus(amount);
}

/** A provider as it was saved (decimals as text); what an earlier version didn't know has its default. */
export function reviveProvider(json: unknown): Provider {
  const saved = json as Provider;
  const { funds = '0' } = json as { funds?: string };
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
    funds: decimal(funds),
    positions: Object.fromEntries(positions) as Provider['positions'],
  };
}
