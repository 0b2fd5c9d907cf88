import type { CopyPlaced, CopySkipped } from '@slipstream/contracts';
import { copyOrderId, ownOrderId } from '../ids.js';
import { cutToLot, type Instruments } from '../instrument.js';
import { isZero, roundQuotient, text, zero, type Decimal } from '../money.js';
import type { OrderFacts } from '../sizing/facts.js';
import { sizeOf } from '../sizing/size.js';
import { limited, riskOf } from '../sizing/limits.js';
import { sliceOf } from '../risk/slice.js';
import type { PlacedAmounts } from './apply.js';
import type { Copy, CopyPosition, MarkOf } from './copy.js';
import type { CopyTerms } from './terms.js';

/** What surrounds a decision: marks of the provider's line, instruments, and whether the account may open. */
export interface CopyContext {
  readonly mark: MarkOf;
  readonly instruments: Instruments;
  readonly suspended: boolean;
}

type Reason = CopySkipped['reason'];

/** A decision as it is recorded; beside a placed order its numbers, so that they needn't be parsed again. */
export type Decision =
  | { readonly placed: CopyPlaced; readonly amounts: PlacedAmounts; readonly skipped: null }
  | { readonly placed: null; readonly skipped: CopySkipped };

/** The one decision a copy owes a provider order (DOMAIN, What is owed): reasons in their order, then size and limits. */
export function decideCopy(terms: CopyTerms, copy: Copy, facts: OrderFacts, context: CopyContext): Decision {
  const { order } = facts;
  if (copy.status === 'starting') return skipped(terms, 'record_unreadable');
  if (copy.status === 'stopped' || copy.status === 'cancelled') return skipped(terms, 'copy_stopped');
  if (copy.status === 'stopping' && (facts.opens || copy.stop !== 'copy_close')) return skipped(terms, 'copy_stopping');
  const position = copy.positions.find((one) => one.leadPositionId === order.leadPositionId);
  if (!facts.opens) return decideReduce(terms, facts, position);
  if (position?.care.ended) return skipped(terms, endedReason[position.care.ended]);
  const refusal = refusedOpen(terms, copy, facts, context, position);
  return refusal ? skipped(terms, refusal) : decideOpen(terms, copy, facts, context, position);
}

const endedReason = { by_follower: 'closed_by_follower', liquidated: 'position_liquidated' } as const;

/**
 * The decision on a lead position that was open when the copy became active: an open at the current mark, outside the
 * numbered ones, so its order is named as one of the copy's own.
 * @param facts of the open position as an order: effect open, price and mark the current mark
 */
export function decideJoin(terms: CopyTerms, copy: Copy, facts: OrderFacts, context: CopyContext): Decision {
  const decision = decideCopy(terms, copy, facts, context);
  if (!decision.placed) return decision;
  const orderId = ownOrderId(terms.copyId, 'join_open', copy.ownOrders + 1);
  return { ...decision, placed: { ...decision.placed, orderId } };
}

function skipped(terms: CopyTerms, reason: Reason, target: Decimal | null = null): Decision {
  const { accountId, copyId } = terms;
  return { placed: null, skipped: { accountId, copyId, reason, target: target && text(target) } };
}

/** Nothing but closing: target × (1 − fraction), traded towards it, never through zero; limits don't apply. */
function decideReduce(terms: CopyTerms, facts: OrderFacts, position: CopyPosition | undefined): Decision {
  if (!facts.order.knownPosition) return skipped(terms, 'unknown_position');
  if (!position) return skipped(terms, 'nothing_to_close');
  const target = isZero(facts.kept) ? zero : roundQuotient(position.target.times(facts.kept));
  if (isZero(position.held)) return skipped(terms, 'nothing_to_close', target);
  if (position.care.ended) return skipped(terms, endedReason[position.care.ended]);
  const towards = position.held.minus(target);
  const whole = towards.s === position.held.s ? cutToLot(towards.abs(), facts.instrument) : zero;
  if (isZero(whole)) return skipped(terms, 'below_lot', target);
  const quantity = facts.slices === 1 ? whole : sliceOf(whole, facts.slices, facts.instrument);
  const side = position.held.s === 1 ? 'sell' : 'buy';
  const leverage = leverageText(position.leverage);
  return placedBy(terms, facts, { side, leverage, reduceOnly: true }, { quantity, reserved: zero, target });
}

function placedBy(
  terms: CopyTerms,
  facts: OrderFacts,
  how: Pick<CopyPlaced, 'side' | 'leverage' | 'reduceOnly'>,
  amounts: PlacedAmounts,
): Decision {
  const placed = {
    accountId: terms.accountId,
    copyId: terms.copyId,
    orderId: copyOrderId(terms.copyId, facts.order.orderNo),
    side: how.side,
    quantity: text(amounts.quantity),
    reduceOnly: how.reduceOnly,
    leverage: how.leverage,
    reserved: text(amounts.reserved),
    target: text(amounts.target),
  };
  return { placed, amounts, skipped: null };
}

/** Reasons that stand on the order, the copy or its settings, in the order in which they are told. */
const standingReasons = [
  'kill_switch',
  'self_copy',
  'copy_of_copy',
  'jurisdiction_blocked',
  'instrument_blocked',
  'instrument_illiquid',
  'provider_blocked',
] as const satisfies readonly Reason[];

/** The reasons for which an open or increase isn't even sized. */
function refusedOpen(
  terms: CopyTerms,
  copy: Copy,
  facts: OrderFacts,
  context: CopyContext,
  position: CopyPosition | undefined,
): Reason | null {
  const { order } = facts;
  if (copy.status === 'paused') return 'copy_paused';
  if (context.suspended) return 'account_suspended';
  const barred = facts.barred?.(terms.country) ?? false;
  const custom = terms.settings.copyInstIdType === 'custom' && !terms.settings.instIds.includes(order.instrument);
  if (barred || custom || order.blocked.length > 0 || copy.restrictions.length > 0) {
    const standing: readonly string[] = [
      ...order.blocked,
      ...copy.restrictions,
      ...(barred ? ['jurisdiction_blocked'] : []),
      ...(custom ? ['instrument_blocked'] : []),
    ];
    return standingReasons.find((reason) => standing.includes(reason)) ?? 'kill_switch';
  }
  if (facts.usage === null) return 'provider_equity';
  if (facts.dust && terms.mode === 'fixed_amount') return 'dust_order';
  if (order.effect === 'increase' && !position) return 'joined_after_open';
  return null;
}

function decideOpen(
  terms: CopyTerms,
  copy: Copy,
  facts: OrderFacts,
  context: CopyContext,
  position: CopyPosition | undefined,
): Decision {
  const risk = riskOf(terms, copy, facts, context, position);
  if (typeof risk === 'string') return skipped(terms, risk);
  const size = sizeOf(terms, facts, risk.equity);
  const signed = facts.direction === 1 ? size : size.neg();
  const target = position ? position.target.plus(signed) : signed;
  const missing = position ? target.minus(position.held) : signed;
  const wanted = missing.s === facts.direction ? cutToLot(missing.abs(), facts.instrument) : zero;
  if (isZero(wanted) && risk.equity.gt(zero)) return skipped(terms, 'below_lot', target);
  const limit = limited(terms, copy, facts, risk, wanted);
  if (typeof limit === 'string') return skipped(terms, limit);
  const { quantity } = limit;
  const { minimumQuantity, minimumNotional } = facts.instrument;
  if (quantity.lt(minimumQuantity) || (!isZero(minimumNotional) && quantity.times(facts.unit).lt(minimumNotional)))
    return skipped(terms, 'below_minimum', target);
  // What a limit took away is given up; otherwise the residue waits in the target.
  const shrunk = quantity !== wanted;
  const placed = facts.direction === 1 ? quantity : quantity.neg();
  const after = !shrunk ? target : position ? position.held.plus(placed) : placed;
  const how = { side: facts.order.side, leverage: leverageText(risk.leverage), reduceOnly: false };
  return placedBy(terms, facts, how, { quantity, reserved: limit.reserved, target: after });
}

const leverageTexts = new WeakMap<Decimal, string>();
/** Made once: most copies have the leverage of the order. */
function leverageText(leverage: Decimal): string {
  let told = leverageTexts.get(leverage);
  if (told === undefined) leverageTexts.set(leverage, (told = text(leverage)));
  return told;
}
