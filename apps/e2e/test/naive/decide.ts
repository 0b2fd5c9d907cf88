import type { CopyPlaced, CopySkipped, ProviderOrder } from '@slipstream/contracts';
import {
  books,
  equity,
  held,
  inFlight,
  marginInUse,
  optional,
  type NaiveCopy,
  type NaiveLead,
  type Traded,
} from './naive-copy.js';
import { amount, least, num, one, quotient, said, sign, whole, zero, type Num } from './numbers.js';

/** What the twin knows besides the copy. */
export interface World {
  readonly instruments: (id: string) => Traded;
  readonly marks: ReadonlyMap<string, Num>;
}

export type Verdict = { readonly placed: CopyPlaced } | { readonly skipped: CopySkipped };

const leverageMax = num(50);
const standing = [
  'kill_switch',
  'self_copy',
  'copy_of_copy',
  'jurisdiction_blocked',
  'instrument_blocked',
  'instrument_illiquid',
  'provider_blocked',
] as const;

/** The one decision on an order, read off the rules from top to bottom. */
export function verdict(copy: NaiveCopy, order: ProviderOrder, world: World): Verdict {
  const skip = (reason: CopySkipped['reason'], target: Num | null = null): Verdict => ({
    skipped: { accountId: copy.accountId, copyId: copy.copyId, reason, target: target && said(target) },
  });
  const opens = order.effect === 'open' || order.effect === 'increase';
  if (copy.status === 'starting' || copy.status === 'cancelled') return skip('record_unreadable');
  if (copy.status === 'stopped') return skip('copy_stopped');
  if (copy.status === 'stopping' && (opens || copy.stop !== 'copy_close')) return skip('copy_stopping');
  const lead = copy.leads.find(({ id }) => id === order.leadPositionId);
  if (!opens) return reduce(copy, order, world, lead, skip);
  if (lead?.ended) return skip(lead.ended);
  if (copy.status === 'paused') return skip('copy_paused');
  const reasons = new Set<string>([...order.blocked, ...copy.restrictions]);
  if (copy.settings.copyInstIdType === 'custom' && !copy.settings.instIds.includes(order.instrument))
    reasons.add('instrument_blocked');
  const first = standing.find((reason) => reasons.has(reason));
  if (first) return skip(first);
  if (order.usage === null) return skip('provider_equity');
  const { contractSize } = world.instruments(order.instrument);
  const notional = num(order.price).times(order.quantity).times(contractSize);
  if (copy.settings.mode === 'fixed_amount' && notional.lt(5)) return skip('dust_order');
  if (order.effect === 'increase' && !lead) return skip('joined_after_open');
  return open(copy, order, world, lead, skip);
}

type Skip = (reason: CopySkipped['reason'], target?: Num | null) => Verdict;

function reduce(copy: NaiveCopy, order: ProviderOrder, world: World, lead: NaiveLead | undefined, skip: Skip): Verdict {
  if (!order.knownPosition) return skip('unknown_position');
  if (!lead) return skip('nothing_to_close');
  const kept = one.minus(order.fraction);
  const target = kept.eq(0) ? zero : quotient(lead.target.times(kept));
  const has = held(copy, lead);
  if (has.eq(0)) return skip('nothing_to_close', target);
  if (lead.ended) return skip(lead.ended);
  const { lot } = world.instruments(order.instrument);
  const towards = has.minus(target);
  const all = sign(towards) === sign(has) ? whole(towards.abs(), lot) : zero;
  if (all.eq(0)) return skip('below_lot', target);
  const away = num(order.price).times('0.02');
  const collared =
    order.side === 'sell'
      ? num(order.mark).lt(num(order.price).minus(away))
      : num(order.mark).gt(num(order.price).plus(away));
  const quarter = all.div(4);
  const slice = whole(quarter, lot).lt(quarter) ? whole(quarter, lot).plus(lot) : quarter;
  const side = has.gt(0) ? 'sell' : 'buy';
  return placed(copy, order, side, collared ? least(slice, all) : all, lead.leverage, zero, target);
}

function placed(
  copy: NaiveCopy,
  order: ProviderOrder,
  side: 'buy' | 'sell',
  quantity: Num,
  leverage: Num,
  reserved: Num,
  target: Num,
): Verdict {
  const ids = { accountId: copy.accountId, copyId: copy.copyId, orderId: `${copy.copyId}#${order.orderNo}` };
  const reduceOnly = order.effect === 'reduce' || order.effect === 'close';
  const numbers = {
    quantity: said(quantity),
    leverage: said(leverage),
    reserved: said(reserved),
    target: said(target),
  };
  return { placed: { ...ids, side, reduceOnly, ...numbers } };
}

function open(copy: NaiveCopy, order: ProviderOrder, world: World, lead: NaiveLead | undefined, skip: Skip): Verdict {
  const { settings } = copy;
  const { lot, minimumNotional, contractSize } = world.instruments(order.instrument);
  const unit = num(order.price).times(contractSize);
  const E = equity(copy, world.marks, world.instruments);
  if (lossReached(copy, E)) return skip('max_loss_reached');
  const running = copy.leads.filter((one) => !held(copy, one).eq(0)).length;
  if (settings.maxOpenTrades !== null && order.effect === 'open' && running >= settings.maxOpenTrades)
    return skip('max_open_trades');
  const has = lead ? held(copy, lead) : zero;
  const own = settings.leverageMode === 'own' ? optional(settings.leverage) : null;
  const leverage = lead && !has.eq(0) ? lead.leverage : least(own ?? num(order.leverage ?? 10), leverageMax);
  const direction = order.side === 'buy' ? one : one.neg();
  const target = (lead?.target ?? zero).plus(direction.times(sizeOf(copy, order, unit, E, lot)));
  const missing = target.minus(has);
  const wanted = sign(missing) === sign(direction) ? whole(missing.abs(), lot) : zero;
  if (wanted.eq(0) && E.gt(0)) return skip('below_lot', target);
  const perUnit = unit.div(leverage).plus(unit.times('0.0005'));
  const limited = limit(copy, order, world, wanted, { unit, perUnit, E, lot });
  if (typeof limited === 'string') return skip(limited);
  if (limited.times(unit).lt(minimumNotional)) return skip('below_minimum', target);
  const after = limited.eq(wanted) ? target : has.plus(direction.times(limited));
  return placed(copy, order, order.side, limited, leverage, amount(limited.times(perUnit)), after);
}

/** By mode, exact to 20 decimals; a quotient that was rounded must not cost a lot. */
function sizeOf({ settings }: NaiveCopy, order: ProviderOrder, unit: Num, E: Num, lot: Num): Num {
  if (settings.mode === 'ratio_copy') return quotient(num(order.quantity).times(settings.copyRatio ?? 0));
  const usage = num(order.usage ?? 0);
  const fits = (size: Num, money: Num): Num => {
    const exact = quotient(size);
    const next = whole(exact, lot).plus(lot);
    const within = next.minus(exact).lte(lot.times('0.001'));
    return within && next.times(unit).lte(money) ? next : exact;
  };
  if (settings.mode === 'fixed_amount')
    return fits(num(settings.copyAmt ?? 0).times(one.div(unit)), num(settings.copyAmt ?? 0));
  if (E.lte(0)) return zero;
  const size = E.times(usage.div(unit));
  if (settings.mode === 'proportional') return fits(size, E.times(usage));
  return fits(size.times(settings.multiplier ?? 0), E.times(usage).times(settings.multiplier ?? 0));
}

function limit(
  copy: NaiveCopy,
  order: ProviderOrder,
  world: World,
  wanted: Num,
  { unit, perUnit, E, lot }: { readonly unit: Num; readonly perUnit: Num; readonly E: Num; readonly lot: Num },
): Num | 'max_per_symbol' | 'max_per_trade' | 'insufficient_balance' {
  const { settings } = copy;
  const shrinks = settings.overLimit === 'shrink';
  let quantity = wanted;
  if (settings.maxHoldSize !== null) {
    const ofInstrument = copy.leads.filter(({ instrument }) => instrument === order.instrument);
    const holds = ofInstrument.map((lead) => held(copy, lead).abs()).reduce((sum, one) => sum.plus(one), zero);
    const cut = shrink(quantity, unit, num(settings.maxHoldSize).minus(holds.times(unit)), lot, shrinks);
    if (!cut) return 'max_per_symbol';
    quantity = cut;
  }
  if (settings.maxPerTrade !== null) {
    const cut = shrink(quantity, unit, num(settings.maxPerTrade).times(E), lot, shrinks);
    if (!cut) return 'max_per_trade';
    quantity = cut;
  }
  if (quantity.eq(0)) return 'insufficient_balance';
  const free = least(copy.total, E).minus(marginInUse(copy, world.instruments));
  return shrink(quantity, perUnit, free, lot, settings.allowPartial) ?? 'insufficient_balance';
}

/** As many lots as fit the room, null when none may or does. */
function shrink(quantity: Num, each: Num, room: Num, lot: Num, may: boolean): Num | null {
  if (quantity.times(each).lte(room)) return quantity;
  if (!may || room.lte(0)) return null;
  let fits = whole(room.div(each), lot);
  if (fits.times(each).gt(room)) fits = fits.minus(lot);
  return fits.gt(0) ? fits : null;
}

export function lossReached(copy: NaiveCopy, E: Num): boolean {
  const { maxLoss, slTotalAmt } = copy.settings;
  if (maxLoss !== null && E.lte(copy.peak.times(one.minus(maxLoss)))) return true;
  return slTotalAmt !== null && copy.lossBase.minus(E).gte(slTotalAmt);
}

/** What is left over of a lead position that should be nothing, with no slice to come and nothing under way. */
export function leftOver(copy: NaiveCopy, world: World): NaiveLead[] {
  const { quantity } = books(copy, world.instruments);
  return copy.leads.filter(
    (lead) =>
      lead.target.eq(0) &&
      lead.slice === null &&
      !(quantity.get(lead) ?? zero).eq(0) &&
      inFlight(copy, lead).length === 0,
  );
}
