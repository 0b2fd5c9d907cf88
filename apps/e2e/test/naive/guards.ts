import type { AnyRecord, CopyStopping, OrderTerms } from '@slipstream/contracts';
import { leftOver, lossReached, type World } from './decide.js';
import { books, equity, held, inFlight, isFlat, marginOf, type NaiveCopy, type NaiveLead } from './naive-copy.js';
import { amount, least, most, num, said, whole, zero, type Num } from './numbers.js';

type Cause = OrderTerms['causeType'];
const idsOf = ({ accountId, copyId, providerId }: NaiveCopy) => ({ accountId, copyId, providerId });

/** An order with which a copy closes a lead position, or some of it, of its own accord; the copy has it at once. */
export function closing(
  copy: NaiveCopy,
  lead: NaiveLead,
  cause: Cause,
  at: number,
  world: World,
  wanted: Num = held(copy, lead).abs(),
  targetAfter: (left: Num) => Num = () => zero,
): AnyRecord[] {
  const has = held(copy, lead);
  const quantity = whole(wanted, world.instruments(lead.instrument).lot);
  if (quantity.eq(0)) return [];
  const side = has.gt(0) ? 'sell' : 'buy';
  const target = targetAfter(side === 'sell' ? has.minus(quantity) : has.plus(quantity));
  copy.ownOrders += 1;
  const orderId = `${copy.copyId}#${cause}-${copy.ownOrders}`;
  const mark = world.marks.get(lead.instrument);
  copy.orders.push({ orderId, orderNo: null, lead, side, quantity, reserved: zero, providerPrice: null, end: null });
  lead.target = target;
  if (cause !== 'sliced_exit' || held(copy, lead).eq(target)) lead.slice = null;
  const terms = {
    causeType: cause,
    causeId: lead.id,
    providerId: copy.providerId,
    orderNo: null,
    instrument: lead.instrument,
    positionSide: lead.positionSide,
    providerPrice: null,
    mark: said(mark ?? zero),
    guard: false,
    leadPositionId: lead.id,
    occurredAt: at,
  };
  const numbers = { quantity: said(quantity), leverage: said(lead.leverage), reserved: '0', target: said(target) };
  const order = {
    accountId: copy.accountId,
    copyId: copy.copyId,
    orderId,
    side,
    reduceOnly: true,
    ...numbers,
  } as const;
  return [{ type: 'CopyOrdersPlaced', terms, placed: [order] }];
}

export function stopping(
  copy: NaiveCopy,
  reason: CopyStopping['reason'],
  how: CopyStopping['subPosCloseType'],
  cause: Cause,
  at: number,
  world: World,
  requestId: string | null = null,
): AnyRecord[] {
  const starting = copy.status === 'starting';
  copy.status = starting ? 'cancelled' : 'stopping';
  copy.stop = how;
  const events: AnyRecord[] = [
    { type: 'CopyStopping', ...idsOf(copy), reason, subPosCloseType: how, occurredAt: at, requestId },
  ];
  // The provider's side is still to answer.
  if (starting) return events;
  if (how === 'market_close') for (const lead of [...copy.leads]) events.push(...closing(copy, lead, cause, at, world));
  if (isFlat(copy, world.instruments)) events.push(...over(copy, at, world));
  return events;
}

/** A copy that is flat and stops: with terms it is measured once and waits for its charge. */
function over(copy: NaiveCopy, at: number, world: World): AnyRecord[] {
  if (copy.fees === null) return [stopped(copy, at, world)];
  if (copy.fees.settling) return [];
  copy.fees.settling = true;
  const money = said(most(books(copy, world.instruments).cash, zero));
  copy.fees.past.push({ kind: 'measured', equity: num(money), at });
  const copies = [{ ...idsOf(copy), equity: money, unrealised: '0', available: money }];
  return [{ type: 'CopiesMeasured', line: null, at, cause: 'stop', copies, marks: [] }];
}

export function stopped(copy: NaiveCopy, at: number, world: World): AnyRecord {
  copy.status = 'stopped';
  const returned = said(most(books(copy, world.instruments).cash, zero));
  copy.leads = [];
  return { type: 'CopyStopped', ...idsOf(copy), returned, occurredAt: at };
}

/** What new marks do to a copy: liquidation, then its loss, then each position's TP and SL or next slice, then left-overs. */
export function onMarks(
  copy: NaiveCopy,
  fresh: ReadonlySet<string>,
  ticks: boolean,
  at: number,
  world: World,
): AnyRecord[] {
  const { quantity, cost, cash } = books(copy, world.instruments);
  const holding = copy.leads.filter((lead) => !(quantity.get(lead) ?? zero).eq(0));
  if (holding.length === 0) return [];
  const concerned = copy.leads.some((lead) => fresh.has(lead.instrument));
  const over = ticks ? leftOver(copy, world) : [];
  if (!concerned && over.length === 0) return [];
  const worth = (lead: NaiveLead): Num => {
    const mark = world.marks.get(lead.instrument);
    const size = world.instruments(lead.instrument).contractSize;
    return mark ? mark.times(quantity.get(lead) ?? zero).times(size) : (cost.get(lead) ?? zero);
  };
  const gain = (lead: NaiveLead): Num => worth(lead).minus(cost.get(lead) ?? zero);
  const needs = (lead: NaiveLead): Num => worth(lead).abs().times('0.005');
  const liquidated = liquidations(copy, holding, { cash, cost, gain, needs }, at, world);
  if (liquidated.length > 0) return liquidated;
  if (copy.status === 'stopping' && copy.stop === 'market_close') return leftOvers(copy, over, at, world);
  if (lossReached(copy, equity(copy, world.marks, world.instruments)))
    return stopping(copy, 'max_loss_reached', 'market_close', 'max_loss', at, world);
  const events = [...copy.leads].flatMap((lead) =>
    fresh.has(lead.instrument)
      ? onePosition(copy, lead, quantity.get(lead) ?? zero, gain(lead), cost.get(lead) ?? zero, at, world)
      : [],
  );
  return events.length > 0 ? events : leftOvers(copy, over, at, world);
}

const leftOvers = (copy: NaiveCopy, leads: readonly NaiveLead[], at: number, world: World): AnyRecord[] =>
  leads.flatMap((lead) => closing(copy, lead, 'late_fill', at, world));

interface Figures {
  readonly cash: Num;
  readonly cost: ReadonlyMap<NaiveLead, Num>;
  readonly gain: (lead: NaiveLead) => Num;
  readonly needs: (lead: NaiveLead) => Num;
}

function liquidations(
  copy: NaiveCopy,
  holding: readonly NaiveLead[],
  figures: Figures,
  at: number,
  world: World,
): AnyRecord[] {
  const { cash, cost, gain, needs } = figures;
  const isolated = holding.filter((lead) => lead.marginMode === 'isolated');
  const cross = holding.filter((lead) => lead.marginMode === 'cross');
  const margin = (lead: NaiveLead): Num => marginOf(lead, cost.get(lead) ?? zero);
  const events: AnyRecord[] = [];
  const give = (leads: readonly NaiveLead[], behind: Num, needed: Num): number => {
    const before = events.length;
    for (const lead of leads) {
      const order = closing(copy, lead, 'liquidation', at, world);
      if (order.length === 0) continue;
      const mark = said(world.marks.get(lead.instrument) ?? zero);
      const said8 = { equity: said(amount(behind)), maintenance: said(amount(needed)) };
      const { id: leadPositionId, instrument } = lead;
      events.push(
        { type: 'PositionLiquidated', ...idsOf(copy), leadPositionId, instrument, mark, ...said8, occurredAt: at },
        ...order,
      );
      if (!lead.over) lead.ended = 'position_liquidated';
    }
    return events.length - before;
  };
  for (const lead of isolated) {
    const behind = margin(lead).plus(gain(lead));
    if (behind.lte(needs(lead))) give([lead], behind, needs(lead));
  }
  const sum = (values: readonly Num[]): Num => values.reduce((total, value) => total.plus(value), zero);
  const behind = cash.minus(sum(isolated.map(margin))).plus(sum(cross.map(gain)));
  const needed = sum(cross.map(needs));
  if (cross.length === 0 || behind.gt(needed)) return events;
  const given = give(cross, behind, needed);
  if (given > 0 && (copy.status === 'active' || copy.status === 'paused'))
    events.push(...stopping(copy, 'liquidated', 'market_close', 'liquidation', at, world));
  return events;
}

function onePosition(
  copy: NaiveCopy,
  lead: NaiveLead,
  quantity: Num,
  gain: Num,
  cost: Num,
  at: number,
  world: World,
): AnyRecord[] {
  const mark = world.marks.get(lead.instrument) ?? zero;
  const trigger = triggered(lead, quantity, mark, gain, cost);
  if (trigger) {
    const order = closing(copy, lead, trigger, at, world);
    if (order.length === 0) return [];
    if (!lead.over) lead.ended = 'closed_by_follower';
    return [
      { type: 'PositionTriggered', ...idsOf(copy), leadPositionId: lead.id, trigger, mark: said(mark), occurredAt: at },
      ...order,
    ];
  }
  if (!lead.slice || inFlight(copy, lead).length > 0) return [];
  const has = held(copy, lead);
  const towards = has.minus(lead.target);
  // Nothing held is nothing to slice: own orders only close.
  if (has.eq(0) || towards.eq(0) || towards.gt(0) !== has.gt(0)) return [];
  const { target } = lead;
  return closing(copy, lead, 'sliced_exit', at, world, least(lead.slice, towards.abs()), () => target);
}

function triggered(
  lead: NaiveLead,
  quantity: Num,
  mark: Num,
  gain: Num,
  cost: Num,
): 'take_profit' | 'stop_loss' | null {
  if (quantity.eq(0) || lead.ended) return null;
  const long = quantity.gt(0);
  if (lead.tpPx || lead.slPx) {
    if (lead.tpPx && (long ? mark.gte(lead.tpPx) : mark.lte(lead.tpPx))) return 'take_profit';
    if (lead.slPx && (long ? mark.lte(lead.slPx) : mark.gte(lead.slPx))) return 'stop_loss';
    return null;
  }
  if (lead.tpRatio && gain.gte(cost.abs().times(lead.tpRatio))) return 'take_profit';
  if (lead.slRatio && gain.lte(cost.abs().times(lead.slRatio).times(-1))) return 'stop_loss';
  return null;
}

/** After ends: left-overs are closed at once; a flat copy is made whole, and stops when it is to. */
export function afterEnds(copy: NaiveCopy, at: number, world: World): AnyRecord[] {
  if (!isFlat(copy, world.instruments)) return leftOvers(copy, leftOver(copy, world), at, world);
  const events: AnyRecord[] = [];
  const { cash } = books(copy, world.instruments);
  if (cash.lt(0)) {
    events.push({ type: 'InsuranceDrawn', ...idsOf(copy), amount: said(cash.neg()), occurredAt: at });
    copy.paidIn = copy.paidIn.minus(cash);
  }
  if (copy.status === 'stopping') events.push(...over(copy, at, world));
  return events;
}
