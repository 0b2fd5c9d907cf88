import type {
  CopyOrdersPlaced,
  CopyStopped,
  CopyStopping,
  PositionLiquidated,
  PositionTriggered,
} from '@slipstream/contracts';
import {
  copyEquity,
  isLossReached,
  isZero,
  liquidations,
  nextSlice,
  closingOrder,
  text,
  triggerOf,
  withEnded,
  type Copy,
  type CopyPosition,
  type Decimal,
  type Liquidation,
  type MarkOf,
} from '@slipstream/domain';
import { afterOwnOrder, closePart, ownOrder } from './own-orders.js';
import type { Rules } from './rules.js';
import { stopCopy, type StopCause } from './stop-copying.js';
import type { Accounts, CopyEntry } from './state.js';

type Event = PositionTriggered | PositionLiquidated | CopyStopping | CopyOrdersPlaced | CopyStopped;

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
export function guardCopy(state: Accounts, entry: CopyEntry, marks: NewMarks, rules: Rules): Event[] {
  const { copy, terms } = entry;
  const { instruments, policy } = rules;
  const found = liquidations(copy, marks.mark, instruments, policy.maintenanceMarginRatio);
  const liquidated = found.flatMap((one) => liquidate(state, entry, one, marks, rules));
  if (liquidated.length > 0) return liquidated;
  if (copy.status === 'stopping' && copy.stop === 'market_close') return [];
  const lossCounts = (terms.maxLoss ?? terms.slTotalAmt) !== null;
  if (lossCounts && isLossReached(terms, copy, copyEquity(copy, marks.mark, instruments))) {
    const cause = { ...atMarket, reason: 'max_loss_reached', causeType: 'max_loss', occurredAt: marks.at } as const;
    return stopCopy(state, entry, cause, instruments, { mark: marks.mark });
  }
  return guardPositions(entry, marks, rules);
}

const atMarket = { subPosCloseType: 'market_close', requestId: null } as const satisfies Partial<StopCause>;

/** Closes what is breached; a copy on cross margin ends with it. */
function liquidate(
  state: Accounts,
  entry: CopyEntry,
  { positions, equity, maintenance, whole }: Liquidation,
  { at, mark }: NewMarks,
  { instruments }: Rules,
): Event[] {
  const { accountId, copyId, providerId } = entry.terms;
  const cause = { causeType: 'liquidation', occurredAt: at } as const;
  const events: Event[] = [];
  let copy = entry.copy;
  for (const position of positions) {
    const placed = closePart(entry, copy, position, cause, instruments, mark);
    if (!placed) continue;
    const { leadPositionId, instrument } = position;
    const ids = { accountId, copyId, providerId, leadPositionId, instrument };
    const figures = { mark: placed.terms.mark, equity: text(equity), maintenance: text(maintenance) };
    events.push({ type: 'PositionLiquidated', ...ids, ...figures, occurredAt: at }, placed);
    copy = afterOwnOrder(entry, copy, placed);
  }
  const stops = whole && events.length > 0 && (copy.status === 'active' || copy.status === 'paused');
  if (!stops) return events;
  const stop = { ...atMarket, reason: 'liquidated', causeType: 'liquidation', occurredAt: at } as const;
  return [...events, ...stopCopy(state, entry, stop, instruments, { copy, mark })];
}

function guardPositions(entry: CopyEntry, { at, fresh, mark }: NewMarks, { instruments }: Rules): Event[] {
  const { accountId, copyId, providerId } = entry.terms;
  const events: Event[] = [];
  let copy = entry.copy;
  for (const position of copy.positions) {
    const { instrument, leadPositionId } = position;
    const price = fresh.has(instrument) ? mark(instrument) : undefined;
    if (!price) continue;
    const trigger = triggerOf(position, price, instruments(instrument).contractSize);
    const causeType = trigger ?? 'sliced_exit';
    const placed = trigger
      ? closePart(entry, copy, position, { causeType, occurredAt: at }, instruments, mark)
      : sliceOf(entry, copy, position, { at, mark }, instruments);
    if (!placed) continue;
    const ids = { accountId, copyId, providerId, leadPositionId };
    if (trigger) events.push({ type: 'PositionTriggered', ...ids, trigger, mark: text(price), occurredAt: at });
    events.push(placed);
    copy = afterOwnOrder(entry, copy, placed);
  }
  return events;
}

/** The next part of a collared close, once the one before it is back. */
function sliceOf(
  entry: CopyEntry,
  copy: Copy,
  position: CopyPosition,
  { at, mark }: Pick<NewMarks, 'at' | 'mark'>,
  instruments: Rules['instruments'],
): CopyOrdersPlaced | null {
  if (!position.care.slice) return null;
  if (copy.orders.some((order) => order.leadPositionId === position.leadPositionId)) return null;
  const wanted: Decimal = nextSlice(position, instruments(position.instrument));
  if (isZero(wanted)) return null;
  const cause = { causeType: 'sliced_exit', occurredAt: at } as const;
  const placed = closingOrder(entry.terms, copy, position, cause.causeType, instruments, wanted, () => position.target);
  return placed && ownOrder(entry, copy, position, cause, instruments, mark, placed);
}

/** Later orders of the lead position aren't copied any more. */
export function positionEnded(state: Accounts, event: PositionTriggered | PositionLiquidated): void {
  const entry = state.entry(event.copyId);
  const ended = event.type === 'PositionTriggered' ? 'by_follower' : 'liquidated';
  if (entry) state.setCopy(entry, withEnded(entry.copy, event.leadPositionId, ended));
}
