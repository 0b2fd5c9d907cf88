// Profit shares of copies, worked out plainly from what accounts.events tells of their money: a twin of the settlement service.
import type { CopyConfirmed, CopyMeasure, FeeTerms, ShareCharged } from '@slipstream/contracts';
import type { JournalRecord } from '@slipstream/streams';
import { dayMs, num, zero, type Num } from './naive-numbers.ts';

/** With what a copy began, as CopyShareStarted says. */
export interface NaiveStart {
  readonly gap: string;
  readonly due: string;
}

/** A settlement that has begun; its figures, each as the receipt should have it. */
export interface NaiveSettlement {
  readonly settlementId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly partition: number;
  readonly cause: string;
  readonly from: number;
  readonly until: number;
  readonly measuredAt: number;
  /** undefined: its charge isn't answered yet; null: nothing was owed. */
  chargedAt: number | null | undefined;
  readonly unrealised: string | null;
  readonly figures: Record<string, Num>;
}

interface Terms {
  readonly ratio: Num;
  readonly period: FeeTerms['settlementPeriod'];
}

interface NaiveShare {
  equity: Num;
  gap: Num;
  due: Num;
  since: Record<'equityOpening' | 'gapOpening' | 'deposits' | 'withdrawals' | 'gapWithdrawn', Num>;
  terms: Terms;
  announced: (Terms & { readonly from: number }) | null;
  settledAt: number;
  isEnded: boolean;
  isRetired: boolean;
  waiting: NaiveSettlement[];
}

const round8 = (value: Num): Num => value.round(8, 2);
const atLeast0 = (value: Num): Num => (value.lt(0) ? zero : value);
const termsOf = (fees: FeeTerms): Terms => ({ ratio: num(fees.profitShareRatio), period: fees.settlementPeriod });
const opened = (equityOpening: Num, gapOpening: Num): NaiveShare['since'] => ({
  ...{ equityOpening, gapOpening, deposits: zero, withdrawals: zero, gapWithdrawn: zero },
});

type PairIds = Pick<CopyConfirmed, 'accountId' | 'providerId'>;
const pairOf = ({ accountId, providerId }: PairIds): string => `${providerId}\n${accountId}`;

/** The latest Monday, or first of a month, 00:00 UTC, until a moment. */
function periodStart(at: number, period: Terms['period']): number {
  const day = new Date(at);
  const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
  if (period === 'monthly') return Date.UTC(year, month, 1);
  return Date.UTC(year, month, date) - ((day.getUTCDay() + 6) % 7) * dayMs;
}

/** Settlements of the copies of one partition, in the order in which they began. */
export class NaiveShares {
  readonly settlements: NaiveSettlement[] = [];
  readonly shares = new Map<string, NaiveShare>();
  /** By follower and provider: the copy that has left a gap or something due, and none has gone on with yet. */
  private readonly left = new Map<string, string>();

  private readonly starts: ReadonlyMap<string, NaiveStart>;

  /** @param starts by copy */
  constructor(starts: ReadonlyMap<string, NaiveStart>) {
    this.starts = starts;
  }

  take({ event, offset, partition }: JournalRecord): void {
    if (event.type === 'CopyConfirmed') this.start(event);
    if (event.type === 'CopyFeesAnnounced')
      for (const { copyId } of event.copies) {
        const share = this.shares.get(copyId);
        if (share && !share.isEnded) share.announced = { ...termsOf(event.fees), from: event.effectiveFrom };
      }
    if (event.type === 'CopyFundsAdded' || event.type === 'CopyFundsTakenOut') {
      const share = this.shares.get(event.copyId);
      if (share && !share.isEnded) flowed(share, event.type, num(event.amount), num(event.equityBefore));
    }
    if (event.type === 'CopiesMeasured')
      for (const copy of event.copies)
        this.measure(copy, { cause: event.cause, at: event.at, measuredAt: offset, partition });
    if (event.type === 'ProfitShareCharged') for (const charged of event.charges) this.charge(charged, offset);
  }

  /** What the next copy of a follower and provider goes on with. */
  leftBy(ids: PairIds): { readonly copyId: string; readonly share: NaiveShare } | undefined {
    const copyId = this.left.get(pairOf(ids));
    const share = copyId === undefined ? undefined : this.shares.get(copyId);
    return copyId === undefined || share === undefined ? undefined : { copyId, share };
  }

  private start(event: CopyConfirmed): void {
    const { copyId, fees, announced, copyTotalAmt, occurredAt } = event;
    if (fees === null || this.shares.has(copyId)) return;
    const { gap, due } = this.starts.get(copyId) ?? { gap: '0', due: '0' };
    const equity = num(copyTotalAmt);
    this.shares.set(copyId, {
      ...{ equity, gap: num(gap), due: num(due), since: opened(equity, num(gap)), terms: termsOf(fees) },
      announced: announced && { ...termsOf(announced.fees), from: announced.effectiveFrom },
      ...{ settledAt: occurredAt, isEnded: false, isRetired: false, waiting: [] },
    });
    this.left.delete(pairOf(event));
  }

  private measure(
    measure: CopyMeasure,
    { cause, at, measuredAt, partition }: { cause: string; at: number; measuredAt: number; partition: number },
  ): void {
    const { copyId, providerId, unrealised } = measure;
    const share = this.shares.get(copyId);
    if (!share || share.isEnded) return;
    const boundary = periodStart(at, share.terms.period);
    if (cause === 'period' ? boundary <= share.settledAt : cause === 'retirement' && share.isRetired) return;
    const until = Math.max(cause === 'period' ? boundary : at, share.settledAt);
    const settlementId = cause === 'period' ? `${copyId}/period-${boundary}` : `${copyId}/${cause}`;
    const figures = measured(share, num(measure.equity));
    const from = share.settledAt;
    const places = { partition, measuredAt, chargedAt: undefined };
    const one: NaiveSettlement = {
      ...{ settlementId, copyId, providerId, cause, from, until, unrealised, figures, ...places },
    };
    this.settlements.push(one);
    begin(share, one);
    // What owes nothing is not asked for, unless it is the last one, or another is asked for.
    const owed = num(figures['dueBefore'] ?? zero).plus(figures['accrued'] ?? zero);
    if (owed.eq(0) && cause !== 'stop' && share.waiting.length === 1)
      pay(share, one, { available: num(measure.available), charged: zero, chargedAt: null });
  }

  /** Settlements of a copy are charged one after the other. */
  private charge(said: ShareCharged, chargedAt: number): void {
    const share = this.shares.get(said.copyId);
    const first = share?.waiting[0];
    if (share === undefined || first?.settlementId !== said.settlementId) return;
    pay(share, first, { available: num(said.available), charged: num(said.charged), chargedAt });
    if (!share.isEnded || share.waiting.length > 0) return;
    if (share.gap.gt(0) || share.due.gt(0)) this.left.set(pairOf(said), said.copyId);
    else this.left.delete(pairOf(said));
  }
}

/** What the equity has moved since it was last known is PnL. */
function marked(share: NaiveShare, equity: Num): void {
  share.gap = share.gap.minus(equity.minus(share.equity));
  share.equity = equity;
}

function flowed(share: NaiveShare, type: string, amount: Num, equityBefore: Num): void {
  marked(share, equityBefore);
  if (type === 'CopyFundsAdded') {
    share.equity = equityBefore.plus(amount);
    share.since.deposits = share.since.deposits.plus(amount);
    return;
  }
  share.equity = equityBefore.minus(amount);
  share.since.withdrawals = share.since.withdrawals.plus(amount);
  if (share.gap.lte(0)) return;
  // What is due isn't the follower's any more.
  const own = equityBefore.minus(share.due);
  const kept = own.lte(amount) ? zero : round8(share.gap.times(own.minus(amount)).div(own));
  share.since.gapWithdrawn = share.since.gapWithdrawn.plus(share.gap).minus(kept);
  share.gap = kept;
}

function measured(share: NaiveShare, equity: Num): Record<string, Num> {
  marked(share, equity);
  const { since, gap: gapBefore, due: dueBefore, terms } = share;
  const newProfit = atLeast0(zero.minus(gapBefore));
  return {
    ...since,
    pnl: equity.minus(since.equityOpening).minus(since.deposits).plus(since.withdrawals),
    ...{ equityBefore: equity, gapBefore, newProfit, gapAfter: atLeast0(gapBefore), dueBefore },
    profitShareRatio: terms.ratio,
    accrued: round8(newProfit.times(terms.ratio)),
  };
}

/** What was accrued is due, and a period begins; announced terms hold from the settlement that reaches their moment. */
function begin(share: NaiveShare, one: NaiveSettlement): void {
  const { gapAfter = zero, accrued = zero } = one.figures;
  share.gap = gapAfter;
  share.due = share.due.plus(accrued);
  share.since = opened(share.equity, gapAfter);
  share.settledAt = one.until;
  share.isEnded = one.cause === 'stop';
  share.isRetired ||= one.cause === 'retirement';
  share.waiting.push(one);
  const { announced } = share;
  if (announced === null || announced.from > one.until) return;
  share.terms = announced;
  share.announced = null;
}

/** What was paid has left the copy, and isn't due: for a later settlement that waits it is as if it had left before. */
function pay(
  share: NaiveShare,
  { figures }: NaiveSettlement,
  { available, charged, chargedAt }: { available: Num; charged: Num; chargedAt: number | null },
): void {
  const [one, ...later] = share.waiting;
  if (one === undefined) return;
  one.chargedAt = chargedAt;
  const { dueBefore = zero, accrued = zero, equityBefore = zero } = figures;
  figures['available'] = atLeast0(available).round(8, 0);
  figures['providerGross'] = charged;
  figures['dueAfter'] = dueBefore.plus(accrued).minus(charged);
  figures['equityAfter'] = equityBefore.minus(charged);
  share.waiting = later;
  share.equity = share.equity.minus(charged);
  share.due = share.due.minus(charged);
  share.since.equityOpening = share.since.equityOpening.minus(charged);
  for (const { figures: of } of later)
    for (const name of ['equityOpening', 'equityBefore', 'dueBefore']) of[name] = (of[name] ?? zero).minus(charged);
}
