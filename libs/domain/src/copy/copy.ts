import type { CopyRestricted, CopyStopping, OrderTerms } from '@slipstream/contracts';
import { decimal, isZero, one, roundAmount, zero, type Decimal } from '../money.js';
import type { Instruments } from '../instrument.js';
import { reviveUnsettled, type Unsettled } from './unsettled.js';

/** What guards a copied position. Set by its opening order: a later change of the copy's settings leaves it. */
export interface PositionCare {
  readonly marginMode: 'cross' | 'isolated';
  /** Gain at which it is closed, as a fraction of its cost. */
  readonly tpRatio: Decimal | null;
  /** Loss at which it is closed, as a fraction of its cost. */
  readonly slRatio: Decimal | null;
  /** Marks at which it is closed, set by hand; the ratios don't hold any more. */
  readonly tpTriggerPx: Decimal | null;
  readonly slTriggerPx: Decimal | null;
  /** Size of the slices in which a collared close goes on. */
  readonly slice: Decimal | null;
  /** Why later orders of the lead position aren't copied. */
  readonly ended: 'by_follower' | 'liquidated' | null;
  /** The provider has closed the lead position: no more orders of it come. */
  readonly leadOver: boolean;
}

/** Without protection of its own. */
export const noCare: PositionCare = {
  marginMode: 'cross',
  tpRatio: null,
  slRatio: null,
  tpTriggerPx: null,
  slTriggerPx: null,
  slice: null,
  ended: null,
  leadOver: false,
};

/** The copy's side of one lead position. Quantities are signed: short is negative. */
export interface CopyPosition {
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly positionSide: OrderTerms['positionSide'];
  /** What the copy should hold, exact. */
  readonly target: Decimal;
  /** Filled + in flight: decisions use what was ordered. */
  readonly held: Decimal;
  readonly quantity: Decimal;
  /** Quantity × average cost × contract size, signed as the quantity. */
  readonly cost: Decimal;
  /** Of its opening order. */
  readonly leverage: Decimal;
  /** Cost ÷ leverage. */
  readonly margin: Decimal;
  readonly care: PositionCare;
}

/** An order of the copy that has no end yet. Its numbers stay text: there may be many of them, and most are used once. */
export interface CopyOrder {
  readonly orderId: string;
  readonly orderNo: number | null;
  readonly causeType: OrderTerms['causeType'];
  readonly leadPositionId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly reserved: string;
  readonly providerPrice: string | null;
}

/** A reason that stands on the copy. */
export type Restriction = CopyRestricted['reason'];

/** What a copy owes its provider; kept by settlement, held back here. */
export interface CopyFees {
  /** Profit share that wasn't available when it was asked for. */
  readonly due: Decimal;
  /** Flat and measured at its stop: it has stopped once what it owes is charged. */
  readonly settling: boolean;
  /** Latest moment that a charge has settled, ms, and the settlements of that moment: what was charged isn't again. */
  readonly chargedAt: number;
  readonly chargedIds: readonly string[];
  /** Null: saved before it was kept. */
  readonly unsettled: Unsettled | null;
}
export const noDue: CopyFees = { due: zero, settling: false, chargedAt: -1, chargedIds: [], unsettled: null };

/** The state of a copy that moves with its orders. */
export interface Copy {
  /** `cancelled`: stopped before the provider's side had answered. */
  readonly status: 'starting' | 'cancelled' | 'active' | 'paused' | 'stopping' | 'stopped';
  readonly stop: CopyStopping['subPosCloseType'] | null;
  /** First order number owed to it, and the last it has decided. */
  readonly fromOrder: number;
  readonly lastOrder: number;
  /** copyTotalAmt ± flows + realised − fees. */
  readonly cash: Decimal;
  /** Held for orders in flight. */
  readonly reserved: Decimal;
  /** Highest equity at a journaled tick. */
  readonly peak: Decimal;
  /** Equity just after the last change of funds, from which slTotalAmt counts; null: no change since the start. */
  readonly lossBase: Decimal | null;
  /** Why it may not open, whatever the order. */
  readonly restrictions: readonly Restriction[];
  /** null: of a provider whose terms aren't known (it was confirmed before there were any): it isn't settled. */
  readonly fees: CopyFees | null;
  /** Orders it placed for causes of its own. */
  readonly ownOrders: number;
  readonly positions: readonly CopyPosition[];
  readonly orders: readonly CopyOrder[];
}

/** Shared: most copies have none most of the time. */
export const noPositions: readonly CopyPosition[] = [];
export const noOrders: readonly CopyOrder[] = [];
export const noRestrictions: readonly Restriction[] = [];

/** A copy that was just asked for. */
export const startingCopy = (copyTotalAmt: Decimal): Copy => ({
  status: 'starting',
  stop: null,
  fromOrder: 0,
  lastOrder: 0,
  cash: copyTotalAmt,
  reserved: zero,
  peak: copyTotalAmt,
  lossBase: null,
  restrictions: noRestrictions,
  fees: null,
  ownOrders: 0,
  positions: noPositions,
  orders: noOrders,
});

export type MarkOf = (instrument: string) => Decimal | undefined;

/**
 * Copy equity: copyTotalAmt ± flows + realised − fees + unrealised at the marks of the provider's line (at cost where there
 * is none), to the 8 decimals of an amount.
 */
export function copyEquity(copy: Copy, mark: MarkOf, instruments: Instruments): Decimal {
  let equity = copy.cash;
  for (const position of copy.positions) {
    if (isZero(position.quantity)) continue;
    const price = mark(position.instrument);
    if (!price) continue;
    const { contractSize } = instruments(position.instrument);
    const value = position.quantity.times(price);
    equity = equity.plus(contractSize === one ? value : value.times(contractSize)).minus(position.cost);
  }
  return equity === copy.cash ? equity : roundAmount(equity);
}

/** Margin of the positions and reservations of the orders. */
export function marginInUse(copy: Copy): Decimal {
  return copy.positions.reduce((sum, position) => sum.plus(position.margin), copy.reserved);
}

/** Confirmed, and not asked to stop. */
export const isRunning = ({ status }: Copy): boolean => status === 'active' || status === 'paused';
/** Confirmed, and not over. */
export const isUnderWay = (copy: Copy): boolean => isRunning(copy) || copy.status === 'stopping';

/** Nothing held and nothing in flight. */
export const isFlat = (copy: Copy): boolean =>
  copy.orders.length === 0 && copy.positions.every((position) => isZero(position.quantity));

/** The copy with one of its positions changed; a position that has no more to say is dropped. */
export function withPosition(copy: Copy, position: CopyPosition): readonly CopyPosition[] {
  const at = positionAt(copy, position.leadPositionId);
  const { target, held, quantity, care } = position;
  // One that the follower closed is remembered until its lead position is over: later orders aren't copied.
  const over = isZero(target) && isZero(held) && isZero(quantity) && care.ended === null;
  if (!over) return withPositionAt(copy.positions, at, position);
  if (at < 0) return copy.positions;
  return copy.positions.length === 1 ? noPositions : copy.positions.toSpliced(at, 1);
}

/** Where the copy keeps its side of a lead position, −1 when it has none. */
export function positionAt({ positions }: Copy, leadPositionId: string): number {
  for (let at = 0; at < positions.length; at += 1) if (positions[at]?.leadPositionId === leadPositionId) return at;
  return -1;
}

/** Positions with the one there replaced, or one more where there is none. Most copies have one. */
export function withPositionAt(
  positions: readonly CopyPosition[],
  at: number,
  position: CopyPosition,
): readonly CopyPosition[] {
  if (at < 0) return positions.length === 0 ? [position] : [...positions, position];
  return positions.length === 1 ? [position] : positions.with(at, position);
}

/** The copy with one of its positions ended: later orders of the lead position, if there can be any, aren't copied. */
export function withEnded(copy: Copy, leadPositionId: string, ended: NonNullable<PositionCare['ended']>): Copy {
  const leadOver = copy.positions[positionAt(copy, leadPositionId)]?.care.leadOver ?? true;
  return leadOver ? copy : withCare(copy, leadPositionId, { ended });
}

/** The copy with the care of one of its positions changed; the copy itself where it has no such position. */
export function withCare(copy: Copy, leadPositionId: string, change: Partial<PositionCare>): Copy {
  const position = copy.positions[positionAt(copy, leadPositionId)];
  if (!position) return copy;
  return { ...copy, positions: withPosition(copy, { ...position, care: { ...position.care, ...change } }) };
}

/** A copy as it was saved; what an earlier version didn't know has its default. */
export function reviveCopy(json: unknown): Copy {
  const saved = json as Copy;
  const earlier = json as Partial<Copy>;
  const number = (value: unknown): Decimal => decimal(value as string);
  const optional = (value: unknown): Decimal | null => (value === null ? null : number(value));
  const care = (known: PositionCare | undefined): PositionCare =>
    known === undefined
      ? noCare
      : {
          ...known,
          tpRatio: optional(known.tpRatio),
          slRatio: optional(known.slRatio),
          tpTriggerPx: optional(known.tpTriggerPx),
          slTriggerPx: optional(known.slTriggerPx),
          slice: optional(known.slice),
        };
  return {
    ...saved,
    cash: number(saved.cash),
    reserved: number(saved.reserved),
    peak: number(saved.peak),
    lossBase: optional(earlier.lossBase ?? null),
    restrictions: earlier.restrictions ?? noRestrictions,
    fees: earlier.fees
      ? {
          ...{ ...noDue, ...earlier.fees },
          due: number(earlier.fees.due),
          unsettled: reviveUnsettled(earlier.fees.unsettled),
        }
      : null,
    positions: saved.positions.map((position) => ({
      ...position,
      target: number(position.target),
      held: number(position.held),
      quantity: number(position.quantity),
      cost: number(position.cost),
      leverage: number(position.leverage),
      margin: number(position.margin),
      care: care(position.care),
    })),
    orders: saved.orders,
  };
}
