import type {
  CopiesMeasured,
  CopyOrdersPlaced,
  CopyStopped,
  CopyStopping,
  PositionLiquidated,
  PositionTriggered,
} from '@slipstream/contracts';
import type { Instruments } from '../instrument.js';
import { isZero, text } from '../money.js';
import type { Policy } from '../policy.js';
import { liquidations, type Liquidation } from '../risk/liquidation.js';
import { isLossReached } from '../risk/loss-limit.js';
import { nextSlice } from '../risk/slice.js';
import { triggerOf } from '../risk/trigger.js';
import { closingOrder } from './close-position.js';
import { copyEquity, isRunning, withEnded, type Copy, type CopyPosition, type MarkOf } from './copy.js';
import { afterOwnOrder, closePart, ownOrder } from './own-orders.js';
import { stopCopy, withoutAnything, withSettling, withStopping, type StopCause } from './stop.js';
import type { CopyTerms } from './terms.js';

/** What guards rest on. */
export interface GuardRules {
  readonly instruments: Instruments;
  readonly policy: Policy;
}

/** What marks can make of a copy. */
export type GuardEvent =
  PositionTriggered | PositionLiquidated | CopyStopping | CopyOrdersPlaced | CopyStopped | CopiesMeasured;

/** New marks of a line. */
export interface NewMarks {
  readonly at: number;
  readonly fresh: ReadonlySet<string>;
  readonly mark: MarkOf;
}

/**
 * What new marks do to a copy, in this order: liquidation, the loss at which all of it stops, take profit and stop loss of
 * its positions, the next slice of a collared close. One that closes everything at market already is left to it, except
 * that it can be liquidated.
 */
export function guardCopy(terms: CopyTerms, copy: Copy, marks: NewMarks, rules: GuardRules): GuardEvent[] {
  const { instruments, policy } = rules;
  const found = liquidations(copy, marks.mark, instruments, policy.maintenanceMarginRatio);
  const liquidated: GuardEvent[] = [];
  for (const one of found)
    liquidated.push(
      ...liquidate(
        terms,
        liquidated.reduce((after, event) => withGuard(terms, after, event), copy),
        one,
        marks,
        rules,
      ),
    );
  if (liquidated.length > 0) return liquidated;
  if (copy.status === 'stopping' && copy.stop === 'market_close') return [];
  const lossCounts = (terms.maxLoss ?? terms.slTotalAmt) !== null;
  if (lossCounts && isLossReached(terms, copy, copyEquity(copy, marks.mark, instruments))) {
    const cause = { ...atMarket, reason: 'max_loss_reached', causeType: 'max_loss', occurredAt: marks.at } as const;
    return stopCopy(terms, copy, cause, instruments, marks.mark);
  }
  return guardPositions(terms, copy, marks, rules);
}

const atMarket = { subPosCloseType: 'market_close', requestId: null } as const satisfies Partial<StopCause>;

/** Closes what is breached; a copy on cross margin ends with it. */
function liquidate(
  terms: CopyTerms,
  before: Copy,
  { positions, equity, maintenance, whole }: Liquidation,
  { at, mark }: NewMarks,
  { instruments }: GuardRules,
): GuardEvent[] {
  const { accountId, copyId, providerId } = terms;
  const cause = { causeType: 'liquidation', occurredAt: at } as const;
  const events: GuardEvent[] = [];
  let copy = before;
  for (const position of positions) {
    const placed = closePart(terms, copy, position, cause, instruments, mark);
    if (!placed) continue;
    const { leadPositionId, instrument } = position;
    const ids = { accountId, copyId, providerId, leadPositionId, instrument };
    const figures = { mark: placed.terms.mark, equity: text(equity), maintenance: text(maintenance) };
    events.push({ type: 'PositionLiquidated', ...ids, ...figures, occurredAt: at }, placed);
    copy = afterOwnOrder(terms, copy, placed);
  }
  const stops = whole && events.length > 0 && isRunning(copy);
  if (!stops) return events;
  const stop = { ...atMarket, reason: 'liquidated', causeType: 'liquidation', occurredAt: at } as const;
  return [...events, ...stopCopy(terms, copy, stop, instruments, mark)];
}

function guardPositions(
  terms: CopyTerms,
  before: Copy,
  { at, fresh, mark }: NewMarks,
  { instruments }: GuardRules,
): GuardEvent[] {
  const { accountId, copyId, providerId } = terms;
  const events: GuardEvent[] = [];
  let copy = before;
  for (const position of copy.positions) {
    const { instrument, leadPositionId } = position;
    const price = fresh.has(instrument) ? mark(instrument) : undefined;
    if (!price) continue;
    const trigger = triggerOf(position, price, instruments(instrument).contractSize);
    const causeType = trigger ?? 'sliced_exit';
    const placed = trigger
      ? closePart(terms, copy, position, { causeType, occurredAt: at }, instruments, mark)
      : sliceAt(terms, copy, position, { at, mark }, instruments);
    if (!placed) continue;
    const ids = { accountId, copyId, providerId, leadPositionId };
    if (trigger) events.push({ type: 'PositionTriggered', ...ids, trigger, mark: text(price), occurredAt: at });
    events.push(placed);
    copy = afterOwnOrder(terms, copy, placed);
  }
  return events;
}

/** The next part of a collared close, once the one before it is back. */
function sliceAt(
  terms: CopyTerms,
  copy: Copy,
  position: CopyPosition,
  { at, mark }: Pick<NewMarks, 'at' | 'mark'>,
  instruments: Instruments,
): CopyOrdersPlaced | null {
  if (!position.care.slice) return null;
  if (copy.orders.some((order) => order.leadPositionId === position.leadPositionId)) return null;
  const wanted = nextSlice(position, instruments(position.instrument));
  if (isZero(wanted)) return null;
  const cause = { causeType: 'sliced_exit', occurredAt: at } as const;
  const placed = closingOrder(terms, copy, position, cause.causeType, instruments, wanted, () => position.target);
  return placed && ownOrder(terms, copy, position, cause, instruments, mark, placed);
}

/** The copy after one of these events. */
export function withGuard(terms: CopyTerms, copy: Copy, event: GuardEvent): Copy {
  switch (event.type) {
    case 'CopyOrdersPlaced':
      return afterOwnOrder(terms, copy, event);
    case 'PositionTriggered':
      return withEnded(copy, event.leadPositionId, 'by_follower');
    case 'PositionLiquidated':
      return withEnded(copy, event.leadPositionId, 'liquidated');
    case 'CopyStopping':
      return withStopping(copy, event);
    case 'CopyStopped':
      return withoutAnything(copy);
    case 'CopiesMeasured':
      return withSettling(copy);
  }
}
