import {
  streams,
  type AccountSuspended,
  type CopiesDecided,
  type CopyMissed,
  type CopyOrders,
  type CopyPlaced,
  type CopyRef,
  type CopySkipped,
  type PlaceOrders,
  type ProviderOrder,
} from '@slipstream/contracts';
import {
  decideCopy,
  orderFacts,
  orderTerms,
  providerCause,
  stopOnClose,
  stopsOnClose,
  withPlaced,
  withSkipped,
  type Decision,
  type Instruments,
  type OrderFacts,
  type PlacedAmounts,
  type Stop,
} from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import type { Rules } from './rules.js';
import type { Accounts, CopyEntry } from './state.js';

/**
 * One provider order for many copies: one decision for each copy of the record, in its order. A copy that has decided
 * this number before says nothing; numbers it never saw are skipped as unreadable.
 */
export function sizeCopies(
  state: Accounts,
  command: CopyOrders,
  { instruments, policy }: Rules,
): (CopiesDecided | AccountSuspended | Stop)[] {
  const { line, order } = command;
  const facts = orderFacts(order, instruments(order.instrument), policy);
  const free = { mark: state.markOf(line), instruments, suspended: false };
  const suspended = { ...free, suspended: true };
  const placed: CopyPlaced[] = [];
  const atHand: AtHand[] = [];
  const skipped: CopySkipped[] = [];
  const missed: CopyMissed[] = [];
  const suspensions: AccountSuspended[] = [];
  const stopping: Stopping[] = [];
  for (const ref of command.copies) {
    const entry = state.entry(ref.copyId);
    if (!entry) {
      skipped.push(skip(ref, 'copy_stopped'));
      continue;
    }
    const { lastOrder } = entry.copy;
    if (order.orderNo <= lastOrder) continue;
    if (order.orderNo > lastOrder + 1 && entry.copy.status !== 'starting') addMissed(missed, entry, order);
    const context = state.isSuspended(ref.accountId) ? suspended : free;
    const decision = decided(entry, facts, context, suspensions);
    if (decision.placed) {
      placed.push(decision.placed);
      atHand.push({ entry, amounts: decision.amounts });
    } else skipped.push(decision.skipped);
    if (stopsOnClose(entry.terms, entry.copy, order)) stopping.push({ entry, decision });
  }
  if (placed.length === 0 && skipped.length === 0) return suspensions;
  const event: CopiesDecided = { type: 'CopiesDecided', line, order, placed, skipped, missed };
  placedAtHand.set(event, { state, placed: atHand });
  return [event, ...suspensions, ...stopping.flatMap((one) => stopAfter(state, one, order, instruments))];
}

/** The rest of a copy stops with the lead position that was closed. */
function stopAfter(
  state: Accounts,
  { entry, decision }: Stopping,
  order: ProviderOrder,
  instruments: Instruments,
): Stop[] {
  const { terms, line } = entry;
  const copy = decision.placed
    ? withPlaced(entry.copy, terms, providerCause(order), decision.placed)
    : withSkipped(entry.copy, terms, order, decision.skipped);
  return stopOnClose(terms, copy, order, instruments, state.markOf(line));
}

/** A copy that is to stop with the lead position that was closed, and its decision on that. */
interface Stopping {
  readonly entry: CopyEntry;
  readonly decision: Decision;
}

/** What a placed decision was made of, for `evolve`: what the texts of the event say, only not looked up and parsed again. */
interface AtHand {
  readonly entry: CopyEntry;
  readonly amounts: PlacedAmounts;
}
const placedAtHand = new WeakMap<CopiesDecided, { readonly state: Accounts; readonly placed: readonly AtHand[] }>();

/** A decision that fails suspends the account and skips: nobody else is held up. */
function decided(
  entry: CopyEntry,
  facts: OrderFacts,
  context: Parameters<typeof decideCopy>[3],
  suspensions: AccountSuspended[],
): Decision {
  try {
    return decideCopy(entry.terms, entry.copy, facts, context);
  } catch (error) {
    const { accountId } = entry.terms;
    suspensions.push({ type: 'AccountSuspended', accountId, command: 'CopyOrders', detail: String(error) });
    return { placed: null, skipped: skip(entry.terms, 'account_suspended') };
  }
}

const skip = (ref: CopyRef, reason: CopySkipped['reason']): CopySkipped => ({
  accountId: ref.accountId,
  copyId: ref.copyId,
  reason,
  target: null,
});

function addMissed(missed: CopyMissed[], entry: CopyEntry, order: ProviderOrder): void {
  const { accountId, copyId } = entry.terms;
  for (let orderNo = entry.copy.lastOrder + 1; orderNo < order.orderNo; orderNo += 1)
    missed.push({ accountId, copyId, orderNo });
}

export function copiesDecided(state: Accounts, event: CopiesDecided): void {
  const cause = providerCause(event.order);
  const atHand = placedAtHand.get(event);
  const known = atHand?.state === state ? atHand.placed : [];
  placedAtHand.delete(event);
  event.placed.forEach((placed, index) => {
    const made = known[index];
    const entry = made?.entry ?? state.entry(placed.copyId);
    if (entry) state.setCopy(entry, withPlaced(entry.copy, entry.terms, cause, placed, made?.amounts));
  });
  for (const skipped of event.skipped) {
    const entry = state.entry(skipped.copyId);
    if (entry) state.setCopy(entry, withSkipped(entry.copy, entry.terms, event.order, skipped));
  }
}

/** The orders go to the gateway's partition of the same number: accounts and orders share their key. */
export function placeOrders(state: Accounts, event: CopiesDecided): Outgoing[] {
  if (event.placed.length === 0) return [];
  const { order } = event;
  const terms = orderTerms(order);
  // A placed decision has all the fields of an order; what it has besides is not written.
  const record: PlaceOrders = { type: 'PlaceOrders', terms, orders: event.placed };
  return [{ to: streams.ordersCommands, record, key: null, partition: state.partition }];
}
