import type { CopySettings, ProviderOrder } from '@slipstream/contracts';
import { afterEnds, needsCare } from '../src/copy/after-end.js';
import { endOrder, providerCause, withPlaced, withSkipped } from '../src/copy/apply.js';
import { copyEquity, marginInUse, startingCopy, type Copy } from '../src/copy/copy.js';
import { decideCopy } from '../src/copy/decide-copy.js';
import { defaultCopySettings } from '../src/copy/default-settings.js';
import { afterOwnOrder } from '../src/copy/own-orders.js';
import { copyTerms, type CopyTerms } from '../src/copy/terms.js';
import { instrumentTable, type InstrumentText } from '../src/instrument.js';
import { decimal, min, text, type Decimal } from '../src/money.js';
import { orderFacts } from '../src/sizing/facts.js';

export const plain: CopySettings = {
  ...defaultCopySettings,
  mode: 'fixed_amount',
  copyAmt: '100',
  copyRatio: '2',
  multiplier: '3',
};
export const opening: ProviderOrder = {
  providerId: 'p',
  orderNo: 1,
  providerOrderId: 'p/1',
  effect: 'open',
  leadPositionId: 'lead',
  openedByOrderNo: 1,
  instrument: 'X',
  side: 'buy',
  positionSide: 'long',
  price: '40',
  quantity: '5',
  fraction: '0',
  usage: '0.2',
  leverage: null,
  marginMode: null,
  mark: '40',
  knownPosition: true,
  blocked: [],
  occurredAt: 1,
};

export const termsOf = (settings: Partial<CopySettings>, money = '1000'): CopyTerms =>
  copyTerms(
    { accountId: 'a', copyId: 'a~p~1', providerId: 'p', copyTotalAmt: decimal(money), country: '' },
    { ...plain, ...settings },
  );
export const activeCopy = (money = '1000'): Copy => ({
  ...startingCopy(decimal(money)),
  status: 'active',
  fromOrder: 1,
});

export interface Told {
  readonly settings?: Partial<CopySettings>;
  readonly order?: Partial<ProviderOrder>;
  readonly copy?: Partial<Copy>;
  readonly instrument?: InstrumentText;
  readonly money?: string;
  readonly suspended?: boolean;
}
export function decided(told: Told): ReturnType<typeof decideCopy> {
  const instruments = instrumentTable({ X: told.instrument ?? {} });
  const facts = orderFacts({ ...opening, ...told.order }, instruments('X'));
  const context = { mark: () => decimal('40'), instruments, suspended: told.suspended ?? false };
  return decideCopy(
    termsOf(told.settings ?? {}, told.money),
    { ...activeCopy(told.money), ...told.copy },
    facts,
    context,
  );
}

/** A copy that follows orders, each filled at once unless told otherwise. */
export class Follower {
  orderNo = 0;
  private readonly marks = new Map<string, Decimal>();
  constructor(
    readonly terms: CopyTerms,
    readonly instruments = instrumentTable({ X: { lot: '0.1' } }),
    public copy: Copy = activeCopy('100000'),
  ) {}

  takes(order: Partial<ProviderOrder>, fill: string | null = 'all'): ReturnType<typeof decideCopy> {
    const whole = { ...opening, ...order, orderNo: ++this.orderNo };
    const facts = orderFacts(whole, this.instruments(whole.instrument));
    this.marks.set(whole.instrument, decimal(whole.price));
    const context = { mark: this.mark, instruments: this.instruments, suspended: false };
    const decision = decideCopy(this.terms, this.copy, facts, context);
    if (decision.skipped) {
      this.copy = withSkipped(this.copy, this.terms, whole, decision.skipped);
      return decision;
    }
    this.copy = withPlaced(this.copy, this.terms, providerCause(whole), decision.placed);
    if (fill !== null)
      this.fill(decision.placed.orderId, fill === 'all' ? decision.placed.quantity : fill, whole.price);
    return decision;
  }

  /** The end of an order in flight, and what the copy does of its own accord after it. */
  fill(orderId: string, filled: string, price: string): void {
    const ids = { accountId: 'a', copyId: 'a~p~1', orderId, reason: null };
    const money = { quantity: filled, price: filled === '0' ? null : price, fee: '0', feeAsset: 'USDT' };
    const ended = endOrder(this.copy, { ...ids, ...money, occurredAt: 1 }, 'p', this.instruments);
    if (!ended) throw new Error('not in flight');
    this.copy = ended.copy;
    if (!needsCare(this.copy)) return;
    for (const event of afterEnds(this.terms, this.copy, 1, this.instruments, this.mark))
      if (event.type === 'CopyOrdersPlaced') this.copy = afterOwnOrder(this.terms, this.copy, event);
  }

  /** The next answer of the venue: at most so much of the oldest order in flight, closes never beyond what is held. */
  answers(most: Decimal, price: string): boolean {
    const order = this.copy.orders[0];
    if (!order) return false;
    const position = this.copy.positions.find(({ leadPositionId }) => leadPositionId === order.leadPositionId);
    const has = position?.quantity.abs() ?? decimal('0');
    const reduces = order.side === (position?.positionSide === 'short' ? 'buy' : 'sell');
    const filled = min(decimal(order.quantity), reduces ? min(most, has) : most);
    this.fill(order.orderId, text(filled), price);
    return true;
  }

  /** Margin held and reserved, and equity at the prices of the last orders. */
  get margin(): Decimal {
    return marginInUse(this.copy);
  }
  get equity(): Decimal {
    return copyEquity(this.copy, this.mark, this.instruments);
  }
  private readonly mark = (instrument: string): Decimal | undefined => this.marks.get(instrument);
}
