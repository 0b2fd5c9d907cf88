import { partitionCount, partitionOf, type AnyRecord, type FeeTerms, type ProviderOrder } from '@slipstream/contracts';
import {
  decimal,
  defaultCopySettings,
  defaultPolicy,
  instrumentTable,
  nextPeriodStart,
  text,
} from '@slipstream/domain';
import { drive } from '@slipstream/testing';
import { positionSizer } from '../../position-sizer/src/fold.js';
import { settlementFold } from '../../settlement/src/fold/fold.js';

const providerId = 'p';
const line = partitionOf(providerId, partitionCount);
const minuteMs = 60_000;
export const monday = Date.UTC(2026, 0, 5);

/** What can happen to the copies of one provider. */
export type Move =
  | { readonly kind: 'open' | 'close' }
  | { readonly kind: 'mark'; readonly price: number }
  | { readonly kind: 'week' | 'late_week' | 'repeat' | 'answer' | 'reload' | 'retire' }
  | { readonly kind: 'add' | 'take' | 'stop' | 'rejoin'; readonly follower: number; readonly amount: number }
  | { readonly kind: 'announce'; readonly ratio: string };

const followers = ['a', 'b', 'c'];

/**
 * position-sizer and settlement as they run beside each other, without broker and database: what one says the other hears,
 * at once or later.
 */
export class SettlementWorld {
  sizer = drive(positionSizer(instrumentTable(), defaultPolicy));
  settlement = drive(settlementFold(defaultPolicy));
  /** Everything each has journaled, also before it was loaded again. */
  readonly accounts: AnyRecord[] = [];
  readonly settlements: AnyRecord[] = [];
  private readonly heard = { accounts: 0, commands: 0 };
  private readonly commands: AnyRecord[] = [];
  private now = monday + minuteMs;
  private price = 100;
  private orderNo = 0;
  private opened = 0;
  private requests = 0;
  private fees: FeeTerms;
  private lastTick: AnyRecord | null = null;
  private readonly copies = new Map<string, { copyId: string; count: number }>();

  constructor(
    fees: Pick<FeeTerms, 'feeModel' | 'profitShareRatio' | 'subscriptionPrice'>,
    private readonly reloads: boolean,
  ) {
    this.fees = { ...fees, settlementPeriod: 'weekly' };
    this.tick(false);
    for (const accountId of followers) {
      this.tell({ ...this.request(accountId), type: 'DepositFunds', amount: '5000', asset: 'USDT' });
      this.start(accountId, '1000');
    }
  }

  move(move: Move): void {
    this.now += 1000;
    switch (move.kind) {
      case 'open':
      case 'close':
        return this.trade(move.kind);
      case 'mark':
        this.price = move.price;
        this.now += minuteMs;
        return this.tick(false);
      case 'week':
        this.now = nextPeriodStart(this.now, 'weekly');
        return this.tick(true);
      case 'late_week':
        // The boundary itself is missed.
        this.now = nextPeriodStart(this.now, 'weekly') + 7 * minuteMs;
        return this.tick(false);
      case 'repeat':
        return this.lastTick ? this.tell(this.lastTick) : undefined;
      case 'answer':
        return this.answer();
      case 'reload':
        return this.reload();
      case 'retire': {
        const copies = [...this.copies].map(([accountId, { copyId }]) => ({ accountId, copyId }));
        return this.tell({ type: 'EndCopies', providerId, reason: 'provider_retired', copies, occurredAt: this.now });
      }
      case 'announce':
        return this.announce(move.ratio);
      default:
        return this.ask(move.kind, followers[move.follower % followers.length] as string, String(move.amount));
    }
  }

  /** Everybody stops, everything is answered. */
  end(): void {
    this.answer();
    for (const accountId of followers) this.ask('stop', accountId, '0');
    for (let i = 0; i < 6; i++) this.answer();
  }

  private ask(kind: 'add' | 'take' | 'stop' | 'rejoin', accountId: string, amount: string): void {
    const copyId = this.copies.get(accountId)?.copyId ?? '';
    const what = { ...this.request(accountId), copyId };
    if (kind === 'add') return this.tell({ ...what, type: 'AddCopyFunds', amount });
    if (kind === 'take') return this.tell({ ...what, type: 'TakeOutCopyFunds', amount });
    if (kind === 'rejoin') return this.start(accountId, amount);
    this.tell({ ...what, type: 'StopCopying', subPosCloseType: 'market_close' });
    this.fill();
  }

  private start(accountId: string, copyTotalAmt: string): void {
    const count = this.accounts.filter(
      (event) => event.type === 'CopyRequested' && event.accountId === accountId,
    ).length;
    const who = { country: '', ownerId: '', disclaimerVersion: '2026-01' };
    const settings = defaultCopySettings;
    const request = this.request(accountId);
    this.tell({ ...request, ...who, type: 'StartCopying', providerId, copyTotalAmt, settings });
    const last = this.accounts.at(-1);
    if (last?.type !== 'CopyRequested') return;
    this.copies.set(accountId, { copyId: last.copyId, count });
    const ids = { accountId, copyId: last.copyId, providerId };
    const terms = { fees: this.fees, announced: null };
    this.tell({ type: 'ConfirmCopy', ...ids, fromOrder: this.orderNo + 1, joins: [], ...terms });
  }

  private announce(profitShareRatio: string): void {
    this.fees = { ...this.fees, profitShareRatio };
    const copies = [...this.copies].map(([accountId, { copyId }]) => ({ accountId, copyId }));
    const effectiveFrom = nextPeriodStart(this.now, 'weekly');
    this.tell({ type: 'AnnounceFees', providerId, fees: this.fees, effectiveFrom, copies, occurredAt: this.now });
  }

  private trade(effect: 'open' | 'close'): void {
    if ((effect === 'close') !== this.opened > 0) return;
    const orderNo = ++this.orderNo;
    if (effect === 'open') this.opened = orderNo;
    const copies = [...this.copies].map(([accountId, { copyId }]) => ({ accountId, copyId }));
    this.tell({ type: 'CopyOrders', line, order: this.order(effect, orderNo), copies });
    if (effect === 'close') this.opened = 0;
    this.fill();
  }

  private order(effect: 'open' | 'close', orderNo: number): ProviderOrder {
    const price = String(this.price);
    return {
      ...{ providerId, orderNo, providerOrderId: `p/${orderNo}`, effect, leadPositionId: `p/X/net/${this.opened}` },
      ...{
        openedByOrderNo: this.opened,
        instrument: 'X',
        positionSide: 'net',
        side: effect === 'open' ? 'buy' : 'sell',
      },
      ...{ price, quantity: '1', fraction: effect === 'open' ? '0' : '1', usage: effect === 'open' ? '0.8' : null },
      ...{ mark: price, leverage: '3', marginMode: null, knownPosition: true, blocked: [], occurredAt: this.now },
    };
  }

  /** Orders of copies are filled at the mark. */
  private fill(): void {
    const sent = this.commands.splice(0).flatMap((record) => (record.type === 'PlaceOrders' ? record.orders : []));
    const ends = sent.map(({ accountId, copyId, orderId, quantity }) => ({
      ...{ accountId, copyId, orderId, status: 'filled' as const, reason: null, quantity, price: String(this.price) },
      ...{ fee: text(decimal(quantity).times('0.01').round(8)), feeAsset: 'USDT', occurredAt: this.now },
    }));
    if (ends.length > 0) this.tell({ type: 'RecordFills', ends });
  }

  private tick(boundary: boolean): void {
    const marks = [{ instrument: 'X', price: String(this.price) }];
    this.lastTick = { type: 'MarkPrices', at: this.now, boundary, line, marks };
    this.tell(this.lastTick);
    this.fill();
  }

  private tell(command: AnyRecord): void {
    this.accounts.push(...this.sizer.give(command));
    this.commands.push(...this.sizer.sent.slice(this.heard.commands).map(({ record }) => record));
    this.heard.commands = this.sizer.sent.length;
  }

  /** Settlement hears what the accounts have said, and they what it asks. */
  private answer(): void {
    for (; this.heard.accounts < this.accounts.length; this.heard.accounts++) {
      const before = this.settlement.sent.length;
      this.settlements.push(...this.settlement.give(this.accounts[this.heard.accounts] as AnyRecord));
      for (const { record } of this.settlement.sent.slice(before)) this.tell(record);
    }
    this.fill();
  }

  private reload(): void {
    if (!this.reloads) return;
    this.sizer = this.sizer.reloaded();
    this.settlement = this.settlement.reloaded();
    this.heard.commands = 0;
  }

  private request(accountId: string) {
    return { accountId, requestId: `r${++this.requests}`, occurredAt: this.now };
  }
}
