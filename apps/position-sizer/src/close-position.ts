import type {
  ClosePosition,
  CommandRefused,
  CopyOrdersPlaced,
  PositionCloseRequested,
  PositionProtected,
  ProtectPosition,
} from '@slipstream/contracts';
import { closePart, decimal, isZero, one, positive, withCare, withEnded } from '@slipstream/domain';
import { asCopyRequest, granted } from './request.js';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

const closeBody = (event: Pick<ClosePosition, 'copyId' | 'leadPositionId' | 'fraction'>): string =>
  `close ${event.fraction} of ${event.copyId} ${event.leadPositionId}`;
const protectBody = (
  event: Pick<ProtectPosition, 'copyId' | 'leadPositionId' | 'tpTriggerPx' | 'slTriggerPx'>,
): string => `protect ${event.copyId} ${event.leadPositionId} ${event.tpTriggerPx} ${event.slTriggerPx}`;

const isOver = ({ copy }: CopyEntry): boolean =>
  copy.status === 'starting' || copy.status === 'cancelled' || copy.status === 'stopped';

/** The follower closes a copied position by hand; later orders of its lead position aren't copied any more. */
export function closeByHand(
  state: Accounts,
  command: ClosePosition,
  { instruments }: Rules,
): (PositionCloseRequested | CopyOrdersPlaced | CommandRefused)[] {
  const { requestId, accountId, copyId, leadPositionId, occurredAt } = command;
  return asCopyRequest<PositionCloseRequested | CopyOrdersPlaced>(
    state,
    command,
    closeBody(command),
    (entry, refuse) => {
      if (isOver(entry)) return refuse('copy_not_active', `The copy is ${entry.copy.status}.`);
      const fraction = positive(command.fraction);
      if (!fraction || fraction.gt(one)) return refuse('fraction_invalid', 'fraction is above 0, at most 1.');
      const position = entry.copy.positions.find((known) => known.leadPositionId === leadPositionId);
      if (!position || isZero(position.held))
        return refuse('position_unknown', `The copy holds nothing of ${leadPositionId}.`);
      const how = { causeType: 'close_by_hand', occurredAt } as const;
      const placed = closePart(entry.terms, entry.copy, position, how, instruments, state.markOf(entry.line), fraction);
      if (!placed) return refuse('fraction_invalid', 'This part is less than a lot.');
      const { providerId } = entry.terms;
      const ids = { requestId, accountId, copyId, providerId, leadPositionId };
      return [{ type: 'PositionCloseRequested', ...ids, fraction: command.fraction, occurredAt }, placed];
    },
  );
}

export function closeRequested(state: Accounts, event: PositionCloseRequested): void {
  granted(state, event, closeBody(event));
  const entry = state.entry(event.copyId);
  if (entry) state.setCopy(entry, withEnded(entry.copy, event.leadPositionId, 'by_follower'));
}

/** Take profit and stop loss of one position, as marks; they replace the ratios it was opened with. */
export function protectPosition(state: Accounts, command: ProtectPosition): (PositionProtected | CommandRefused)[] {
  const { requestId, accountId, copyId, leadPositionId, tpTriggerPx, slTriggerPx, occurredAt } = command;
  return asCopyRequest(state, command, protectBody(command), (entry, refuse) => {
    if (isOver(entry)) return refuse('copy_not_active', `The copy is ${entry.copy.status}.`);
    for (const price of [tpTriggerPx, slTriggerPx])
      if (price !== null && !positive(price)) return refuse('price_invalid', 'A trigger price is above zero.');
    const position = entry.copy.positions.find((known) => known.leadPositionId === leadPositionId);
    if (!position || isZero(position.held))
      return refuse('position_unknown', `The copy holds nothing of ${leadPositionId}.`);
    const ids = { requestId, accountId, copyId, providerId: entry.terms.providerId, leadPositionId };
    return [{ type: 'PositionProtected', ...ids, tpTriggerPx, slTriggerPx, occurredAt }];
  });
}

export function positionProtected(state: Accounts, event: PositionProtected): void {
  granted(state, event, protectBody(event));
  const entry = state.entry(event.copyId);
  if (!entry) return;
  const price = (text: string | null) => (text === null ? null : decimal(text));
  const prices = { tpTriggerPx: price(event.tpTriggerPx), slTriggerPx: price(event.slTriggerPx) };
  const care = { ...prices, tpRatio: null, slRatio: null };
  state.setCopy(entry, withCare(entry.copy, event.leadPositionId, care));
}
