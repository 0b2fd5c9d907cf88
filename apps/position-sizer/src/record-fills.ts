import type {
  AccountSuspended,
  CopiesMeasured,
  CopyEnd,
  CopyOrdersEnded,
  CopyOrdersPlaced,
  CopyStopped,
  InsuranceDrawn,
  OrderEnd,
  RecordFills,
} from '@slipstream/contracts';
import { afterEnds, commissionAt, decimal, endOrder, isFlat, needsCare, type Copy } from '@slipstream/domain';
import type { Rules } from './rules.js';
import { sorted, type Accounts, type CopyEntry } from './state.js';

type Event = CopyOrdersEnded | CopyOrdersPlaced | InsuranceDrawn | CopyStopped | CopiesMeasured | AccountSuspended;

/** What an end made of a copy when it was decided: `evolve` needn't work it out again from the very same copy. */
interface Step {
  readonly entry: CopyEntry;
  readonly from: Copy;
  readonly to: Copy;
}
const stepsAtHand = new WeakMap<CopyOrdersEnded, { readonly state: Accounts; readonly steps: readonly Step[] }>();

/** A copy after the ends of the record so far, and whether what it has left over is to be closed at once. */
interface After {
  copy: Copy;
  occurredAt: number;
  again: boolean;
}

/**
 * Ends of orders: exactly one for each placed order, others are ignored. What they leave over of a lead position that is
 * flat is closed at once (`late_fill`); a stopping copy that is flat now has stopped.
 */
export function recordFills(state: Accounts, command: RecordFills, rules: Rules): Event[] {
  const { instruments } = rules;
  const ends: CopyEnd[] = [];
  const steps: Step[] = [];
  const failures: AccountSuspended[] = [];
  const after = new Map<CopyEntry, After>();
  for (const end of command.ends) {
    const entry = state.entry(end.copyId);
    if (!entry) continue;
    const before = after.get(entry);
    const copy = before?.copy ?? entry.copy;
    const ended = ending(copy, end, entry, rules, failures);
    if (!ended) continue;
    ends.push(ended.said);
    steps.push({ entry, from: copy, to: ended.copy });
    // A close of its own that the venue rejected isn't tried again at once, but at the next tick, where anything is held.
    const again = ended.said.type !== 'CopyRejected' || ended.said.orderNo !== null;
    if (before) {
      before.copy = ended.copy;
      before.occurredAt = end.occurredAt;
      before.again ||= again;
    } else after.set(entry, { copy: ended.copy, occurredAt: end.occurredAt, again });
  }
  if (ends.length === 0) return failures;
  const event: CopyOrdersEnded = { type: 'CopyOrdersEnded', ends };
  stepsAtHand.set(event, { state, steps });
  const events: Event[] = [event, ...failures];
  const needCare: CopyEntry[] = [];
  for (const [entry, { copy, again }] of after) if ((again || isFlat(copy)) && needsCare(copy)) needCare.push(entry);
  for (const entry of sorted(needCare)) {
    const { copy, occurredAt } = after.get(entry) as After;
    events.push(...afterEnds(entry.terms, copy, occurredAt, instruments, state.markOf(entry.line)));
  }
  return events;
}

export function lossInsured(state: Accounts, { copyId, amount }: InsuranceDrawn): void {
  const entry = state.entry(copyId);
  if (entry) state.setCopy(entry, { ...entry.copy, cash: entry.copy.cash.plus(decimal(amount)) });
}

function ending(
  copy: Copy,
  end: OrderEnd,
  entry: CopyEntry,
  { instruments, policy }: Rules,
  failures: AccountSuspended[],
): ReturnType<typeof endOrder> {
  try {
    return endOrder(copy, end, entry.terms.providerId, instruments, commissionAt(policy, end));
  } catch (error) {
    const { accountId } = entry.terms;
    failures.push({ type: 'AccountSuspended', accountId, command: 'RecordFills', detail: String(error) });
    return null;
  }
}

export function copyOrdersEnded(state: Accounts, event: CopyOrdersEnded, { instruments }: Rules): void {
  const atHand = stepsAtHand.get(event);
  const steps = atHand?.state === state ? atHand.steps : [];
  stepsAtHand.delete(event);
  event.ends.forEach((end, index) => {
    const step = steps[index];
    const entry = step?.entry ?? state.entry(end.copyId);
    if (!entry) return;
    const after =
      step?.from === entry.copy
        ? step.to
        : endOrder(entry.copy, end, end.providerId, instruments, () => decimal(end.commission))?.copy;
    if (after) state.setCopy(entry, after);
  });
}
