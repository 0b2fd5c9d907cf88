import {
  streams,
  type ConfirmCopy,
  type OpenPositionJoined,
  type OrderTerms,
  type PlaceOrders,
} from '@slipstream/contracts';
import { decideJoin, orderFacts, providerCause, withPlaced, withSkipped, type Copy } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

/** One decision for each lead position that is open when the copy becomes active, at the current mark. */
export function joinPositions(
  state: Accounts,
  entry: CopyEntry,
  active: Copy,
  { joins }: Pick<ConfirmCopy, 'joins'>,
  { instruments, policy }: Rules,
): OpenPositionJoined[] {
  const { line, terms } = entry;
  const context = { mark: state.markOf(line), instruments, suspended: state.isSuspended(terms.accountId) };
  let copy = active;
  return joins.map((order) => {
    const facts = orderFacts(order, instruments(order.instrument), policy);
    const { placed, skipped } = decideJoin(terms, copy, facts, context);
    const joined: OpenPositionJoined = {
      type: 'OpenPositionJoined',
      line,
      order,
      placed: placed ? [placed] : [],
      skipped: skipped ? [skipped] : [],
    };
    copy = afterJoin(entry, copy, joined);
    return joined;
  });
}

function afterJoin({ terms }: CopyEntry, copy: Copy, { order, placed, skipped }: OpenPositionJoined): Copy {
  const cause = { ...providerCause(order), orderNo: null, causeType: 'join_open' } as const;
  const joined = placed.reduce((after, one) => withPlaced(after, terms, cause, one), copy);
  return skipped.reduce((after, one) => withSkipped(after, terms, order, one), joined);
}

export function positionJoined(state: Accounts, event: OpenPositionJoined): void {
  const [decision] = [...event.placed, ...event.skipped];
  const entry = decision && state.entry(decision.copyId);
  if (entry) state.setCopy(entry, afterJoin(entry, entry.copy, event));
}

export function placeJoin(state: Accounts, { order, placed }: OpenPositionJoined): Outgoing[] {
  if (placed.length === 0) return [];
  const terms: OrderTerms = {
    causeType: 'join_open',
    causeId: order.leadPositionId,
    providerId: order.providerId,
    orderNo: null,
    instrument: order.instrument,
    positionSide: order.positionSide,
    providerPrice: order.price,
    mark: order.mark,
    guard: true,
    leadPositionId: order.leadPositionId,
    occurredAt: order.occurredAt,
  };
  const record: PlaceOrders = { type: 'PlaceOrders', terms, orders: placed };
  return [{ to: streams.ordersCommands, record, key: null, partition: state.partition }];
}
