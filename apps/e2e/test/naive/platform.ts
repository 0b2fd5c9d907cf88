import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type CopyRef,
  type OrderLeg,
  type OrderTerms,
  type VenueReport,
} from '@slipstream/contracts';
import { decimal, text } from '@slipstream/domain';
import type { Outgoing } from '@slipstream/streams';
import { drive, type Driven } from '@slipstream/testing';
import { copyEngine } from '../../../copy-engine/src/fold.js';
import type { Providers } from '../../../copy-engine/src/state.js';
import { orderGateway } from '../../../order-gateway/src/fold.js';
import { paperVenue } from '../../../order-gateway/src/paper-venue.js';
import type { Orders } from '../../../order-gateway/src/state.js';
import type { Venue } from '../../../order-gateway/src/venue.js';
import { positionSizer } from '../../../position-sizer/src/fold.js';
import { settlementFold } from '../../../settlement/src/fold/fold.js';
import { instruments, policy } from '../histories.js';
import { NaiveAccounts } from './accounts.js';
import { num, said, whole, zero } from './numbers.js';
import { NaiveProvider } from './provider.js';

/** The instruments of the histories, in the twin's own words. */
export const traded = {
  X: { lot: num('0.001'), minimumNotional: num(5), contractSize: num(1) },
  Y: { lot: num(1), minimumNotional: zero, contractSize: num('0.1') },
};
const instrumentOf = (id: string) => traded[id as 'X'];

/** The paper venue, which rejects some orders and fills others by half; which ones depends on their ids and the salt. */
function moodyVenue(salt: number): Venue {
  const paper = paperVenue(instruments, decimal('0'));
  const mood = (orderId: string): number =>
    [...orderId].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, salt) % 10;
  const answer = async (terms: OrderTerms, orders: readonly OrderLeg[]): Promise<VenueReport[]> => {
    const { lot } = instrumentOf(terms.instrument);
    return (await paper.submit(terms, orders)).map((report) => {
      const half = whole(num(report.quantity).div(2), lot);
      if (mood(report.orderId) === 0)
        return { ...report, status: 'rejected', reason: 'venue_rejected', quantity: '0', price: null, fee: '0' };
      return mood(report.orderId) === 1 && half.gt(0) ? { ...report, quantity: said(half) } : report;
    });
  };
  return { submit: answer, query: answer };
}

export const providerIds = ['p', 'q'] as const;
export type ProviderId = (typeof providerIds)[number];

/** A provider's side, real and naive, and what it has sent that isn't delivered yet. */
interface Side {
  readonly real: Driven<Providers>;
  readonly twin: NaiveProvider;
  sent: number;
  readonly waiting: Outgoing[];
}

/** The services' real folds and the twins beside them; what goes between services waits until it is delivered. */
export class Platform {
  readonly accounts = drive(positionSizer(instruments, policy));
  readonly twin = new NaiveAccounts(instrumentOf);
  readonly kinds = new Set<string>();
  /** All copies that were ever asked for. */
  readonly copies: { readonly accountId: string; readonly providerId: ProviderId; readonly copyId: string }[] = [];
  private readonly sides = new Map<ProviderId, Side>();
  private readonly gateway: Driven<Orders>;
  private readonly answers: AnyRecord[] = [];
  private readonly settlement = drive(settlementFold(policy));
  private readonly toProviders: Outgoing[] = [];
  private sentByAccounts = 0;
  private sentByGateway = 0;
  private sentBySettlement = 0;

  constructor(salt: number) {
    this.gateway = drive(orderGateway(moodyVenue(salt)));
    for (const id of providerIds) {
      const real = drive(copyEngine(instruments, policy), partitionOf(id, partitionCount));
      this.sides.set(id, { real, twin: new NaiveProvider(instrumentOf), sent: 0, waiting: [] });
    }
  }

  /** The events of all journals so far. */
  journals(): AnyRecord[] {
    return [...this.accounts.journal, ...[...this.sides.values()].flatMap(({ real }) => real.journal)];
  }

  /** A command for a provider: both must say the same, and its copies are those that both know. */
  toProvider(id: ProviderId, command: AnyRecord): void {
    const side = this.side(id);
    const events = side.real.give(command);
    expect(events).toEqual(side.twin.give(command));
    for (const event of events) this.note(event);
    const sent = side.real.sent.slice(side.sent);
    side.sent = side.real.sent.length;
    // Marks go to every accounts partition; there is one here.
    side.waiting.push(...sent.filter(({ record, partition }) => record.type !== 'MarkPrices' || partition === 0));
    for (const { record } of sent) if (record.type === 'ConfirmCopy') expect(record).toMatchObject(side.twin.feesNow());
    const owed = sent.flatMap(({ record }) => (record.type === 'CopyOrders' ? record.copies : []));
    const orders = events.filter(({ type }) => type === 'ProviderOrderTaken').length;
    const expected = orders === 0 ? [] : side.twin.followers;
    expect(byCopy(owed)).toEqual(byCopy(Array.from({ length: orders }, () => expected).flat()));
  }

  /** A command for accounts: both must say the same and hold the same money after it. */
  async toAccounts(command: AnyRecord): Promise<void> {
    const events = this.accounts.give(command);
    expect(events).toEqual(this.twin.give(command));
    for (const event of events) {
      this.note(event);
      if (event.type !== 'CopyRequested') continue;
      const { accountId, copyId, providerId } = event;
      this.copies.push({ accountId, copyId, providerId: providerId as ProviderId });
    }
    this.settlement.give(...events);
    for (const { copyId } of this.copies) expect(this.money(copyId)).toEqual(this.twin.money(copyId));
    const sent = this.accounts.sent.slice(this.sentByAccounts);
    this.sentByAccounts = this.accounts.sent.length;
    for (const outgoing of sent) {
      if (outgoing.record.type !== 'PlaceOrders') this.toProviders.push(outgoing);
      else await this.place(outgoing.record);
    }
  }

  /** The venue's next answers reach the accounts. */
  async deliverAnswers(count: number): Promise<void> {
    for (const record of this.answers.splice(0, count)) await this.toAccounts(record);
  }
  /** What accounts and providers have sent each other arrives, then what settlement asks for; what follows from that is for later. */
  async deliver(): Promise<void> {
    for (let bound = 0; bound < 20; bound += 1) {
      const commands = this.toProviders.splice(0);
      for (const { record, key } of commands) this.toProvider(key as ProviderId, record);
      const records = [...this.sides.values()].flatMap(({ waiting }) => waiting.splice(0));
      for (const { record } of records) await this.toAccounts(record);
      if (commands.length + records.length === 0) break;
    }
    const charges = this.settlement.sent.slice(this.sentBySettlement);
    this.sentBySettlement += charges.length;
    for (const { record } of charges) await this.toAccounts(record);
  }
  /** Everything arrives. */
  async rest(): Promise<void> {
    for (let bound = 0; bound < 100; bound += 1) {
      await this.deliver();
      const asked = this.settlement.sent.length - this.sentBySettlement;
      if (this.answers.length + this.toProviders.length + asked === 0) return;
      await this.deliverAnswers(this.answers.length);
    }
  }

  private async place(record: AnyRecord): Promise<void> {
    this.gateway.give(record);
    for (let told = await this.gateway.effects(); told.length > 0; told = await this.gateway.effects())
      this.gateway.give(...told);
    this.answers.push(...this.gateway.sent.slice(this.sentByGateway).map((outgoing) => outgoing.record));
    this.sentByGateway = this.gateway.sent.length;
  }

  private side(id: ProviderId): Side {
    const side = this.sides.get(id);
    if (!side) throw new Error(`no provider ${id}`);
    return side;
  }
  /** As the twin tells it. */
  private money(copyId: string): string[] | null {
    const entry = this.accounts.state.entry(copyId);
    if (!entry || entry.copy.status === 'stopped') return null;
    const { copy, terms } = entry;
    const { wallet } = this.accounts.state.account(terms.accountId);
    const lossBase = copy.lossBase ?? terms.copyTotalAmt;
    return [copy.cash, copy.reserved, copy.peak, lossBase, terms.copyTotalAmt, wallet].map(text);
  }
  private note(event: AnyRecord): void {
    if (event.type === 'CopiesDecided') for (const { reason } of event.skipped) this.kinds.add(reason);
    else if (event.type === 'FollowerRefused' || event.type === 'CommandRefused') this.kinds.add(event.reason);
    else if (event.type === 'CopyOrdersPlaced') this.kinds.add(event.terms.causeType);
    this.kinds.add(event.type);
  }
}

const byCopy = (refs: readonly CopyRef[]): string[] => refs.map(({ copyId }) => copyId).sort();
