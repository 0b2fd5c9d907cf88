import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type ChargeProfitShare,
  type ChargeSubscription,
  type FeeTerms,
  type PlaceOrders,
  type ProviderOrder,
  type StopCopying,
} from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
  instrumentTable,
  nextPeriodStart,
  text,
  zero,
  type Decimal,
  type Policy,
} from '@slipstream/domain';
import { positionSizer } from '../../../position-sizer/src/fold.js';
import { settlementFold } from '../../../settlement/src/fold/fold.js';
import { RecordedService } from './recorded-service.js';
import { Venue } from './venue.js';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
export const providerIds = ['p', 'q', 's'] as const;
export const accountIds = ['a', 'b'] as const;
type ProviderId = (typeof providerIds)[number];

export type Move =
  | { readonly kind: 'deposit' | 'withdraw'; readonly account: string; readonly amount: string }
  | { readonly kind: 'start'; readonly account: string; readonly provider: ProviderId; readonly amount: string }
  | { readonly kind: 'fund'; readonly account: string; readonly provider: ProviderId; readonly amount: string }
  | { readonly kind: 'order' | 'retire' | 'announce'; readonly provider: ProviderId; readonly n: number }
  | { readonly kind: 'time'; readonly minutes: number; readonly late: boolean; readonly price: string }
  | {
      readonly kind: 'stop';
      readonly account: string;
      readonly provider: ProviderId;
      readonly how: StopCopying['subPosCloseType'];
    }
  | { readonly kind: 'deliver'; readonly steps: readonly number[] }
  | { readonly kind: 'crash' | 'save'; readonly who: 'accounts' | 'settlement' }
  | { readonly kind: 'repeat'; readonly n: number };

const share = (profitShareRatio: string, settlementPeriod: FeeTerms['settlementPeriod']): FeeTerms => ({
  ...{ feeModel: 'profit_share', profitShareRatio, subscriptionPrice: null, settlementPeriod },
});
const price = (subscriptionPrice: string): FeeTerms => ({
  ...{ feeModel: 'subscription', profitShareRatio: '0', subscriptionPrice, settlementPeriod: 'monthly' },
});
const offers = [share('0.05', 'weekly'), share('0.3', 'monthly'), price('25'), price('90'), share('0.15', 'monthly')];

/** Terms that a provider announced, or began with. */
export interface Told {
  readonly providerId: string;
  readonly at: number;
  readonly effectiveFrom: number;
  readonly fees: FeeTerms;
}

interface Trading {
  fees: FeeTerms;
  announced: { readonly fees: FeeTerms; readonly effectiveFrom: number } | null;
  orderNo: number;
  /** Number of the order that opened what is open. */
  opened: number | null;
}

/** Accounts and settlement of one partition, a market and providers; what goes between the two takes its time. */
export class MoneyWorld {
  readonly accounts;
  readonly settlement;
  readonly lines = [...new Set(providerIds.map((id) => partitionOf(id, partitionCount)))];
  /** Friday, two days before the end of May. */
  now = Date.UTC(2026, 4, 29, 10);
  /** In the order in which they were told. */
  readonly told: Told[] = [];
  private price = decimal('100');
  private readonly venue = new Venue();
  private readonly providers: Record<ProviderId, Trading>;
  private read = 0;
  private charged = 0;
  private filled = 0;
  private requests = 0;
  private readonly repeatable: (ChargeProfitShare | ChargeSubscription)[] = [];

  constructor(policy: Policy = defaultPolicy) {
    this.accounts = new RecordedService(positionSizer(instrumentTable(), policy), 0);
    this.settlement = new RecordedService(settlementFold(policy), 0);
    const trading = (providerId: ProviderId, fees: FeeTerms): Trading => {
      this.told.push({ providerId, at: 0, effectiveFrom: 0, fees });
      return { fees, announced: null, orderNo: 0, opened: null };
    };
    this.providers = {
      p: trading('p', share('0.1', 'weekly')),
      q: trading('q', share('0.3', 'monthly')),
      s: trading('s', price('40')),
    };
    this.tick(this.now, false);
  }

  take(move: Move): void {
    switch (move.kind) {
      case 'deposit':
      case 'withdraw':
        return this.wallet(move);
      case 'start':
        return this.start(move);
      case 'fund':
        return this.fund(move);
      case 'order':
        return this.order(move.provider, move.n);
      case 'time':
        return this.pass(move);
      case 'stop': {
        const copyId = this.copyOf(move.account, move.provider);
        const { account: accountId, how: subPosCloseType } = move;
        if (copyId) this.ask({ type: 'StopCopying', accountId, copyId, subPosCloseType });
        return;
      }
      case 'announce':
        return this.announce(move.provider, offers[move.n % offers.length] as FeeTerms);
      case 'retire': {
        const copies = this.copiesOf(move.provider);
        const what = { providerId: move.provider, reason: 'provider_retired', copies, occurredAt: this.now } as const;
        this.accounts.give({ type: 'EndCopies', ...what });
        return;
      }
      case 'deliver':
        return move.steps.forEach((choice) => void this.step(choice));
      case 'save':
        return this[move.who].save();
      case 'crash':
        return this[move.who].crash();
      case 'repeat': {
        const command = this.repeatable[move.n % Math.max(1, this.repeatable.length)];
        if (command) this.accounts.give(command);
      }
    }
  }

  /** All that is under way arrives. */
  rest(): void {
    for (let i = 0; i < 20_000; i += 1) if (!this.step(i)) return;
    throw new Error('it never comes to rest');
  }

  /** Everybody stops, and all is settled. */
  end(): void {
    this.rest();
    for (const provider of providerIds)
      for (const account of accountIds) this.take({ kind: 'stop', account, provider, how: 'market_close' });
    this.rest();
  }

  private ask(command: object): void {
    this.requests += 1;
    this.accounts.give({ requestId: `r${this.requests}`, occurredAt: this.now, ...command } as AnyRecord);
  }

  private wallet({ kind, account: accountId, amount }: Extract<Move, { kind: 'deposit' | 'withdraw' }>): void {
    this.ask({ type: kind === 'deposit' ? 'DepositFunds' : 'WithdrawFunds', accountId, amount, asset: 'USDT' });
  }

  private start({ account: accountId, provider: providerId, amount: copyTotalAmt }: Extract<Move, { kind: 'start' }>) {
    const settings = { ...defaultCopySettings, mode: 'proportional' } as const;
    const who = { disclaimerVersion: '2026-01', country: '', ownerId: '' };
    this.ask({ type: 'StartCopying', accountId, providerId, copyTotalAmt, settings, ...who });
    const asked = this.accounts.journal.at(-1);
    if (asked?.type !== 'CopyRequested') return;
    const { orderNo, fees, announced } = this.termsOf(providerId);
    const { copyId } = asked;
    const fromOrder = orderNo + 1;
    this.accounts.give({ type: 'ConfirmCopy', accountId, copyId, providerId, fromOrder, joins: [], fees, announced });
  }

  private termsOf(providerId: ProviderId): Trading {
    const provider = this.providers[providerId];
    if (provider.announced && provider.announced.effectiveFrom <= this.now) {
      provider.fees = provider.announced.fees;
      provider.announced = null;
    }
    return provider;
  }

  private fund({ account: accountId, provider, amount }: Extract<Move, { kind: 'fund' }>): void {
    const copyId = this.copyOf(accountId, provider);
    if (!copyId) return;
    const out = amount.startsWith('-');
    this.ask({
      type: out ? 'TakeOutCopyFunds' : 'AddCopyFunds',
      accountId,
      copyId,
      amount: out ? amount.slice(1) : amount,
    });
  }

  private announce(providerId: ProviderId, fees: FeeTerms): void {
    const provider = this.termsOf(providerId);
    const effectiveFrom = nextPeriodStart(this.now, provider.fees.settlementPeriod);
    provider.announced = { fees, effectiveFrom };
    this.told.push({ providerId, at: this.now, effectiveFrom, fees });
    const copies = this.copiesOf(providerId);
    this.accounts.give({ type: 'AnnounceFees', providerId, fees, effectiveFrom, copies, occurredAt: this.now });
  }

  /** Opens with a part of its equity, or closes all it has. */
  private order(providerId: ProviderId, n: number): void {
    const provider = this.providers[providerId];
    provider.orderNo += 1;
    const { orderNo, opened } = provider;
    const closes = opened !== null;
    provider.opened = closes ? null : orderNo;
    const order: ProviderOrder = {
      ...{ providerId, orderNo, providerOrderId: `${providerId}/${orderNo}`, effect: closes ? 'close' : 'open' },
      ...{ leadPositionId: `${providerId}/X/net/${opened ?? orderNo}`, openedByOrderNo: opened ?? orderNo },
      ...{
        instrument: 'X',
        side: closes ? 'sell' : 'buy',
        positionSide: 'net',
        price: text(this.price),
        quantity: '5',
      },
      ...{
        fraction: closes ? '1' : '0',
        usage: ['0.4', '2.5', '7'][n % 3] as string,
        leverage: null,
        marginMode: null,
      },
      ...{ mark: text(this.price), knownPosition: true, blocked: [], occurredAt: this.now },
    };
    const line = partitionOf(providerId, partitionCount);
    this.accounts.give({ type: 'CopyOrders', line, order, copies: this.copiesOf(providerId) });
  }

  private pass({ minutes, late, price: factor }: Extract<Move, { kind: 'time' }>): void {
    const until = this.now + minutes * minuteMs;
    this.price = this.price.times(factor).round(4);
    if (this.price.lt('1')) this.price = decimal('1');
    for (let at = this.now - (this.now % dayMs) + dayMs; !late && at <= until; at += dayMs) this.tick(at, true);
    this.now = until;
    this.tick(until, false);
  }

  private tick(at: number, boundary: boolean): void {
    const marks = [{ instrument: 'X', price: text(this.price) }];
    for (const line of this.lines) this.accounts.give({ type: 'MarkPrices', at, boundary, line, marks });
  }

  /** One thing that is under way arrives: a record of accounts at settlement, a charge or the end of an order at accounts. */
  private step(choice: number): boolean {
    const { accounts, settlement } = this;
    const toSettlement = (): boolean => {
      const event = accounts.journal[this.read];
      if (event === undefined) return false;
      this.read += 1;
      settlement.give(JSON.parse(JSON.stringify(event)) as AnyRecord);
      return true;
    };
    const toAccounts = (): boolean => {
      const command = settlement.sent[this.charged]?.record;
      if (command === undefined) return false;
      this.charged += 1;
      this.repeatable.push(command as ChargeProfitShare | ChargeSubscription);
      accounts.give(command);
      return true;
    };
    const fill = (): boolean => {
      const placing = accounts.sent.filter(({ record }) => record.type === 'PlaceOrders');
      const placed = placing[this.filled]?.record as PlaceOrders | undefined;
      if (placed === undefined) return false;
      this.filled += 1;
      accounts.give(this.venue.answer(placed));
      return true;
    };
    const ways = [toSettlement, toAccounts, fill];
    for (let i = 0; i < ways.length; i += 1) if (ways[(choice + i) % ways.length]?.()) return true;
    return false;
  }

  private copiesOf(providerId: string): { accountId: string; copyId: string }[] {
    return accountIds.flatMap((accountId) => {
      const copyId = this.copyOf(accountId, providerId);
      return copyId ? [{ accountId, copyId }] : [];
    });
  }
  private copyOf(accountId: string, providerId: string): string | undefined {
    const running = this.accounts.state.copiesOf(accountId).filter(({ copy }) => copy.status !== 'stopped');
    return running.find(({ terms }) => terms.providerId === providerId)?.terms.copyId;
  }

  /** Wallets and what copies hold in cash. */
  money(): Decimal {
    return accountIds.reduce((sum, accountId) => {
      const copies = this.accounts.state.copiesOf(accountId).map(({ copy }) => copy.cash);
      return [this.accounts.state.account(accountId).wallet, ...copies].reduce((a, b) => a.plus(b), sum);
    }, zero);
  }
}
