import type { CopyEnd, CopySettings } from '@slipstream/contracts';
import { amount, num, one, sign, zero, type Num } from './numbers.js';

/** What a venue says of an instrument. */
export interface Traded {
  readonly lot: Num;
  readonly minimumNotional: Num;
  readonly contractSize: Num;
}

/** An order of a copy, for ever. */
export interface NaiveOrder {
  readonly orderId: string;
  readonly orderNo: number | null;
  readonly lead: NaiveLead;
  readonly side: 'buy' | 'sell';
  readonly quantity: Num;
  readonly reserved: Num;
  readonly providerPrice: string | null;
  end: { readonly filled: Num; readonly price: Num; readonly fee: Num } | null;
}

/** A copy's side of a lead position, from its first order on. */
export interface NaiveLead {
  readonly id: string;
  readonly instrument: string;
  readonly positionSide: CopyEnd['positionSide'];
  target: Num;
  leverage: Num;
  readonly marginMode: 'cross' | 'isolated';
  tpRatio: Num | null;
  slRatio: Num | null;
  tpPx: Num | null;
  slPx: Num | null;
  slice: Num | null;
  ended: 'closed_by_follower' | 'position_liquidated' | null;
  /** The provider has closed it. */
  over: boolean;
}

/** What a copy owes its provider, and all that its share has come from. */
export interface NaiveFees {
  due: Num;
  settling: boolean;
  readonly charged: Set<string>;
  readonly past: Past[];
}

/** `due`: what was due at that moment. */
export type Past =
  | { readonly kind: 'began'; readonly amount: Num; readonly ratio: Num }
  | { readonly kind: 'announced'; readonly ratio: Num; readonly from: number }
  | { readonly kind: 'flow'; readonly amount: Num; readonly equity: Num; readonly due: Num }
  | { readonly kind: 'measured'; readonly equity: Num; readonly at: number }
  | { readonly kind: 'charged'; readonly amount: Num };

/** All that ever happened to a copy; what it has is worked out from that each time anew. */
export interface NaiveCopy {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly line: number;
  status: 'starting' | 'cancelled' | 'active' | 'paused' | 'stopping' | 'stopped';
  stop: CopySettings['subPosCloseType'] | null;
  settings: CopySettings;
  total: Num;
  /** Put in − taken out + insured − charged. */
  paidIn: Num;
  peak: Num;
  lossBase: Num;
  lastOrder: number;
  ownOrders: number;
  readonly restrictions: Set<string>;
  /** null: of a provider whose terms aren't known. */
  fees: NaiveFees | null;
  /** In the order in which they came; those that are done with are gone. */
  leads: NaiveLead[];
  /** All orders, and those that ended in the order of their ends. */
  readonly orders: NaiveOrder[];
  readonly ended: NaiveOrder[];
}

export interface Books {
  readonly cash: Num;
  readonly quantity: ReadonlyMap<NaiveLead, Num>;
  readonly cost: ReadonlyMap<NaiveLead, Num>;
  /** Of the last end. */
  readonly realised: Num;
}

/** Cash, quantities and costs by average cost, from the first fill on. */
export function books(copy: NaiveCopy, instruments: (id: string) => Traded): Books {
  let cash = copy.paidIn;
  let last = zero;
  const quantity = new Map<NaiveLead, Num>();
  const cost = new Map<NaiveLead, Num>();
  for (const { lead, side, end } of copy.ended) {
    if (!end) continue;
    const before = quantity.get(lead) ?? zero;
    const costBefore = cost.get(lead) ?? zero;
    const signed = side === 'buy' ? end.filled : end.filled.neg();
    const paid = end.price.times(signed).times(instruments(lead.instrument).contractSize);
    const after = before.plus(signed);
    last = zero;
    if (before.eq(0) || sign(before) === sign(signed)) cost.set(lead, costBefore.plus(paid));
    else {
      const part = after.eq(0) ? costBefore.neg() : amount(costBefore.times(signed).div(before));
      last = signed.eq(0) ? zero : amount(part.minus(paid));
      cost.set(lead, costBefore.plus(part));
    }
    quantity.set(lead, after);
    cash = cash.plus(last).minus(end.fee);
  }
  return { cash, quantity, cost, realised: last };
}

export const inFlight = (copy: NaiveCopy, lead?: NaiveLead): NaiveOrder[] =>
  copy.orders.filter((order) => order.end === null && (lead === undefined || order.lead === lead));

/** Filled + in flight. */
export function held(copy: NaiveCopy, lead: NaiveLead): Num {
  return copy.orders
    .filter((order) => order.lead === lead)
    .map((order) => (order.side === 'buy' ? one : one.neg()).times(order.end?.filled ?? order.quantity))
    .reduce((sum, value) => sum.plus(value), zero);
}

/** At the marks of the line, to 8 decimals where something is held. */
export function equity(copy: NaiveCopy, marks: ReadonlyMap<string, Num>, instruments: (id: string) => Traded): Num {
  const { cash, quantity, cost } = books(copy, instruments);
  let worth = cash;
  for (const lead of copy.leads) {
    const mark = marks.get(lead.instrument);
    const has = quantity.get(lead) ?? zero;
    if (!mark || has.eq(0)) continue;
    worth = worth.plus(has.times(mark).times(instruments(lead.instrument).contractSize)).minus(cost.get(lead) ?? zero);
  }
  return amount(worth);
}

/** Cost ÷ leverage of what is held, to 8 decimals each, and what orders in flight reserve. */
export function marginInUse(copy: NaiveCopy, instruments: (id: string) => Traded): Num {
  const { quantity, cost } = books(copy, instruments);
  let used = zero;
  for (const lead of copy.leads)
    if (!(quantity.get(lead) ?? zero).eq(0)) used = used.plus(marginOf(lead, cost.get(lead) ?? zero));
  return inFlight(copy).reduce((sum, order) => sum.plus(order.reserved), used);
}
export const marginOf = (lead: NaiveLead, cost: Num): Num => amount(cost.abs().times(one.div(lead.leverage)));

/** A lead position of which nothing is left, wanted or under way is forgotten, unless the follower took it over. */
export function forget(copy: NaiveCopy, lead: NaiveLead, instruments: (id: string) => Traded): void {
  const has = books(copy, instruments).quantity.get(lead) ?? zero;
  const nothing = lead.target.eq(0) && held(copy, lead).eq(0) && has.eq(0) && lead.ended === null;
  if (nothing && inFlight(copy, lead).length === 0) copy.leads = copy.leads.filter((other) => other !== lead);
}

export const isFlat = (copy: NaiveCopy, instruments: (id: string) => Traded): boolean =>
  inFlight(copy).length === 0 && [...books(copy, instruments).quantity.values()].every((quantity) => quantity.eq(0));

export const optional = (text: string | null): Num | null => (text === null ? null : num(text));
