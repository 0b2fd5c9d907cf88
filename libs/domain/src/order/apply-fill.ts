import type { AppliedFill, RecordProviderFills } from '@slipstream/contracts';
import { decimal, isZero, text, zero, type Decimal } from '../money.js';
import type { ParsedFill } from './parse-fill.js';
import { trade, type Position } from './position.js';

/** Above this share of the notional the venue's PnL and average cost are said to differ. */
const pnlDiffersRatio = decimal('0.001');

/** A fill, or one side of zero of it, applied to the position. */
export interface FillPart {
  readonly applied: AppliedFill;
  readonly opens: boolean;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** What it took off the known position. */
  readonly closed: Decimal;
  readonly before: Position;
  readonly after: Position;
}

type Direction = Pick<RecordProviderFills, 'side' | 'positionSide'>;

/**
 * Applies one fill. One-way mode through zero gives two parts: PnL belongs to the first, the fee is split by quantity.
 * A hedge-mode reduce beyond the known position takes what is known; the excess changes no position.
 */
export function applyFill(position: Position, order: Direction, fill: ParsedFill, contractSize: Decimal): FillPart[] {
  const apply = (from: Position, share: Share): FillPart => applyPart(from, order, fill, share, contractSize);
  const before = position.quantity;
  const signed = order.side === 'buy' ? fill.quantity : fill.quantity.neg();
  const throughZero =
    order.positionSide === 'net' && !isZero(before) && before.s !== signed.s && fill.quantity.gt(before.abs());
  const whole: Share = { part: 'whole', quantity: fill.quantity, fee: fill.fee, realised: fill.realisedPnl };
  if (!throughZero) return [apply(position, whole)];
  const closing = before.abs();
  const closingFee = fill.fee.times(closing).div(fill.quantity);
  const first = apply(position, { part: 'first', quantity: closing, fee: closingFee, realised: fill.realisedPnl });
  const rest: Share = {
    part: 'rest',
    quantity: fill.quantity.minus(closing),
    fee: fill.fee.minus(closingFee),
    realised: fill.realisedPnl === null ? null : zero,
  };
  return [first, apply(first.after, rest)];
}

/** The part of a fill that lies on one side of zero. */
interface Share {
  readonly part: AppliedFill['part'];
  readonly quantity: Decimal;
  readonly fee: Decimal;
  readonly realised: Decimal | null;
}

function applyPart(
  before: Position,
  order: Direction,
  fill: ParsedFill,
  share: Share,
  contractSize: Decimal,
): FillPart {
  const direction = order.side === 'buy' ? 1 : -1;
  const opens =
    order.positionSide === 'net'
      ? isZero(before.quantity) || before.quantity.s === direction
      : (order.positionSide === 'long') === (order.side === 'buy');
  const known = before.quantity.abs();
  const excess = !opens && share.quantity.gt(known) ? share.quantity.minus(known) : zero;
  const moved = share.quantity.minus(excess);
  const traded = isZero(moved)
    ? { position: before, closed: zero, realised: zero }
    : trade(before, direction === 1 ? moved : moved.neg(), fill.price, contractSize);
  const realised = share.realised ?? traded.realised;
  const notional = fill.price.times(share.quantity).times(contractSize);
  const applied: AppliedFill = {
    sequence: fill.sequence,
    part: share.part,
    price: text(fill.price),
    quantity: text(share.quantity),
    fee: text(share.fee),
    feeAsset: fill.feeAsset,
    realisedPnl: text(realised),
    averageCostPnl: text(traded.realised),
    excess: text(excess),
    pnlDiffers: realised.minus(traded.realised).abs().gt(notional.times(pnlDiffersRatio)),
    occurredAt: fill.occurredAt,
  };
  const { price } = fill;
  return { applied, opens, price, quantity: share.quantity, closed: traded.closed, before, after: traded.position };
}
