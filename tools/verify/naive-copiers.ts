// Copier statistics done the plain way: what each copy was told is kept, and every figure is worked out anew from its
// definition, with big.js. Nothing of the platform's own arithmetic is used, so that an error there can't hide itself.
import { partitionCount, partitionOf, type AnyRecord, type CopyEnd, type MarketTicked } from '@slipstream/contracts';
import type { CopierFigures, LogPosition } from '@slipstream/read-model';
import { valueOf, type Copy, type Valued } from './naive-copy.ts';
import { num, said, sum, ten, zero, type Num } from './naive-numbers.ts';
import type { Told } from './naive-stats.ts';

export interface CopiersTold {
  /** The counting records of each partition of accounts.events, by offset. */
  readonly partitions: ReadonlyMap<number, readonly Told[]>;
  readonly providerId: string;
  readonly contractSize: (instrument: string) => string;
  /** The last offset to be read of each partition; one that isn't named isn't read. Left out: everything is read. */
  readonly until?: ReadonlyMap<number, number>;
}

export interface NaiveCopiers {
  readonly figures: CopierFigures;
  /** By partition: the last record that was about copies of the provider, and the event time they were at. */
  readonly positions: readonly (LogPosition & { readonly asOf: number })[];
}

/** All figures of a provider's copies from accounts.events; `copiersProofOf` makes the hash of them. */
export function naiveCopiers({ partitions, providerId, contractSize, until }: CopiersTold): NaiveCopiers {
  const read = [...partitions]
    .sort(([a], [b]) => a - b)
    .flatMap(([partition, records]) => {
      const last = until === undefined ? Number.POSITIVE_INFINITY : (until.get(partition) ?? -1);
      const ofPartition = new Partition(providerId);
      for (const record of records) if (record.offset <= last) ofPartition.take(record);
      return ofPartition.position === null ? [] : [{ partition, ofPartition, ...ofPartition.position }];
    });
  const parts = read.map(({ ofPartition }) => ofPartition);
  const asOf = read.length === 0 ? null : new Date(Math.max(...read.map((one) => one.asOf))).toISOString();
  return {
    figures: { asOf, ...figuresOf(parts, contractSize) },
    positions: read.map(({ partition, offset, asOf: at }) => ({ partition, offset, asOf: at })),
  };
}

function figuresOf(
  parts: readonly Partition[],
  contractSize: CopiersTold['contractSize'],
): Omit<CopierFigures, 'asOf'> {
  const valued = parts.flatMap(({ copies, marks }) =>
    [...copies.values()].filter(({ confirmed }) => confirmed).map((copy) => valueOf(copy, marks, contractSize)),
  );
  const total = (money: (copy: Valued) => Num): string => said(sum(valued.map(money)).round(8, 2));
  const running = valued.filter(({ copy }) => copy.status !== 'stopped');
  const withResult = valued.filter(({ copy }) => copy.ends.some(({ type }) => type !== 'CopyRejected'));
  const weight = sum(withResult.map(({ copy }) => copy.startedWith));
  const returns = sum(withResult.map(({ copy, growth }) => copy.startedWith.times(growth.minus(1))));
  const winners = withResult.filter(({ realised, open }) => realised.plus(open).gt(0)).length;
  const slippages = parts.flatMap((part) => part.tenthsOfBp).sort((a, b) => a - b);
  const quantile = (q: number): number | null => {
    const found = slippages[Math.max(0, Math.ceil(q * slippages.length) - 1)];
    return found === undefined ? null : found / 10;
  };
  const outcomes: Record<string, number> = {};
  for (const name of parts.flatMap((part) => part.outcomes).sort()) outcomes[name] = (outcomes[name] ?? 0) + 1;
  return {
    copies: valued.length,
    active: running.length,
    realisedPnl: total(({ realised }) => realised),
    unrealisedPnl: total(({ open }) => open),
    invested: total(({ copy }) =>
      sum([copy.startedWith, ...copy.flows.map(({ amount }) => amount)].filter((a) => a.gt(0))),
    ),
    realisedReturn: ten(weight.eq(0) ? null : returns.div(weight)),
    inProfit: ten(withResult.length === 0 ? null : num(winners).div(withResult.length)),
    aum: said(sum(running.map(({ copy, equity }) => least(copy.copyTotalAmt, equity))).round(8, 2)),
    drift: said(sum(running.map(({ drift }) => drift)).round(8, 2)),
    slippageBp: { median: quantile(0.5), p95: quantile(0.95) },
    outcomes,
  };
}

/** min(copyTotalAmt, copy equity), and no less than nothing. */
const least = (copyTotalAmt: Num, equity: Num): Num => {
  const lower = equity.lt(copyTotalAmt) ? equity : copyTotalAmt;
  return lower.lt(0) ? zero : lower;
};

interface Lead {
  readonly leadPositionId: string;
  readonly instrument: string;
}

/** What one partition of accounts.events says of the copies of a provider. */
class Partition {
  readonly copies = new Map<string, Copy>();
  readonly marks = new Map<string, Num>();
  readonly outcomes: string[] = [];
  readonly tenthsOfBp: number[] = [];
  position: { offset: number; asOf: number } | null = null;
  private readonly providerId: string;
  private readonly line: number;

  constructor(providerId: string) {
    this.providerId = providerId;
    this.line = partitionOf(providerId, partitionCount);
  }

  take({ event, offset }: Told): void {
    const at = this.concerns(event);
    this.learn(event);
    // Before the first copy was asked for there is nothing to say.
    if (at === null || this.copies.size === 0) return;
    this.position = { offset, asOf: Math.max(this.position?.asOf ?? 0, at) };
  }

  /** When the record was, if it is about copies of the provider. */
  private concerns(event: AnyRecord): number | null {
    if (event.type === 'MarketTicked') return this.values(event) ? event.at : null;
    if (event.type === 'CopyOrdersEnded' || event.type === 'ProfitShareCharged') {
      const all = event.type === 'CopyOrdersEnded' ? event.ends : event.charges;
      const ours = all.filter(({ providerId }) => providerId === this.providerId);
      return ours.length === 0 ? null : Math.max(...ours.map(({ occurredAt }) => occurredAt));
    }
    const named =
      event.type === 'CopiesDecided' || event.type === 'OpenPositionJoined'
        ? event.order
        : event.type === 'CopyOrdersPlaced'
          ? event.terms
          : 'copyId' in event && 'providerId' in event && 'occurredAt' in event
            ? event
            : null;
    return named?.providerId === this.providerId ? named.occurredAt : null;
  }

  /** Midnights and quarter hours of the provider's line. */
  private values({ line, at, boundary }: MarketTicked): boolean {
    return line === this.line && (boundary || Math.floor(at / 60_000) % 15 === 0);
  }

  private learn(event: AnyRecord): void {
    switch (event.type) {
      case 'MarketTicked':
        if (this.values(event)) for (const one of event.marks) this.marks.set(one.instrument, num(one.price));
        return;
      case 'CopiesDecided':
        if (event.order.providerId === this.providerId) this.decide(event);
        return;
      case 'OpenPositionJoined':
        for (const placed of event.placed) this.place(placed, event.order);
        for (const { copyId, target } of event.skipped) this.aim(copyId, event.order, target);
        return;
      case 'CopyOrdersPlaced': {
        const lead = { leadPositionId: event.terms.causeId, instrument: event.terms.instrument };
        for (const placed of event.placed) this.place(placed, lead);
        return;
      }
      case 'CopyOrdersEnded':
        for (const end of event.ends) this.end(end);
        return;
      case 'ProfitShareCharged':
        for (const { copyId, charged, equityBefore } of event.charges)
          if (charged !== '0')
            this.copies.get(copyId)?.flows.push({ amount: num(charged).neg(), equityBefore: num(equityBefore) });
        return;
      case 'CopyRequested':
        if (event.providerId === this.providerId) this.begin(event.copyId, num(event.copyTotalAmt));
        return;
      default:
        if ('copyId' in event && typeof event.copyId === 'string') this.change(this.copies.get(event.copyId), event);
    }
  }

  private begin(copyId: string, money: Num): void {
    if (this.copies.has(copyId)) return;
    const lists = { flows: [], insured: [], decided: new Set<number>(), orders: new Map(), ends: [], leads: new Map() };
    this.copies.set(copyId, { startedWith: money, copyTotalAmt: money, confirmed: false, status: 'running', ...lists });
  }

  private change(copy: Copy | undefined, event: AnyRecord): void {
    if (copy === undefined) return;
    if (event.type === 'CopyConfirmed') copy.confirmed = true;
    else if (event.type === 'InsuranceDrawn') copy.insured.push(num(event.amount));
    else if (event.type === 'CopyFundsAdded' || event.type === 'CopyFundsTakenOut') {
      const amount = num(event.amount).times(event.type === 'CopyFundsAdded' ? 1 : -1);
      copy.flows.push({ amount, equityBefore: num(event.equityBefore) });
      copy.copyTotalAmt = num(event.copyTotalAmt);
    } else if (event.type === 'CopyStopped') {
      copy.status = 'stopped';
      copy.leads.clear();
    }
  }

  private decide({ order, placed, skipped, missed }: AnyRecord & { readonly type: 'CopiesDecided' }): void {
    const isFirst = (copyId: string, orderNo: number): boolean => {
      const decided = this.copies.get(copyId)?.decided ?? new Set();
      return !decided.has(orderNo) && decided.add(orderNo).size > 0;
    };
    for (const { copyId, orderNo } of missed)
      if (isFirst(copyId, orderNo)) this.outcomes.push('skipped:record_unreadable');
    for (const one of placed) if (isFirst(one.copyId, order.orderNo)) this.place(one, order);
    for (const { copyId, reason, target } of skipped) {
      if (!isFirst(copyId, order.orderNo)) continue;
      this.outcomes.push(`skipped:${reason}`);
      this.aim(copyId, order, target);
    }
  }

  private place(
    placed: { copyId: string; orderId: string; target: string },
    { leadPositionId, instrument }: Lead,
  ): void {
    const copy = this.copies.get(placed.copyId);
    copy?.orders.set(placed.orderId, { leadPositionId, ended: false });
    copy?.leads.set(leadPositionId, { instrument, target: num(placed.target) });
  }

  private aim(copyId: string, { leadPositionId, instrument }: Lead, target: string | null): void {
    if (target !== null) this.copies.get(copyId)?.leads.set(leadPositionId, { instrument, target: num(target) });
  }

  private end(end: CopyEnd): void {
    const copy = this.copies.get(end.copyId);
    const order = copy?.orders.get(end.orderId);
    if (copy === undefined || order === undefined || order.ended) return;
    order.ended = true;
    copy.ends.push(end);
    if (end.orderNo === null) return;
    const name = { CopyFilled: 'filled', CopyPartlyFilled: 'partly_filled', CopyRejected: 'rejected' }[end.type];
    this.outcomes.push(end.reason === null ? name : `${name}:${end.reason}`);
    if (end.price === null || end.providerPrice === null) return;
    const paid = num(end.price).minus(end.providerPrice);
    const worse = end.side === 'buy' ? paid : paid.neg();
    const tenths = Number(worse.times(10_000).div(end.providerPrice).times(10).round(0, 2).toFixed());
    this.tenthsOfBp.push(Math.max(-1e9, Math.min(1e9, tenths)));
  }
}
