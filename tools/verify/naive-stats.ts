// Statistics done the plain way: every event is kept, everything is worked out anew from the definitions, with big.js.
// Nothing of the platform's own arithmetic is used, so that an error there can't hide itself.
import type { AnyRecord, ProviderOrderTaken } from '@slipstream/contracts';
import type { PublishedStats } from '@slipstream/read-model';
import { figuresFrom, strategyOf, type Closed, type Ordered } from './naive-figures.ts';
import { dayMs, dayOf, num, one, sum, zero, type Num } from './naive-numbers.ts';
import { overview, ratios, riskOf } from './naive-ratios.ts';

/** One record of the provider's partition of providers.events. */
export interface Told {
  readonly offset: number;
  readonly event: AnyRecord;
}

interface Day {
  readonly label: string;
  readonly end: number;
  /** Of the running series; null: no series ran. */
  r: Num | null;
  series: number;
}
/** All figures of a provider from its line, up to and with an offset; null when it isn't registered by then. */
export function naiveStats(
  line: number,
  records: readonly Told[],
  providerId: string,
  contractSize: (instrument: string) => string,
  untilOffset = Number.POSITIVE_INFINITY,
): Omit<PublishedStats, 'formulaVersion'> | null {
  const history = new History(providerId, contractSize);
  for (const record of records) if (record.offset <= untilOffset) history.take(record);
  return history.stats(line);
}

class History {
  private registered: (AnyRecord & { readonly type: 'ProviderRegistered' }) | null = null;
  private readonly marks = new Map<string, Num>();
  private watermark = 0;
  private asOf = 0;
  private logOffset = 0;
  private boundary: number | null = null;
  private readonly orders: Ordered[] = [];
  private readonly closed: Closed[] = [];
  private readonly days: Day[] = [];
  private readonly funds: Num[] = [];
  private followers = 0;
  private retired = false;
  private blocked = false;
  /** Parts of the running day as pairs E⁺, E⁻. */
  private parts: Num[] = [];
  private plus = zero;
  private series = 0;
  private running = false;

  private readonly providerId: string;
  private readonly contractSize: (instrument: string) => string;

  constructor(providerId: string, contractSize: (instrument: string) => string) {
    this.providerId = providerId;
    this.contractSize = contractSize;
  }

  take({ event, offset }: Told): void {
    if (event.type === 'MarketTicked') return this.tick(event.at, event.boundary, event.marks, offset);
    if (event.type === 'ProviderOrderTaken') {
      this.marks.set(event.order.instrument, num(event.order.mark));
      if (event.order.providerId === this.providerId) this.order(event, offset);
      return;
    }
    if (!('providerId' in event) || event.providerId !== this.providerId) return;
    const at = 'occurredAt' in event ? event.occurredAt : 0;
    if (this.profile(event)) this.saw(at, offset);
  }

  private saw(at: number, offset: number): void {
    this.asOf = Math.max(this.asOf, at, this.watermark);
    this.logOffset = offset;
  }

  /** Whether the event changes anything that is shown. */
  private profile(event: AnyRecord): boolean {
    switch (event.type) {
      case 'ProviderRegistered':
        if (this.registered) return false;
        this.registered = event;
        this.plus = num(event.startingCapital);
        this.running = this.plus.gt(0);
        return true;
      case 'ProviderRetired':
        return (this.retired = true);
      case 'ProviderBlocked':
        this.blocked = event.blocked;
        return true;
      case 'FollowerAdmitted':
        this.followers += 1;
        return true;
      case 'FollowerRemoved':
        this.followers -= 1;
        return true;
      case 'ProviderFundsRecorded':
        this.flow(event.kind, num(event.equityBefore), num(event.equityAfter));
        return true;
      case 'ProviderTermsChanged':
      case 'ProviderVisibilityChanged':
      case 'ProviderLevelChanged':
        return true;
      default:
        return false;
    }
  }

  private flow(kind: string, before: Num, after: Num): void {
    this.funds.push(after.minus(before));
    const cuts = kind === 'deposit' || kind === 'withdrawal' || (kind === 'equity' && after.gt(before));
    if (!cuts) return;
    if (!this.running) {
      if (after.lte(0)) return;
      this.begin(after);
      return;
    }
    this.parts.push(before.lte(0) || this.plus.lte(0) ? zero : before.div(this.plus));
    this.plus = after;
  }

  private begin(capital: Num): void {
    this.series += 1;
    this.running = true;
    this.plus = capital;
    this.parts = [];
  }

  private order(taken: ProviderOrderTaken, offset: number): void {
    const before = num(taken.equityBefore);
    this.orders.push({ label: null, taken, exposure: null });
    const notional = sum(this.open().map(({ quantity, price, size }) => quantity.abs().times(price).times(size)));
    const exposure = before.lte(0) ? null : notional.div(before);
    this.orders[this.orders.length - 1] = { label: null, taken, exposure };
    if (taken.positionAfter === '0') this.close(taken);
    this.saw(taken.order.occurredAt, offset);
  }

  /** What is open now, by the last order of each lead position, at the mark or its cost. */
  private open(): { instrument: string; quantity: Num; average: Num; price: Num; size: Num }[] {
    const last = new Map<string, ProviderOrderTaken>();
    for (const { taken } of this.orders) if (taken.order.knownPosition) last.set(taken.order.leadPositionId, taken);
    return [...last.values()].flatMap(({ order, positionAfter, averageCostAfter }) => {
      if (positionAfter === '0') return [];
      const average = num(averageCostAfter ?? 0);
      const price = this.marks.get(order.instrument) ?? average;
      const size = num(this.contractSize(order.instrument));
      return [{ instrument: order.instrument, quantity: num(positionAfter), average, price, size }];
    });
  }

  /** A lead position from its first order to this one: PnL and fees of what was known. */
  private close({ order }: ProviderOrderTaken): void {
    const all = this.orders
      .map(({ taken }) => taken)
      .filter((taken) => taken.order.leadPositionId === order.leadPositionId);
    const first = all.find((taken) => taken.order.knownPosition && ['open', 'increase'].includes(taken.order.effect));
    if (!first) return;
    const known = (amount: string, quantity: string, excess: string): Num =>
      excess === '0' ? num(amount) : num(amount).times(num(quantity).minus(excess)).div(quantity);
    const fills = all.flatMap((taken) => taken.fills);
    const pnl = sum(fills.map((fill) => known(fill.realisedPnl, fill.quantity, fill.excess)));
    const fees = sum(fills.map((fill) => known(fill.fee, fill.quantity, fill.excess)));
    const size = this.contractSize(order.instrument);
    const costs = all.map((taken) =>
      num(taken.positionAfter)
        .abs()
        .times(taken.averageCostAfter ?? 0)
        .times(size),
    );
    const cost = costs.reduce((a, b) => (a.gte(b) ? a : b), zero);
    const held = Math.max(0, order.occurredAt - first.order.occurredAt);
    this.closed.push({ label: null, net: pnl.minus(fees), cost, held, long: first.order.side === 'buy' });
  }

  private equity(): Num {
    const fills = this.orders.flatMap(({ taken }) => taken.fills);
    const realised = sum(fills.map((fill) => num(fill.realisedPnl).minus(fill.fee)));
    const open = sum(
      this.open().map(({ quantity, average, price, size }) => price.minus(average).times(quantity).times(size)),
    );
    return num(this.registered?.startingCapital ?? 0)
      .plus(sum(this.funds))
      .plus(realised)
      .plus(open);
  }

  private tick(
    at: number,
    boundary: boolean,
    marks: readonly { instrument: string; price: string }[],
    offset: number,
  ): void {
    this.watermark = Math.max(this.watermark, at);
    for (const { instrument, price } of marks) this.marks.set(instrument, num(price));
    const { registered } = this;
    if (!boundary || !registered || at <= registered.occurredAt) return;
    if (this.boundary !== null && at <= this.boundary) return;
    if (this.boundary !== null)
      for (let missed = this.boundary + dayMs; missed < at; missed += dayMs) {
        this.endDay(missed, this.plus);
        this.boundary = missed;
      }
    const equity = this.equity();
    this.endDay(at, equity);
    // What happened since the last midnight that was seen is booked on the last day.
    for (const booked of [...this.orders, ...this.closed]) booked.label ??= dayOf(at - dayMs);
    this.boundary = at;
    this.asOf = Math.max(this.asOf, at);
    this.logOffset = offset;
    this.restart?.();
    this.restart = null;
  }
  private restart: (() => void) | null = null;

  private endDay(at: number, equity: Num): void {
    const label = dayOf(at - dayMs);
    if (!this.running) {
      this.days.push({ label, end: at, r: null, series: this.series });
      return;
    }
    const lost = this.parts.some((part) => part.eq(0));
    const last = lost || equity.lte(0) || this.plus.lte(0) ? zero : equity.div(this.plus);
    let factor = one;
    for (const part of this.parts) factor = factor.times(part).round(20, 2);
    const r = factor.times(last).round(20, 2).minus(1);
    this.days.push({ label, end: at, r, series: this.series });
    this.plus = equity;
    this.parts = [];
    if (!r.eq(-1)) return;
    this.running = false;
    if (lost && equity.gt(0)) this.restart = () => this.begin(equity);
  }

  stats(line: number): Omit<PublishedStats, 'formulaVersion'> | null {
    if (!this.registered) return null;
    const ofSeries = this.days.filter(({ series, r }) => r !== null && series === this.series);
    const period = (days: number | null) => {
      const from = days === null ? '' : dayOf((this.boundary ?? this.registered?.occurredAt ?? 0) - days * dayMs);
      const returns = ofSeries.filter(({ label }) => label >= from).map(({ r }) => r as Num);
      // Before the first midnight of the provider a window has only the day that runs.
      return { ...figuresFrom(from, this.orders, this.closed, this.contractSize), ...ratios(returns) };
    };
    const periods = { '7d': period(7), '30d': period(30), '90d': period(90), all: period(null) };
    const days = ofSeries.length;
    const level = riskOf(days, periods);
    const failed = !this.running;
    return {
      providerId: this.providerId,
      asOf: this.asOf,
      logPartition: line,
      logOffset: this.logOffset,
      status: this.retired ? 'retired' : this.blocked ? 'blocked' : failed ? 'failed' : 'active',
      strategy: strategyOf(this.orders),
      ranked: days >= 7 && this.closed.length >= 5,
      followers: this.followers,
      owed: this.orders.reduce((all, { taken }) => all + taken.owed, 0),
      risk: level,
      riskLevel: level === null ? null : level < 4 ? 'low' : level < 7 ? 'medium' : 'high',
      overviewOwn: overview(days, periods['90d']),
      periods,
    };
  }
}
