import type {
  CopyEnd,
  CopyOrdersPlaced,
  CopyPlaced,
  CopySettings,
  CopySkipped,
  CopyStopping,
  InsuranceDrawn,
  MarkPrices,
  OrderTerms,
  ProviderOrder,
} from '@slipstream/contracts';
import { afterEnds, closeLeftOver, hasLeftOver, needsCare } from '../copy/after-end.js';
import { endOrder, providerCause, withPlaced, withSkipped } from '../copy/apply.js';
import { copyEquity, noDue, startingCopy, type Copy } from '../copy/copy.js';
import { decideCopy } from '../copy/decide-copy.js';
import { guardCopy, withGuard, type GuardEvent } from '../copy/guard.js';
import { copyStopped, stopOnClose, stopsOnClose } from '../copy/stop.js';
import { copyTerms, type CopyTerms } from '../copy/terms.js';
import { copyIdOf } from '../ids.js';
import type { Instruments } from '../instrument.js';
import { noMarks, tickOf, withMarks, withTick, type LineMarks } from '../market/marks.js';
import { decimal, isZero, text, zero, type Decimal } from '../money.js';
import { defaultPolicy, type Policy } from '../policy.js';
import { isBoundaryPassed } from '../settlement/boundary.js';
import type { SettlementReceipt } from '../settlement/charge.js';
import { orderFacts } from '../sizing/facts.js';
import { paperEnd } from './paper-end.js';
import { commissionAt } from '../settlement/order-commission.js';
import { ProviderShare, type SimulatedFees } from './provider-share.js';

/** A provider's line in its order: what it did, and what the market did between. */
export type LineRecord = ProviderOrder | MarkPrices;

/** A copy that might have been. */
export interface WhatIf {
  readonly settings: CopySettings;
  /** Money put in. */
  readonly copyTotalAmt: string;
  readonly instruments: Instruments;
  readonly policy?: Policy;
  /** Whose copy it is, for the ids of its orders; `what-if` without it. */
  readonly accountId?: string;
  readonly country?: string;
  /** Of the paper venue; 0 without it. */
  readonly slippageBasisPoints?: string;
  /** What the provider takes; without it the copy isn't settled. */
  readonly fees?: SimulatedFees;
}

/** The decision on one provider order. */
export interface SimulatedDecision {
  readonly orderNo: number;
  readonly placed: CopyPlaced | null;
  readonly skipped: CopySkipped | null;
}

/** What a copy would have made of a provider's history. */
export interface SimulatedCopy {
  /** One for each provider order up to the copy's end, in their order. */
  readonly decisions: readonly SimulatedDecision[];
  /** One for each order that was placed, the copy's own included. */
  readonly trades: readonly CopyEnd[];
  /** Own orders by cause, and why the copy stopped. */
  readonly ownOrders: readonly CopyOrdersPlaced[];
  readonly stopped: CopyStopping['reason'] | null;
  /** Copy equity at each UTC midnight and at the end. */
  readonly equityCurve: readonly { readonly at: number; readonly equity: string }[];
  readonly skips: Readonly<Partial<Record<CopySkipped['reason'], number>>>;
  /** Gross of fees. */
  readonly realisedPnl: string;
  readonly fees: string;
  /** The platform's, of copied orders. */
  readonly commission: string;
  /** Borne by the insurance account. */
  readonly insured: string;
  /** What the copy has paid its provider, and the receipts of it. */
  readonly profitShare: string;
  readonly settlements: readonly SettlementReceipt[];
  readonly equity: string;
}

/**
 * What a copy with these settings would have made of a provider's line, by the very rules of the running platform
 * (DOMAIN, Copying) and without touching it: decisions, guards at marks, stops, left-overs. Its orders are filled by the
 * paper venue, at once and whole, at the mark they carry; so it equals a copy on the platform whose fills were back before
 * the provider's next order.
 * @param line orders of one provider, numbered without holes, and marks, from the copy's start; the copy is owed the first
 * @throws Error when the settings hold no numbers where there must be some (check them with `settingsRefusal` first)
 */
export function simulateCopy(line: Iterable<LineRecord>, whatIf: WhatIf): SimulatedCopy {
  const simulation = new Simulation(whatIf);
  for (const record of line) {
    if ('orderNo' in record) simulation.order(record);
    else simulation.marksTold(record);
  }
  return simulation.result();
}

class Simulation {
  private readonly policy: Policy;
  private readonly slippage: Decimal;
  private terms: CopyTerms | null = null;
  private copy: Copy;
  private marks: LineMarks = noMarks;
  private stopped: CopyStopping['reason'] | null = null;
  private readonly decisions: SimulatedDecision[] = [];
  private readonly trades: CopyEnd[] = [];
  private readonly ownOrders: CopyOrdersPlaced[] = [];
  private readonly equityCurve: { at: number; equity: string }[] = [];
  private readonly skips: Partial<Record<CopySkipped['reason'], number>> = {};
  private realised = zero;
  private fees = zero;
  private commission = zero;
  private insured = zero;
  private lastAt = 0;
  private share: ProviderShare | null = null;

  constructor(private readonly whatIf: WhatIf) {
    this.policy = whatIf.policy ?? defaultPolicy;
    this.slippage = decimal(whatIf.slippageBasisPoints ?? '0');
    const fees = whatIf.fees ? noDue : null;
    this.copy = { ...startingCopy(decimal(whatIf.copyTotalAmt)), status: 'active', fees };
    // It is settled from its start on, before the first order too.
    if (whatIf.fees) this.termsFor(whatIf.fees.providerId);
  }

  private readonly mark = (instrument: string): Decimal | undefined => this.marks.prices[instrument];

  order(order: ProviderOrder): void {
    this.lastAt = Math.max(this.lastAt, order.occurredAt);
    const terms = this.termsFor(order.providerId);
    if (this.copy.status === 'stopped') return;
    const { instruments } = this.whatIf;
    const facts = orderFacts(order, instruments(order.instrument), this.policy);
    const decision = decideCopy(terms, this.copy, facts, { mark: this.mark, instruments, suspended: false });
    const { orderNo } = order;
    this.decisions.push({ orderNo, placed: decision.placed, skipped: decision.skipped });
    const stops = stopsOnClose(terms, this.copy, order);
    if (decision.placed) {
      this.copy = withPlaced(this.copy, terms, providerCause(order), decision.placed, decision.amounts);
    } else {
      this.copy = withSkipped(this.copy, terms, order, decision.skipped);
      this.skips[decision.skipped.reason] = (this.skips[decision.skipped.reason] ?? 0) + 1;
    }
    const after = stops ? stopOnClose(terms, this.copy, order, instruments, this.mark) : [];
    for (const event of after) this.take(event);
    if (decision.placed) this.fill(decision.placed, orderTerms(order));
    this.fillOwn(after);
  }

  marksTold(fact: MarkPrices): void {
    this.lastAt = Math.max(this.lastAt, fact.at);
    const { terms } = this;
    const ticked = tickOf(this.marks, fact);
    const passed = ticked !== null && isBoundaryPassed(this.marks.tickedAt, ticked.at);
    this.marks = withMarks(this.marks, fact.marks);
    if (terms) {
      const measured = passed && this.share && this.copy.status !== 'stopped' ? this.equity() : null;
      const events = this.onMarks(terms, fact, ticked !== null);
      if (ticked) this.tick();
      for (const event of events) this.take(event);
      if (measured && ticked && this.share)
        this.copy = this.share.settle(terms, this.copy, { kind: 'period', at: ticked.at }, measured, this.equity());
      this.fillOwn(events);
    }
    if (!ticked) return;
    this.marks = withTick(this.marks, ticked);
    if (ticked.boundary) this.equityCurve.push({ at: ticked.at, equity: text(this.equity()) });
  }

  result(): SimulatedCopy {
    const equity = text(this.equity());
    const { decisions, trades, ownOrders, stopped, skips } = this;
    const equityCurve = [...this.equityCurve, { at: this.lastAt, equity }];
    const [realisedPnl, fees, commission] = [text(this.realised), text(this.fees), text(this.commission)];
    const insured = text(this.insured);
    const settlements = this.share?.receipts ?? [];
    const profitShare = text(settlements.reduce((sum, { providerGross }) => sum.plus(providerGross), zero));
    const money = { realisedPnl, fees, commission, insured, profitShare, equity };
    return { decisions, trades, ownOrders, stopped, equityCurve, skips, ...money, settlements };
  }

  private termsFor(providerId: string): CopyTerms {
    const { accountId = 'what-if', country = '', copyTotalAmt, settings } = this.whatIf;
    const copyId = copyIdOf(accountId, providerId, 1);
    const ids = { accountId, copyId, providerId, country };
    if (this.terms) return this.terms;
    const { fees } = this.whatIf;
    const started = { copyId, amount: decimal(copyTotalAmt) };
    if (fees) this.share = new ProviderShare(fees, started, this.policy.platformFeeRatio);
    return (this.terms = copyTerms({ ...ids, copyTotalAmt: decimal(copyTotalAmt) }, settings));
  }

  /** Money that went back to the wallet when it stopped counts as its equity. */
  private equity(): Decimal {
    if (this.copy.status === 'stopped') return this.returned;
    return copyEquity(this.copy, this.mark, this.whatIf.instruments);
  }
  private returned = zero;

  /** As position-sizer does it: only copies that hold one of the instruments, left-overs at ticks. */
  private onMarks(terms: CopyTerms, fact: MarkPrices, ticked: boolean): readonly GuardEvent[] {
    const { instruments } = this.whatIf;
    if (!this.copy.positions.some((position) => !isZero(position.quantity))) return [];
    const fresh = new Set(fact.marks.map(({ instrument }) => instrument));
    const leftOver = ticked && hasLeftOver(this.copy);
    if (!leftOver && !this.copy.positions.some((position) => fresh.has(position.instrument))) return [];
    const rules = { instruments, policy: this.policy };
    const guarded = guardCopy(terms, this.copy, { at: fact.at, fresh, mark: this.mark }, rules);
    if (guarded.length > 0 || !leftOver) return guarded;
    return closeLeftOver(terms, this.copy, fact.at, instruments, this.mark);
  }

  /** The peak is taken at ticks. */
  private tick(): void {
    if (this.copy.status === 'stopped') return;
    const equity = copyEquity(this.copy, this.mark, this.whatIf.instruments);
    if (equity.gt(this.copy.peak)) this.copy = { ...this.copy, peak: equity };
  }

  private take(event: GuardEvent | InsuranceDrawn): void {
    if (event.type === 'InsuranceDrawn') {
      this.insured = this.insured.plus(decimal(event.amount));
      this.copy = { ...this.copy, cash: this.copy.cash.plus(decimal(event.amount)) };
      return;
    }
    if (event.type === 'CopyStopping') this.stopped = event.reason;
    if (event.type === 'CopyStopped') this.returned = decimal(event.returned);
    if (event.type === 'CopyOrdersPlaced') this.ownOrders.push(event);
    const terms = this.terms as CopyTerms;
    this.copy = withGuard(terms, this.copy, event);
    if (event.type !== 'CopiesMeasured' || !this.share) return;
    // Flat at its stop: settled, it has stopped.
    const equity = this.equity();
    this.copy = this.share.settle(terms, this.copy, { kind: 'stop', at: event.at }, equity, equity);
    this.take(copyStopped(terms, this.copy, event.at));
  }

  private fillOwn(events: readonly (GuardEvent | InsuranceDrawn)[]): void {
    for (const event of events) {
      if (event.type === 'CopyOrdersPlaced') for (const placed of event.placed) this.fill(placed, event.terms);
    }
  }

  /** The venue's answer to one order, and what follows from it. */
  private fill(placed: CopyPlaced, order: OrderTerms): void {
    const { instruments } = this.whatIf;
    const terms = this.terms as CopyTerms;
    const end = paperEnd(placed, order, this.slippage, instruments(order.instrument));
    const ended = endOrder(this.copy, end, terms.providerId, instruments, commissionAt(this.policy, end));
    if (!ended) return;
    this.copy = ended.copy;
    this.trades.push(ended.said);
    this.realised = this.realised.plus(decimal(ended.said.realisedPnl));
    this.fees = this.fees.plus(decimal(ended.said.fee));
    this.commission = this.commission.plus(decimal(ended.said.commission));
    if (!needsCare(this.copy)) return;
    const after = afterEnds(terms, this.copy, end.occurredAt, instruments, this.mark);
    for (const event of after) this.take(event);
    this.fillOwn(after);
  }
}

/** What the orders of copies have in common with the provider order they follow. */
export const orderTerms = (order: ProviderOrder): OrderTerms => ({
  causeType: 'provider_order',
  causeId: order.providerOrderId,
  providerId: order.providerId,
  orderNo: order.orderNo,
  instrument: order.instrument,
  positionSide: order.positionSide,
  providerPrice: order.price,
  mark: order.mark,
  guard: order.effect === 'open' || order.effect === 'increase',
  leadPositionId: order.leadPositionId,
  occurredAt: order.occurredAt,
});
