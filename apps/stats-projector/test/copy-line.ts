import { partitionCount, partitionOf, record, type AnyRecord, type ProviderOrder } from '@slipstream/contracts';
import {
  afterEnds,
  afterOwnOrder,
  aumOf,
  closePart,
  copyEquity,
  copyIdOf,
  copyTerms,
  cutToLot,
  decideCopy,
  decideJoin,
  decimal,
  defaultCopySettings,
  endOrder,
  freeFunds,
  isZero,
  min,
  needsCare,
  orderFacts,
  providerCause,
  startingCopy,
  stopCopy,
  text,
  totalAfterTakingOut,
  withFlow,
  withoutAnything,
  withPlaced,
  withSkipped,
  withStopping,
  zero,
  type Copy,
  type CopyOrder,
  type CopyTerms,
  type Decimal,
  type Instruments,
  type MarkOf,
} from '@slipstream/domain';
import type { Journal } from './history.js';

type Event<N extends AnyRecord['type']> = AnyRecord & { readonly type: N };
interface Entry {
  terms: CopyTerms;
  copy: Copy;
}
/** How much of an order is filled: a fraction of it. */
export interface Fill {
  readonly fraction: string;
  readonly price: string;
}

/** Copies of one accounts partition, as position-sizer would journal them: the domain's pure functions make the events. */
export class CopyLine {
  readonly copies = new Map<string, Entry>();
  /** By line and instrument. */
  private readonly marks = new Map<string, Decimal>();
  private readonly started = new Map<string, number>();

  constructor(
    readonly journal: Journal,
    private readonly instruments: Instruments,
  ) {}

  /** @returns the id of a copy that waits for its provider */
  start(accountId: string, providerId: string, copyTotalAmt: string, copyAmt: string, occurredAt: number): string {
    const count = (this.started.get(accountId) ?? 0) + 1;
    this.started.set(accountId, count);
    const copyId = copyIdOf(accountId, providerId, count);
    const settings = { ...defaultCopySettings, mode: 'fixed_amount', copyAmt } as const;
    const who = { requestId: copyId, country: '', ownerId: '', disclaimerVersion: '1' };
    this.tell(record('CopyRequested', { ...who, accountId, copyId, providerId, copyTotalAmt, settings, occurredAt }));
    return copyId;
  }

  /** The provider's side admits it; lead positions that are open may be joined. */
  confirm(copyId: string, fromOrder: number, joins: readonly ProviderOrder[], occurredAt: number): void {
    const { terms, copy } = this.entry(copyId);
    const copyTotalAmt = text(terms.copyTotalAmt);
    this.tell(
      record('CopyConfirmed', {
        ...this.ids(copyId),
        copyTotalAmt,
        fromOrder,
        occurredAt,
        fees: null,
        announced: null,
      }),
    );
    if (copy.status === 'cancelled')
      return this.tell(record('CopyStopped', { ...this.ids(copyId), returned: copyTotalAmt, occurredAt }));
    for (const order of joins) {
      const facts = orderFacts(order, this.instruments(order.instrument));
      const { placed, skipped } = decideJoin(terms, this.entry(copyId).copy, facts, this.context(terms));
      const decision = { placed: placed ? [placed] : [], skipped: skipped ? [skipped] : [] };
      this.tell(record('OpenPositionJoined', { line: lineOf(terms.providerId), order, ...decision }));
    }
  }

  refuse(copyId: string, occurredAt: number): void {
    const money = { copyTotalAmt: text(this.entry(copyId).terms.copyTotalAmt), reason: 'slots_full' };
    this.tell(record('CopyRefused', { ...this.ids(copyId), ...money, occurredAt }));
  }

  /** One decision for each copy of the provider that is owed one; numbers it never saw are missed. */
  decide(order: ProviderOrder): void {
    const facts = orderFacts(order, this.instruments(order.instrument));
    const told: Pick<Event<'CopiesDecided'>, 'placed' | 'skipped' | 'missed'> = { placed: [], skipped: [], missed: [] };
    const lists = told as { [N in keyof typeof told]: (typeof told)[N][number][] };
    for (const [copyId, { terms, copy }] of this.copies) {
      if (terms.providerId !== order.providerId || copy.fromOrder === 0 || copy.lastOrder >= order.orderNo) continue;
      const { accountId } = terms;
      for (let missed = copy.lastOrder + 1; missed < order.orderNo; missed++)
        lists.missed.push({ accountId, copyId, orderNo: missed });
      const { placed, skipped } = decideCopy(terms, copy, facts, this.context(terms));
      if (placed) lists.placed.push(placed);
      else lists.skipped.push(skipped);
    }
    const line = lineOf(order.providerId);
    if (lists.placed.length + lists.skipped.length > 0) this.tell(record('CopiesDecided', { line, order, ...told }));
  }

  /** Ends the oldest order in flight of each chosen copy, in one record; then what follows from it. */
  end(chosen: (copyId: string) => boolean, fillOf: (order: CopyOrder) => Fill, occurredAt: number): void {
    const ends: Event<'CopyOrdersEnded'>['ends'][number][] = [];
    for (const [copyId, { terms, copy }] of this.copies) {
      const [order] = copy.orders;
      if (order === undefined || !chosen(copyId)) continue;
      const { quantity, price } = this.filled(copy, order, fillOf(order));
      const fee = isZero(quantity)
        ? '0'
        : text(
            quantity
              .times(decimal(price ?? '0'))
              .times('0.0005')
              .round(8),
          );
      const { accountId, providerId } = terms;
      const said = {
        accountId,
        copyId,
        orderId: order.orderId,
        quantity: text(quantity),
        price,
        fee,
        feeAsset: 'USDT',
      };
      const ended = endOrder(copy, { ...said, reason: null, occurredAt }, providerId, this.instruments);
      if (ended) ends.push(ended.said);
    }
    if (ends.length === 0) return;
    this.tell(record('CopyOrdersEnded', { ends }));
    for (const { copyId } of ends) {
      const { terms, copy } = this.entry(copyId);
      if (!needsCare(copy)) continue;
      for (const event of afterEnds(terms, copy, occurredAt, this.instruments, this.markOf(terms))) this.tell(event);
    }
  }

  /** Orders of copies only close what is there, and never go through zero. */
  private filled(copy: Copy, order: CopyOrder, { fraction, price }: Fill): { quantity: Decimal; price: string | null } {
    const position = copy.positions.find((one) => one.leadPositionId === order.leadPositionId);
    const wanted = decimal(order.quantity).times(decimal(fraction));
    const whole = position ? cutToLot(wanted, this.instruments(position.instrument)) : zero;
    const held = position?.quantity ?? zero;
    const closes = !isZero(held) && (order.side === 'sell') === (held.s === 1);
    const quantity = closes ? min(whole, held.abs()) : this.reduceOnly.has(order.orderId) ? zero : whole;
    return { quantity, price: isZero(quantity) ? null : price };
  }
  private readonly reduceOnly = new Set<string>();

  moveFunds(copyId: string, wanted: string, adds: boolean, occurredAt: number): void {
    const { terms, copy } = this.entry(copyId);
    if (copy.status !== 'active' && copy.status !== 'paused') return;
    const equity = copyEquity(copy, this.markOf(terms), this.instruments);
    const amount = adds ? decimal(wanted) : min(decimal(wanted), freeFunds(copy, equity));
    if (amount.lte(zero)) return;
    const total = adds ? terms.copyTotalAmt.plus(amount) : totalAfterTakingOut(terms, equity, amount);
    const money = { amount: text(amount), copyTotalAmt: text(total), equityBefore: text(equity) };
    const event = { ...this.ids(copyId), ...money, requestId: `f${occurredAt}`, occurredAt };
    this.tell(adds ? record('CopyFundsAdded', event) : record('CopyFundsTakenOut', event));
  }

  pause(copyId: string, occurredAt: number): void {
    const { status } = this.entry(copyId).copy;
    const event = { ...this.ids(copyId), requestId: `p${occurredAt}`, occurredAt };
    if (status === 'active') this.tell(record('CopyPaused', event));
    else if (status === 'paused') this.tell(record('CopyResumed', event));
  }

  closeByHand(copyId: string, occurredAt: number): void {
    const { terms, copy } = this.entry(copyId);
    const [position] = copy.positions;
    if (position === undefined || isZero(position.held)) return;
    const cause = { causeType: 'close_by_hand', occurredAt } as const;
    const event = closePart(terms, copy, position, cause, this.instruments, this.markOf(terms), decimal('0.5'));
    if (event) this.tell(event);
  }

  stop(copyId: string, how: 'market_close' | 'copy_close', occurredAt: number): void {
    const { terms, copy } = this.entry(copyId);
    if (copy.status === 'stopped' || copy.status === 'stopping' || copy.status === 'cancelled') return;
    const cause = { reason: 'follower', causeType: 'stop', subPosCloseType: how, requestId: 's', occurredAt } as const;
    for (const event of stopCopy(terms, copy, cause, this.instruments, this.markOf(terms))) this.tell(event);
  }

  tick(line: number, at: number, boundary: boolean, prices: Readonly<Record<string, string>>): void {
    const marks = Object.entries(prices).map(([instrument, price]) => ({ instrument, price }));
    this.journal.add(record('MarketTicked', { at, boundary, line, marks }));
    for (const { instrument, price } of marks) this.marks.set(`${line} ${instrument}`, decimal(price));
  }

  /** Σ min(copyTotalAmt, copy equity) as the sizer itself knows it. */
  aumOf(providerId: string): Decimal {
    return [...this.copies.values()]
      .filter(({ terms, copy }) => terms.providerId === providerId && isRunning(copy))
      .reduce(
        (sum, one) =>
          sum.plus(aumOf(one.terms.copyTotalAmt, copyEquity(one.copy, this.markOf(one.terms), this.instruments))),
        zero,
      );
  }

  /** Copies of a provider that are active, paused or stopping. */
  running(providerId: string): number {
    return [...this.copies.values()].filter(({ terms, copy }) => terms.providerId === providerId && isRunning(copy))
      .length;
  }

  private tell(event: AnyRecord): void {
    this.journal.add(event);
    this.evolve(event);
  }

  private evolve(event: AnyRecord): void {
    if (event.type === 'CopyRequested') {
      const copyTotalAmt = decimal(event.copyTotalAmt);
      const terms = copyTerms({ ...event, copyTotalAmt }, event.settings);
      this.copies.set(event.copyId, { terms, copy: startingCopy(copyTotalAmt) });
    } else if (event.type === 'CopiesDecided') {
      for (const { copyId } of event.missed) this.set(copyId, (copy) => ({ ...copy, lastOrder: event.order.orderNo }));
      this.placed(event.placed, providerCause(event.order));
      for (const one of event.skipped)
        this.set(one.copyId, (copy, terms) => withSkipped(copy, terms, event.order, one));
    } else if (event.type === 'OpenPositionJoined') {
      this.placed(event.placed, { ...providerCause(event.order), orderNo: null, causeType: 'join_open' });
      for (const one of event.skipped)
        this.set(one.copyId, (copy, terms) => withSkipped(copy, terms, event.order, one));
    } else if (event.type === 'CopyOrdersPlaced') {
      for (const one of event.placed) this.reduceOnly.add(one.orderId);
      for (const { copyId } of event.placed) this.set(copyId, (copy, terms) => afterOwnOrder(terms, copy, event));
    } else if (event.type === 'CopyOrdersEnded') {
      for (const end of event.ends)
        this.set(end.copyId, (copy) => endOrder(copy, end, end.providerId, this.instruments)?.copy ?? copy);
    } else if ('copyId' in event && typeof event.copyId === 'string') this.evolveCopy(event.copyId, event);
  }

  private evolveCopy(copyId: string, event: AnyRecord): void {
    this.set(copyId, (copy) => {
      switch (event.type) {
        case 'CopyConfirmed': {
          const status = copy.status === 'cancelled' ? 'stopping' : 'active';
          return { ...copy, status, fromOrder: event.fromOrder, lastOrder: event.fromOrder - 1 };
        }
        case 'CopyRefused':
        case 'CopyStopped':
          return withoutAnything(copy);
        case 'CopyStopping':
          return withStopping(copy, event);
        case 'CopyPaused':
          return { ...copy, status: 'paused' };
        case 'CopyResumed':
          return { ...copy, status: 'active' };
        case 'InsuranceDrawn':
          return { ...copy, cash: copy.cash.plus(decimal(event.amount)) };
        case 'CopyFundsAdded':
          return withFlow(copy, decimal(event.amount), decimal(event.equityBefore));
        case 'CopyFundsTakenOut':
          return withFlow(copy, decimal(event.amount).neg(), decimal(event.equityBefore));
        default:
          return copy;
      }
    });
    if (event.type !== 'CopyFundsAdded' && event.type !== 'CopyFundsTakenOut') return;
    const entry = this.entry(copyId);
    entry.terms = { ...entry.terms, copyTotalAmt: decimal(event.copyTotalAmt) };
  }

  private placed(all: Event<'CopiesDecided'>['placed'], cause: Parameters<typeof withPlaced>[2]): void {
    for (const one of all) {
      if (one.reduceOnly) this.reduceOnly.add(one.orderId);
      this.set(one.copyId, (copy, terms) => withPlaced(copy, terms, cause, one));
    }
  }

  private set(copyId: string, next: (copy: Copy, terms: CopyTerms) => Copy): void {
    const entry = this.entry(copyId);
    entry.copy = next(entry.copy, entry.terms);
  }

  private entry(copyId: string): Entry {
    const entry = this.copies.get(copyId);
    if (entry === undefined) throw new Error(copyId);
    return entry;
  }

  private ids(copyId: string): Pick<CopyTerms, 'accountId' | 'copyId' | 'providerId'> {
    const { accountId, providerId } = this.entry(copyId).terms;
    return { accountId, copyId, providerId };
  }

  private markOf({ providerId }: CopyTerms): MarkOf {
    const line = lineOf(providerId);
    return (instrument) => this.marks.get(`${line} ${instrument}`);
  }
  private context(terms: CopyTerms): Parameters<typeof decideCopy>[3] {
    return { mark: this.markOf(terms), instruments: this.instruments, suspended: false };
  }
}

/** Partition of providers.events whose marks value the copies of a provider. */
export const lineOf = (providerId: string): number => partitionOf(providerId, partitionCount);

const isRunning = ({ status }: Copy): boolean => status === 'active' || status === 'paused' || status === 'stopping';
