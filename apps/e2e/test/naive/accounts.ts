import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type CopyOrders,
  type MarkPrices,
  type OrderEnd,
  type ProviderOrder,
} from '@slipstream/contracts';
import { verdict, type World } from './decide.js';
import { afterEnds, closing, onMarks, stopping } from './guards.js';
import { begun, heldBack } from './held-back.js';
import { announce, aum, chargeShares, endCopies, funds, measured, periodBegan } from './measure.js';
import {
  books,
  equity,
  forget,
  held,
  inFlight,
  isFlat,
  optional,
  type NaiveCopy,
  type NaiveLead,
  type Traded,
} from './naive-copy.js';
import { most, num, said, zero, type Num } from './numbers.js';
import { refusalOf, refused, type Request } from './refusals.js';
import { NaiveTicks } from './ticks.js';

type Of<T extends AnyRecord['type']> = AnyRecord & { readonly type: T };

/** One partition of accounts, done the plain way: everything is kept, everything is worked out anew. */
export class NaiveAccounts {
  private readonly wallets = new Map<string, Num>();
  private readonly copies = new Map<string, NaiveCopy>();
  private readonly lines = new Map<number, NaiveTicks>();
  private readonly seen = new Set<string>();
  /** Of the requests of an account. */
  private readonly latestAt = new Map<string, number>();

  constructor(private readonly instruments: (id: string) => Traded) {}

  private line(line: number): NaiveTicks {
    const ticks = this.lines.get(line) ?? new NaiveTicks();
    this.lines.set(line, ticks);
    return ticks;
  }
  private world(line: number): World {
    return { instruments: this.instruments, marks: this.line(line).marks };
  }
  walletOf(accountId: string): Num {
    return this.wallets.get(accountId) ?? zero;
  }

  /** The events that a command leads to; requests that are refused say so and change nothing. */
  give(command: AnyRecord): AnyRecord[] {
    if ('requestId' in command && command.requestId !== null) {
      if (this.seen.has(command.requestId)) return [];
      this.seen.add(command.requestId);
    }
    const events = this.answer(command);
    const granted = !events.some(({ type }) => type === 'CommandRefused');
    if ('requestId' in command && 'accountId' in command && granted)
      this.latestAt.set(command.accountId, command.occurredAt);
    for (const event of events) if (event.type === 'CopyStopped') this.pay(event.accountId, num(event.returned));
    return events;
  }

  private pay(accountId: string, money: Num): void {
    this.wallets.set(accountId, this.walletOf(accountId).plus(money));
  }

  private answer(command: AnyRecord): AnyRecord[] {
    switch (command.type) {
      case 'DepositFunds':
        this.pay(command.accountId, num(command.amount));
        return [{ ...command, type: 'FundsDeposited' }];
      case 'StartCopying':
        return this.start(command);
      case 'ConfirmCopy':
        return this.confirm(command);
      case 'RefuseCopy':
        return this.refuse(command);
      case 'CopyOrders':
        return this.order(command);
      case 'MarkPrices':
        return this.told(command);
      case 'RecordFills':
        return this.ends(command.ends);
      case 'EndCopies':
        return endCopies(command, this.copies, ({ line }) => this.world(line));
      case 'AnnounceFees':
        return announce(command, this.copies);
      case 'ChargeProfitShare':
        return chargeShares(command.charges, this.copies, ({ line }) => this.world(line));
      case 'RestrictCopies':
        return command.copies.flatMap(({ accountId, copyId }): AnyRecord[] => {
          const copy = this.copies.get(copyId);
          const { providerId, reason, restricted, occurredAt } = command;
          if (!copy || copy.restrictions.has(reason) === restricted) return [];
          if (restricted) copy.restrictions.add(reason);
          else copy.restrictions.delete(reason);
          return [{ type: 'CopyRestricted', accountId, copyId, providerId, reason, restricted, occurredAt }];
        });
      default:
        return this.ofCopy(command);
    }
  }

  private start(command: Of<'StartCopying'>): AnyRecord[] {
    const { accountId, providerId, settings, disclaimerVersion, country, ownerId, requestId, occurredAt } = command;
    const started = [...this.copies.values()].filter((copy) => copy.accountId === accountId).length;
    const copyId = `${accountId}~${providerId}~${started + 1}`;
    const total = num(command.copyTotalAmt);
    const same = [...this.copies.values()].find(
      (copy) => copy.accountId === accountId && copy.providerId === providerId && copy.status !== 'stopped',
    );
    if (same) return refused(command, 'already_copying');
    if (this.walletOf(accountId).lt(total)) return refused(command, 'wallet_insufficient');
    this.pay(accountId, total.times(-1));
    const line = partitionOf(providerId, partitionCount);
    const money = { total, paidIn: total, peak: total, lossBase: total };
    const empty = { stop: null, lastOrder: 0, ownOrders: 0, leads: [], orders: [], ended: [] };
    const ids = { accountId, copyId, providerId };
    this.copies.set(copyId, {
      ...ids,
      ...money,
      ...empty,
      line,
      settings,
      status: 'starting',
      restrictions: new Set(),
      fees: null,
    });
    const asked = {
      ...ids,
      requestId,
      copyTotalAmt: command.copyTotalAmt,
      settings,
      disclaimerVersion,
      country,
      ownerId,
    };
    return [{ type: 'CopyRequested', ...asked, occurredAt }];
  }

  private confirm({ copyId, fromOrder, joins, fees, announced }: Of<'ConfirmCopy'>): AnyRecord[] {
    const copy = this.copies.get(copyId);
    if (copy?.status !== 'starting' && copy?.status !== 'cancelled') return [];
    copy.lastOrder = fromOrder - 1;
    const { accountId, providerId } = copy;
    const ids = { accountId, copyId, providerId };
    const copyTotalAmt = said(copy.total);
    const occurredAt = this.latestAt.get(accountId) ?? 0;
    const terms = { fees: null, announced: null };
    const confirmed: AnyRecord = { type: 'CopyConfirmed', ...ids, copyTotalAmt, fromOrder, occurredAt, ...terms };
    if (copy.status === 'cancelled') {
      copy.status = 'stopped';
      return [confirmed, { type: 'CopyStopped', ...ids, returned: copyTotalAmt, occurredAt }];
    }
    copy.status = 'active';
    if (fees !== null) copy.fees = begun(copy.paidIn, fees, announced);
    return [{ ...confirmed, fees, announced }, ...joins.map((order) => this.join(copy, order))];
  }

  /** An open lead position as an open at the current mark, under an id of the copy's own. */
  private join(copy: NaiveCopy, order: ProviderOrder): AnyRecord {
    const told = verdict(copy, order, this.world(copy.line));
    const type = 'OpenPositionJoined';
    if (!('placed' in told)) {
      this.apply(copy, order, told);
      return { type, line: copy.line, order, placed: [], skipped: [told.skipped] };
    }
    copy.ownOrders += 1;
    const placed = { ...told.placed, orderId: `${copy.copyId}#join_open-${copy.ownOrders}` };
    this.apply(copy, order, { placed }, null);
    return { type, line: copy.line, order, placed: [placed], skipped: [] };
  }

  private refuse({ copyId, reason }: Of<'RefuseCopy'>): AnyRecord[] {
    const copy = this.copies.get(copyId);
    if (copy?.status !== 'starting' && copy?.status !== 'cancelled') return [];
    copy.status = 'stopped';
    this.pay(copy.accountId, copy.total);
    const { accountId, providerId } = copy;
    const occurredAt = this.latestAt.get(accountId) ?? 0;
    const copyTotalAmt = said(copy.total);
    return [{ type: 'CopyRefused', accountId, copyId, providerId, copyTotalAmt, reason, occurredAt }];
  }

  private order({ line, order, copies }: CopyOrders): AnyRecord[] {
    const world = this.world(line);
    const decided = { placed: [], skipped: [], missed: [] } as {
      placed: object[];
      skipped: object[];
      missed: object[];
    };
    const after: AnyRecord[] = [];
    for (const { copyId } of copies) {
      const copy = this.copies.get(copyId);
      if (!copy || order.orderNo <= copy.lastOrder) continue;
      const had = copy.leads.some(({ id }) => id === order.leadPositionId);
      const running = copy.status === 'active' || copy.status === 'paused';
      const told = verdict(copy, order, world);
      copy.lastOrder = order.orderNo;
      if ('placed' in told) decided.placed.push(told.placed);
      else decided.skipped.push(told.skipped);
      this.apply(copy, order, told);
      if (order.effect === 'close' && copy.settings.stopCopyOnClose && running && had)
        after.push(
          ...stopping(copy, 'stop_copy_on_close', copy.settings.subPosCloseType, 'stop', order.occurredAt, world),
        );
    }
    if (decided.placed.length + decided.skipped.length === 0) return [];
    return [{ type: 'CopiesDecided', line, order, ...decided } as unknown as AnyRecord, ...after];
  }

  private apply(
    copy: NaiveCopy,
    order: ProviderOrder,
    told: ReturnType<typeof verdict>,
    orderNo: number | null = order.orderNo,
  ): void {
    const known = copy.leads.find(({ id }) => id === order.leadPositionId);
    if ('placed' in told) {
      const { orderId, side, quantity, leverage, reserved, target, reduceOnly } = told.placed;
      const lead = known ?? this.lead(copy, order);
      copy.orders.push({
        orderId,
        orderNo,
        lead,
        side,
        quantity: num(quantity),
        reserved: num(reserved),
        providerPrice: order.price,
        end: null,
      });
      lead.target = num(target);
      if (!reduceOnly) lead.leverage = num(leverage);
      else {
        const left = held(copy, lead).minus(lead.target).abs();
        lead.slice = left.gte(quantity) ? num(quantity) : null;
        if (lead.target.eq(0)) lead.over = true;
      }
      return;
    }
    const { target } = told.skipped;
    if (known && order.effect === 'close') {
      known.over = true;
      known.ended = null;
    }
    if (target === null) {
      if (known) forget(copy, known, this.instruments);
      return;
    }
    const lead = known ?? this.lead(copy, order);
    lead.target = num(target);
    forget(copy, lead, this.instruments);
  }

  private lead(copy: NaiveCopy, order: ProviderOrder): NaiveLead {
    const { settings } = copy;
    const lead: NaiveLead = {
      id: order.leadPositionId,
      instrument: order.instrument,
      positionSide: order.positionSide,
      target: zero,
      leverage: num(10),
      marginMode: settings.marginMode ?? order.marginMode ?? 'cross',
      tpRatio: optional(settings.tpRatio),
      slRatio: optional(settings.slRatio),
      tpPx: null,
      slPx: null,
      slice: null,
      ended: null,
      over: false,
    };
    copy.leads.push(lead);
    return lead;
  }

  private told(fact: MarkPrices): AnyRecord[] {
    const line = fact.line ?? 0;
    const before = this.line(line).tickedAt;
    const tick = this.line(line).take(fact);
    const copies = [...this.copies.values()].filter((copy) => copy.line === line && copy.status !== 'stopped');
    copies.sort((a, b) => (a.copyId < b.copyId ? -1 : 1));
    const events: AnyRecord[] = [];
    const world = this.world(line);
    if (tick) events.push(tick);
    if (tick?.boundary) events.push(...aum(copies, line, tick.at, world));
    if (tick && periodBegan(before, tick.at))
      events.push(...measured(copies, { line, at: tick.at, cause: 'period' }, world));
    const worth = new Map(copies.map((copy) => [copy, equity(copy, world.marks, this.instruments)]));
    const fresh = new Set(fact.marks.map(({ instrument }) => instrument));
    for (const copy of copies) events.push(...onMarks(copy, fresh, tick !== null, fact.at, world));
    // The peak is that of the tick, before what the tick led to.
    if (tick) for (const [copy, now] of worth) copy.peak = most(copy.peak, now);
    return events;
  }

  private ends(ends: readonly OrderEnd[]): AnyRecord[] {
    const told: object[] = [];
    const touched = new Map<NaiveCopy, { at: number; again: boolean }>();
    for (const end of ends) {
      const copy = this.copies.get(end.copyId);
      const order = copy?.orders.find(({ orderId, end: over }) => orderId === end.orderId && over === null);
      if (!copy || !order) continue;
      const filled = num(end.quantity);
      order.end = { filled, price: num(end.price ?? 0), fee: num(end.fee) };
      copy.ended.push(order);
      const { realised } = books(copy, this.instruments);
      const type = filled.eq(0) ? 'CopyRejected' : filled.lt(order.quantity) ? 'CopyPartlyFilled' : 'CopyFilled';
      const { accountId, copyId, orderId, quantity, price, fee, feeAsset, occurredAt } = end;
      told.push({
        ...{ accountId, copyId, orderId, orderNo: order.orderNo, providerId: copy.providerId, type },
        reason: filled.eq(0) ? (end.reason ?? 'venue_rejected') : end.reason,
        ...{ instrument: order.lead.instrument, positionSide: order.lead.positionSide, side: order.side },
        ...{ quantity, price, providerPrice: order.providerPrice, fee, feeAsset },
        ...{ realisedPnl: said(filled.eq(0) ? zero : realised), released: said(order.reserved), occurredAt },
        commission: '0',
      });
      forget(copy, order.lead, this.instruments);
      const again = type !== 'CopyRejected' || order.orderNo !== null;
      touched.set(copy, { at: occurredAt, again: again || (touched.get(copy)?.again ?? false) });
    }
    if (told.length === 0) return [];
    const events: AnyRecord[] = [{ type: 'CopyOrdersEnded', ends: told } as unknown as AnyRecord];
    for (const [copy, { at, again }] of [...touched].sort(([a], [b]) => (a.copyId < b.copyId ? -1 : 1)))
      if (again || isFlat(copy, this.instruments)) events.push(...afterEnds(copy, at, this.world(copy.line)));
    return events;
  }

  /** What a follower asks of a copy. */
  private ofCopy(command: AnyRecord): AnyRecord[] {
    if (!('copyId' in command) || !('requestId' in command)) return [];
    const copy = this.copies.get(command.copyId);
    const reason = copy
      ? refusalOf(
          copy,
          command as Request,
          { ...this.funds(copy), wallet: this.walletOf(copy.accountId) },
          this.instruments,
        )
      : 'copy_unknown';
    if (!copy || reason) return refused(command as Request, reason ?? '');
    const { accountId, copyId, providerId } = copy;
    const ids = { requestId: command.requestId as string, accountId, copyId, providerId };
    const world = this.world(copy.line);
    switch (command.type) {
      case 'ChangeCopySettings':
        copy.settings = command.settings;
        return [{ type: 'CopySettingsChanged', ...ids, settings: command.settings, occurredAt: command.occurredAt }];
      case 'PauseCopying':
        copy.status = 'paused';
        return [{ type: 'CopyPaused', ...ids, occurredAt: command.occurredAt }];
      case 'ResumeCopying':
        copy.status = 'active';
        return [{ type: 'CopyResumed', ...ids, occurredAt: command.occurredAt }];
      case 'AddCopyFunds':
      case 'TakeOutCopyFunds':
        return this.flow(copy, command, ids);
      case 'StopCopying':
        return stopping(
          copy,
          'follower',
          command.subPosCloseType,
          'stop',
          command.occurredAt,
          world,
          command.requestId,
        );
      case 'ClosePosition': {
        const { leadPositionId, fraction, occurredAt } = command;
        const lead = copy.leads.find(({ id }) => id === leadPositionId);
        if (!lead) return [];
        const all = fraction === '1';
        const wanted = held(copy, lead).abs().times(fraction);
        const orders = closing(copy, lead, 'close_by_hand', occurredAt, world, wanted, (left) => (all ? zero : left));
        if (!lead.over) lead.ended = 'closed_by_follower';
        return [{ type: 'PositionCloseRequested', ...ids, leadPositionId, fraction, occurredAt }, ...orders];
      }
      case 'ProtectPosition': {
        const { leadPositionId, tpTriggerPx, slTriggerPx, occurredAt } = command;
        const lead = copy.leads.find(({ id }) => id === leadPositionId);
        if (!lead) return [];
        Object.assign(lead, { tpRatio: null, slRatio: null, tpPx: optional(tpTriggerPx), slPx: optional(slTriggerPx) });
        return [{ type: 'PositionProtected', ...ids, leadPositionId, tpTriggerPx, slTriggerPx, occurredAt }];
      }
      default:
        return [];
    }
  }

  private flow(
    copy: NaiveCopy,
    command: Of<'AddCopyFunds'> | Of<'TakeOutCopyFunds'>,
    ids: { requestId: string; accountId: string; copyId: string; providerId: string },
  ): AnyRecord[] {
    const before = equity(copy, this.world(copy.line).marks, this.instruments);
    const adds = command.type === 'AddCopyFunds';
    const money = adds ? num(command.amount) : num(command.amount).times(-1);
    const profit = most(zero, before.minus(copy.total));
    copy.total = adds ? copy.total.plus(money) : copy.total.minus(most(zero, money.times(-1).minus(profit)));
    copy.paidIn = copy.paidIn.plus(money);
    const after = before.plus(money);
    copy.peak = before.lte(0) ? after : copy.peak.times(after).div(before).round(8, 2);
    copy.lossBase = after;
    copy.fees?.past.push({ kind: 'flow', amount: money, equity: before, due: copy.fees.due });
    this.pay(copy.accountId, money.times(-1));
    const figures = { amount: command.amount, copyTotalAmt: said(copy.total), equityBefore: said(before) };
    const type = adds ? 'CopyFundsAdded' : 'CopyFundsTakenOut';
    return [{ type, ...ids, ...figures, occurredAt: command.occurredAt }];
  }

  /** Money of a copy, as it can be compared: cash, reserved, peak, what slTotalAmt counts from, and the cap of its margin. */
  money(copyId: string): string[] | null {
    const copy = this.copies.get(copyId);
    if (!copy || copy.status === 'stopped') return null;
    const reserved = inFlight(copy).reduce((sum, order) => sum.plus(order.reserved), zero);
    const { cash } = books(copy, this.instruments);
    return [cash, reserved, copy.peak, copy.lossBase, copy.total, this.walletOf(copy.accountId)].map(said);
  }

  /** What a history may ask for at this point: copies as they stand, for the one who writes it. */
  standing(
    copyId: string,
  ): { status: string; leads: readonly { id: string; held: Num }[]; free: Num; equity: Num } | null {
    const copy = this.copies.get(copyId);
    if (!copy) return null;
    const leads = copy.leads.map((lead) => ({ id: lead.id, held: held(copy, lead) }));
    return { status: copy.status, leads, ...this.funds(copy) };
  }

  /** What a follower may take out, and what the copy is worth. */
  private funds(copy: NaiveCopy): { free: Num; equity: Num } {
    const { free, equity: now } = funds(copy, this.world(copy.line));
    return { free: free.minus(copy.fees ? heldBack(copy.fees, now) : zero), equity: now };
  }
}
