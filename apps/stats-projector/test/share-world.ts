import {
  record,
  type AnyRecord,
  type CopyMeasure,
  type FeeTerms,
  type SettlementReceipt,
  type ShareCharge,
  type ShareCharged,
  type SubscriptionCharged,
  type SubscriptionReceipt,
} from '@slipstream/contracts';
import {
  accrue,
  boundaryDue,
  carriedGap,
  openingOf,
  charge,
  copyIdOf,
  decimal,
  endSubscription,
  isZero,
  min,
  monthDue,
  owedOf,
  payable,
  splitEarnings,
  startShare,
  startSubscription,
  text,
  withAnnouncedTerms,
  withDeposit,
  withEquity,
  withMonthPaid,
  withWithdrawal,
  zero,
  type CarriedGap,
  type CopyShare,
  type Decimal,
  type SettlementCause,
  type Subscription,
} from '@slipstream/domain';
import { Journal } from './history.js';

type Below = (n: number) => number;
const dayMs = 86_400_000;
const platformFeeRatio = decimal('0.02');
const ratioText = text(platformFeeRatio);
const oneOf = <T>(below: Below, all: readonly T[]): T => all[below(all.length)] as T;

/** A copy as the settlement service would know it, and the PnL it doesn't know of yet. */
export interface Held {
  readonly ids: { readonly accountId: string; readonly copyId: string; readonly providerId: string };
  share: CopyShare;
  fees: FeeTerms;
  announced: { readonly fees: FeeTerms; readonly effectiveFrom: number } | null;
  pnl: Decimal;
  /** PnL of all time. */
  earned: Decimal;
  readonly asked: Map<string, { readonly measuredAt: number; readonly unrealised: string }>;
  subscription: Subscription | null;
  /** A later copy goes on with what it has left due. */
  handedOn: boolean;
}

/** Shares of the copies of one partition of settlements.events, by the domain's functions, as the service journals them. */
export class ShareWorld {
  readonly copies = new Map<string, Held>();
  readonly receipts: SettlementReceipt[] = [];
  readonly months: SubscriptionReceipt[] = [];
  private readonly carried = new Map<string, CarriedGap>();
  private readonly started = new Map<string, number>();
  at = Date.UTC(2026, 4, 27, 9);
  /** What the shares follow from. */
  readonly accounts: Journal;

  constructor(
    readonly journal: Journal,
    readonly below: Below,
    readonly providerIds: readonly string[],
  ) {
    this.accounts = new Journal('accounts.events', journal.partition);
  }

  /** A record of settlements.events; it answers the last one of accounts.events. */
  say(event: AnyRecord): void {
    this.journal.add(event, null, this.accounts.records.at(-1)?.offset ?? 0);
  }

  start(accountId: string, providerId: string): void {
    const { below, at } = this;
    const pair = `${accountId}/${providerId}`;
    const count = (this.started.get(pair) ?? 0) + 1;
    this.started.set(pair, count);
    const ids = { accountId, copyId: copyIdOf(accountId, providerId, count), providerId };
    const fees = oneOf(below, allFees);
    const amount = `${100 + below(900)}.5`;
    const carried = this.carried.get(pair) ?? null;
    this.carried.delete(pair);
    const earlier = carried && this.copies.get(carried.fromCopyId);
    if (earlier) earlier.handedOn = true;
    const share = startShare(
      { copyId: ids.copyId, amount: decimal(amount), at, terms: termsOf(fees) },
      openingOf(carried, decimal(amount), at, 90),
    );
    const held: Held = {
      ids,
      share,
      fees,
      announced: null,
      pnl: zero,
      earned: zero,
      asked: new Map(),
      subscription: null,
      handedOn: false,
    };
    this.copies.set(ids.copyId, held);
    const confirmed = { ...ids, copyTotalAmt: amount, fees, announced: null, fromOrder: 1, occurredAt: at };
    this.accounts.add(record('CopyConfirmed', confirmed));
    const left = { gap: text(share.gap), due: text(share.due), carriedFrom: carried?.fromCopyId ?? null };
    this.say(record('CopyShareStarted', { ...ids, amount, fees, announced: null, ...left, occurredAt: at }));
    if (fees.subscriptionPrice !== null) this.subscribe(held, decimal(fees.subscriptionPrice));
  }

  private subscribe(held: Held, price: Decimal): void {
    const subscriptionId = `${held.ids.copyId}/subscription`;
    held.subscription = startSubscription({ subscriptionId, price, at: this.at });
    const paid = { price: text(price), paidUntil: this.at, occurredAt: this.at };
    this.say(record('SubscriptionStarted', { ...held.ids, subscriptionId, ...paid }));
  }

  private equityOf = ({ share, pnl }: Held): Decimal => share.equity.plus(pnl);

  move(held: Held): void {
    const before = this.equityOf(held);
    const deposit = this.below(2) === 0;
    const amount = deposit ? decimal(`${1 + this.below(300)}.25`) : before.div(decimal('3')).round(8, 'down');
    if (held.share.status === 'ended' || amount.lte(zero)) return;
    const gapBefore = withEquity(held.share, before).gap;
    held.share = (deposit ? withDeposit : withWithdrawal)(held.share, amount, before);
    held.pnl = zero;
    const told = { ...held.ids, amount: text(amount), equityBefore: text(before), occurredAt: this.at };
    const type = deposit ? 'CopyFundsAdded' : 'CopyFundsTakenOut';
    this.accounts.add(record(type, { ...told, requestId: 'r', copyTotalAmt: '1' }));
    const gaps = { gapBefore: text(gapBefore), gapAfter: text(held.share.gap) };
    const flow = { kind: deposit ? ('deposit' as const) : ('withdrawal' as const), amount: text(amount) };
    this.say(
      record('CopyShareMoved', { ...held.ids, ...flow, equityBefore: text(before), ...gaps, occurredAt: this.at }),
    );
  }

  announce(providerId: string): void {
    const fees = oneOf(this.below, allFees);
    const effectiveFrom = this.at + this.below(10) * dayMs;
    const copies = [...this.copies.values()].filter(({ ids, share }) => {
      return ids.providerId === providerId && share.status === 'running';
    });
    for (const held of copies) {
      held.share = withAnnouncedTerms(held.share, { ...termsOf(fees), effectiveFrom });
      held.announced = { fees, effectiveFrom };
    }
    const told = { providerId, fees, effectiveFrom, occurredAt: this.at };
    const refs = copies.map(({ ids: { accountId, copyId } }) => ({ accountId, copyId }));
    this.accounts.add(record('CopyFeesAnnounced', { ...told, copies: refs }));
    if (refs.length > 0) this.say(record('ShareTermsAnnounced', { ...told, copies: refs }));
  }

  /** Copies are measured: what they owe is asked for, where they owe nothing the receipt comes at once. */
  measure(chosen: readonly Held[], cause: SettlementCause['kind']): void {
    const measuredAt = this.accounts.next;
    const charges: ShareCharge[] = [];
    const asked: CopyMeasure[] = [];
    const copies: CopyMeasure[] = [];
    const receipts: SettlementReceipt[] = [];
    for (const held of chosen) {
      if (held.share.status === 'ended') continue;
      const unrealised = text(held.pnl);
      const measure = { ...held.ids, equity: text(this.equityOf(held)), available: '0', unrealised };
      const owed = this.begin(held, cause);
      if (owed === null) copies.push(measure);
      else if (isZero(owed.amount) && cause !== 'stop' && held.share.pending.length === 1) {
        const receipt = this.close(held, owed.settlementId, { measuredAt, unrealised, chargedAt: null });
        receipts.push(receipt);
        copies.push({ ...measure, available: receipt.available });
      } else {
        const { settlementId, at } = owed;
        held.asked.set(settlementId, { measuredAt, unrealised });
        charges.push({
          ...held.ids,
          ...{ settlementId, cause, at, owed: text(owed.amount), platformFeeRatio: ratioText },
        });
        asked.push(measure);
        copies.push(measure);
      }
    }
    if (copies.length === 0) return;
    const marks = [{ instrument: 'BTCUSDT', price: `${1 + this.below(99)}` }];
    this.accounts.add(record('CopiesMeasured', { line: null, at: this.at, cause, copies, marks }));
    const due = { at: this.at, cause, measuredAt, charges, measures: asked };
    if (charges.length > 0) this.say(record('ProfitShareDue', due));
    if (receipts.length > 0) this.say(record('ProfitShareSettled', { receipts }));
  }

  /** The first step of a settlement, and what is owed after it; null where there is nothing to settle. */
  private begin(held: Held, kind: SettlementCause['kind']) {
    const boundary = boundaryDue(held.share, this.at);
    if (kind === 'period' && boundary === null) return null;
    const cause = kind === 'period' ? { kind, boundary: boundary ?? 0 } : { kind, at: this.at };
    const begun = accrue(held.share, cause, this.equityOf(held));
    if (!begun) return null;
    held.share = begun.share;
    held.pnl = zero;
    if (begun.share.announced === null && held.announced !== null) {
      held.fees = held.announced.fees;
      held.announced = null;
    }
    const { settlementId, until: at } = begun.pending;
    return { settlementId, at, amount: owedOf(begun.pending) };
  }

  boundaries(): void {
    this.measure([...this.copies.values()], 'period');
  }

  /** Some of those that were asked have paid what they had. */
  answer(): void {
    const chargedAt = this.accounts.next;
    const receipts: SettlementReceipt[] = [];
    const charges: ShareCharged[] = [];
    const ends: AnyRecord[] = [];
    for (const held of this.copies.values()) {
      const [first] = held.share.pending;
      const asked = first && held.asked.get(first.settlementId);
      if (first === undefined || asked === undefined || this.below(3) === 0) continue;
      const equityBefore = text(this.equityOf(held));
      const receipt = this.close(held, first.settlementId, { ...asked, chargedAt });
      receipts.push(receipt);
      charges.push(chargedFor(receipt, equityBefore, this.at));
      const { share, ids } = held;
      if (share.status !== 'ended' || share.pending.length > 0) continue;
      const left = carriedGap(share, share.settledAt);
      const pair = `${ids.accountId}/${ids.providerId}`;
      if (left) this.carried.set(pair, left);
      else this.carried.delete(pair);
      if (held.subscription?.status !== 'active') continue;
      held.subscription = endSubscription(held.subscription);
      const { subscriptionId } = held.subscription;
      const ended = { subscriptionId, reason: 'stopped' as const, occurredAt: this.at };
      ends.push(record('SubscriptionEnded', { ...ids, ...ended }));
    }
    if (receipts.length === 0) return;
    this.accounts.add(record('ProfitShareCharged', { charges }));
    for (const end of ends) this.say(end);
    this.say(record('ProfitShareSettled', { receipts }));
  }

  private close(
    held: Held,
    settlementId: string,
    told: Pick<SettlementReceipt, 'measuredAt' | 'unrealised' | 'chargedAt'>,
  ): SettlementReceipt {
    const pending = held.share.pending[0];
    const owed = pending === undefined ? zero : owedOf(pending);
    const part = decimal(oneOf(this.below, ['1', '1', '1', '0.5', '0']));
    const available = payable(owed.times(part).plus(decimal(part.eq('1') ? '7' : '0')));
    const paid = charge(held.share, settlementId, { available, charged: min(owed, available), platformFeeRatio });
    if (paid === null) throw new Error(`${settlementId} isn't pending`);
    held.share = paid.share;
    const texts = JSON.parse(JSON.stringify(paid.receipt)) as SettlementReceipt;
    const receipt = { ...texts, ...held.ids, ...told, occurredAt: paid.receipt.until };
    this.receipts.push(receipt);
    return receipt;
  }

  /** Months that have begun are paid, or not. */
  payMonths(): void {
    const chargedAt = this.accounts.next;
    const receipts: SubscriptionReceipt[] = [];
    for (const held of this.copies.values()) {
      const month = held.subscription && monthDue(held.subscription, this.at);
      if (!held.subscription || !month) continue;
      const paid = this.below(6) > 0;
      const { platformFee, providerNet } = splitEarnings(month.price, platformFeeRatio);
      held.subscription = paid ? withMonthPaid(held.subscription, month) : endSubscription(held.subscription);
      const parts = paid
        ? { platformFee: text(platformFee), providerNet: text(providerNet) }
        : { platformFee: '0', providerNet: '0' };
      const { chargeId, from, until } = month;
      receipts.push({
        ...held.ids,
        ...{ chargeId, price: text(month.price), from, until, available: paid ? '1000' : '0.5', paid },
        ...{ platformFeeRatio: ratioText, ...parts, chargedAt, occurredAt: this.at },
      });
    }
    this.months.push(...receipts);
    if (receipts.length > 0) this.accounts.add(record('SubscriptionsCharged', { charges: receipts.map(monthCharged) }));
    if (receipts.length > 0) this.say(record('SubscriptionSettled', { receipts }));
    for (const { copyId, paid } of receipts) {
      const held = this.copies.get(copyId);
      if (paid || !held?.subscription) continue;
      const { subscriptionId } = held.subscription;
      const ended = { subscriptionId, reason: 'unpaid' as const, occurredAt: this.at };
      this.say(record('SubscriptionEnded', { ...held.ids, ...ended }));
    }
  }
}

const monthCharged = (receipt: SubscriptionReceipt): SubscriptionCharged => {
  const { accountId, copyId, providerId, chargeId, price, from, until, available, paid, ...rest } = receipt;
  const { platformFee, providerNet, occurredAt } = rest;
  const month = { accountId, copyId, providerId, chargeId, price, from, until, available, paid };
  return { ...month, platformFee, providerNet, occurredAt };
};

const chargedFor = (receipt: SettlementReceipt, equityBefore: string, occurredAt: number): ShareCharged => {
  const { accountId, copyId, providerId, settlementId, cause, until: at, dueBefore, accrued, available } = receipt;
  const { providerGross: charged, platformFee, providerNet, dueAfter: due } = receipt;
  const owed = text(decimal(dueBefore).plus(decimal(accrued)));
  return {
    ...{ accountId, copyId, providerId, settlementId, cause, at, owed, available, charged, platformFee, providerNet },
    ...{ due, occurredAt, equityBefore },
  };
};

const termsOf = ({ profitShareRatio, settlementPeriod }: FeeTerms) => ({
  profitShareRatio: decimal(profitShareRatio),
  settlementPeriod,
});

const share = { feeModel: 'profit_share', subscriptionPrice: null } as const;
const allFees: readonly FeeTerms[] = [
  { ...share, profitShareRatio: '0.1', settlementPeriod: 'weekly' },
  { ...share, profitShareRatio: '0.15', settlementPeriod: 'weekly' },
  { ...share, profitShareRatio: '0.3', settlementPeriod: 'monthly' },
  { feeModel: 'subscription', profitShareRatio: '0', subscriptionPrice: '19.99', settlementPeriod: 'weekly' },
];

function earn(held: Held, pnl: Decimal): void {
  held.pnl = held.pnl.plus(pnl);
  held.earned = held.earned.plus(pnl);
}

/** Much has happened; the same for a seed. */
export function randomShares(journal: Journal, below: Below, providerIds: readonly string[], events = 220): ShareWorld {
  const world = new ShareWorld(journal, below, providerIds);
  const accounts = ['a', 'b', 'c', 'd'].map((name) => `${name}${journal.partition}`);
  const begin = (): void => world.start(oneOf(below, accounts), oneOf(below, providerIds));
  for (let i = 0; i < 6; i++) begin();
  for (let i = 0; i < events; i++) {
    world.at += below(2 * dayMs);
    for (const held of world.copies.values())
      if (held.share.status === 'running' && below(2) === 0) earn(held, decimal(`${below(60) - 25}.12345678`));
    const held = oneOf(below, [...world.copies.values()]);
    const what = below(16);
    if (what < 2) begin();
    else if (what < 5) world.move(held);
    else if (what < 8) world.boundaries();
    else if (what < 11) world.answer();
    else if (what === 11) world.measure([held], 'stop');
    else if (what === 12) world.payMonths();
    else if (what === 13) world.announce(oneOf(below, providerIds));
    else if (what === 14 && below(3) === 0) world.measure([held], 'retirement');
    else {
      // The promise broken: something is told again.
      const told = journal.records.filter(({ event }) => /Settled|ProfitShareDue|ShareStarted/.test(event.type));
      if (told.length > 0) world.say(oneOf(below, told).event);
    }
  }
  return world;
}
