import {
  streams,
  type ChargeProfitShare,
  type CopiesMeasured,
  type CopyMeasure,
  type ProfitShareCharged,
  type ProfitShareDue,
  type ProfitShareSettled,
  type SettlementReceipt as Receipt,
  type ShareCharge,
  type SubscriptionDue,
  type SubscriptionEnded,
  type SubscriptionStarted,
} from '@slipstream/contracts';
import {
  accrue,
  boundaryDue,
  carriedGap,
  charge,
  decimal,
  isZero,
  owedOf,
  zero,
  type Payment,
  settlementIdOf,
  text,
  type SettlementCause,
} from '@slipstream/domain';
import type { Meta, Outgoing } from '@slipstream/streams';
import { changeModel } from './charge-months.js';
import { receiptOf } from './receipt.js';
import type { Rules } from './rules.js';
import type { Shared, Shares } from './state.js';

type Settled = ProfitShareDue | ProfitShareSettled | SubscriptionStarted | SubscriptionDue | SubscriptionEnded;

/**
 * First half: copies were measured. What they owe is asked for; where nothing is owed the receipt comes at once. A stop is
 * always asked for, since the copy waits for it. Each copy once per cause, however often and however late the tick comes.
 */
export function settleMeasured(state: Shares, event: CopiesMeasured, rules: Rules, meta: Meta): Settled[] {
  const { cause: kind, at } = event;
  const charges: ShareCharge[] = [];
  const measures: CopyMeasure[] = [];
  const receipts: Receipt[] = [];
  const changes: Settled[] = [];
  const { platformFeeRatio } = rules;
  for (const measure of event.copies) {
    const { accountId, copyId, providerId } = measure;
    const shared = state.share(copyId);
    const cause = shared && causeOf(shared, kind, at);
    const begun = shared && cause ? accrue(shared.share, cause, decimal(measure.equity)) : null;
    if (shared && begun) changes.push(...changeModel(state, shared, begun.pending.until, rules));
    const owed = begun === null ? zero : owedOf(begun.pending);
    // One that waits behind another is charged after it.
    const isAsked = begun !== null && (!isZero(owed) || begun.share.pending.length > 1);
    if (isAsked || kind === 'stop') {
      const settlementId = settlementIdOf(copyId, cause ?? { kind: 'stop', at });
      // Never before that of the settlement before: charges of a copy are told apart by it.
      const moment = begun?.pending.until ?? at;
      const asks = { settlementId, cause: kind, at: moment, owed: text(owed) };
      charges.push({ accountId, copyId, providerId, ...asks, platformFeeRatio: text(platformFeeRatio) });
      measures.push(measure);
    } else if (begun) {
      const payment = { available: decimal(measure.available), charged: zero, platformFeeRatio };
      const paid = charge(begun.share, begun.pending.settlementId, payment);
      const told = { unrealised: measure.unrealised, measuredAt: meta.offset, chargedAt: null };
      if (paid) receipts.push(receiptOf(measure, paid.receipt, told));
    }
  }
  const due: ProfitShareDue = { type: 'ProfitShareDue', at, cause: kind, measuredAt: meta.offset, charges, measures };
  return [
    ...(charges.length > 0 ? [due] : []),
    ...(receipts.length > 0 ? [{ type: 'ProfitShareSettled' as const, receipts }] : []),
    ...changes,
  ];
}

/** Why a copy is settled; null where no boundary of its own period has passed since it was last. */
function causeOf({ share }: Shared, kind: CopiesMeasured['cause'], at: number): SettlementCause | null {
  if (kind !== 'period') return { kind, at };
  const boundary = boundaryDue(share, at);
  return boundary === null ? null : { kind, boundary };
}

export function settlementDue(state: Shares, { charges, measures, measuredAt }: ProfitShareDue): void {
  charges.forEach(({ settlementId, copyId, cause, at, platformFeeRatio }, index) => {
    const shared = state.share(copyId);
    const measure = measures[index];
    if (!shared || !measure) return;
    const { unrealised } = measure;
    const asked = { [settlementId]: { measuredAt, unrealised, platformFeeRatio: decimal(platformFeeRatio) } };
    begin(state, shared, causeFrom(cause, at), measure.equity, asked);
  });
}

const causeFrom = (kind: ShareCharge['cause'], at: number): SettlementCause =>
  kind === 'period' ? { kind, boundary: at } : { kind, at };

function begin(
  state: Shares,
  shared: Shared,
  cause: SettlementCause,
  equity: string,
  asked: Shared['asked'],
): Shared | null {
  const begun = accrue(shared.share, cause, decimal(equity));
  if (begun === null) return null;
  const { share } = begun;
  // Announced terms hold from this settlement on.
  const { announced } = shared;
  const holds = announced !== null && share.announced === null;
  const terms = holds ? { feeModel: announced.fees.feeModel, announced: null } : {};
  const next = { ...shared, ...terms, share, asked: { ...shared.asked, ...asked } };
  state.setShare(next);
  return next;
}

/**
 * The accounts are asked; journal and inbox have the same partitions. A copy with an earlier charge under way is asked when
 * that is answered, for what it then owes.
 */
export function askAccounts(state: Shares, { charges }: ProfitShareDue, { partition }: Meta): Outgoing[] {
  return asking(
    charges.filter(({ copyId, settlementId }) => {
      const first = state.share(copyId)?.share.pending[0];
      return first === undefined || first.settlementId === settlementId;
    }),
    partition,
  );
}

export function askNext(state: Shares, { receipts }: ProfitShareSettled, { partition }: Meta): Outgoing[] {
  const charges = receipts.flatMap(({ accountId, copyId, providerId }): ShareCharge[] => {
    const shared = state.share(copyId);
    const [next] = shared?.share.pending ?? [];
    const asked = next && shared?.asked[next.settlementId];
    if (!next || !asked) return [];
    const { settlementId, cause, until: at } = next;
    const what = { settlementId, cause, at, owed: text(owedOf(next)) };
    return [{ accountId, copyId, providerId, ...what, platformFeeRatio: text(asked.platformFeeRatio) }];
  });
  return asking(charges, partition);
}

function asking(charges: readonly ShareCharge[], partition: number): Outgoing[] {
  const record: ChargeProfitShare = { type: 'ChargeProfitShare', charges };
  return charges.length === 0 ? [] : [{ to: streams.accountsCommands, record, key: null, partition }];
}

/** Second half: copies have paid what was available; the receipts. */
export function settleCharged(state: Shares, event: ProfitShareCharged, meta: Meta): ProfitShareSettled[] {
  const receipts = event.charges.flatMap((said): Receipt[] => {
    const shared = state.share(said.copyId);
    const asked = shared?.asked[said.settlementId];
    if (!shared || !asked) return [];
    const { platformFeeRatio, measuredAt, unrealised } = asked;
    const payment = { available: decimal(said.available), charged: decimal(said.charged), platformFeeRatio };
    const paid = charge(shared.share, said.settlementId, payment);
    return paid ? [receiptOf(said, paid.receipt, { unrealised, measuredAt, chargedAt: meta.offset })] : [];
  });
  return receipts.length === 0 ? [] : [{ type: 'ProfitShareSettled', receipts }];
}

/** A receipt closes its settlement; that of a stop ends the share, and leaves its gap to the next copy of the pair. */
export function settled(state: Shares, { receipts }: ProfitShareSettled): void {
  for (const receipt of receipts) {
    const known = state.share(receipt.copyId);
    if (!known) continue;
    const isAsked = known.asked[receipt.settlementId] !== undefined;
    const cause = causeFrom(receipt.cause, receipt.until);
    const shared = isAsked ? known : begin(state, known, cause, receipt.equityBefore, {});
    if (shared) close(state, shared, receipt);
  }
}

function close(state: Shares, shared: Shared, receipt: Receipt): void {
  const paid = charge(shared.share, receipt.settlementId, paymentOf(receipt));
  if (paid === null) return;
  const { share } = paid;
  if (share.status === 'ended' && share.pending.length === 0) {
    state.endShare(shared.copyId);
    state.setPair({ ...state.pair(shared), carried: carriedGap(share, share.settledAt) });
    return;
  }
  const asked = Object.entries(shared.asked).filter(([settlementId]) => settlementId !== receipt.settlementId);
  state.setShare({ ...shared, share, asked: Object.fromEntries(asked) });
}

const paymentOf = ({ available, providerGross, platformFeeRatio }: Receipt): Payment => ({
  available: decimal(available),
  charged: decimal(providerGross),
  platformFeeRatio: decimal(platformFeeRatio),
});
