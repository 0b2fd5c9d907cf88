import type { AnyRecord, AppliedFill, FeeTerms, MarkPrices, ProviderOrder, SourceFill } from '@slipstream/contracts';
import type { Traded } from './naive-copy.js';
import { num, one, quotient, said, sign, zero, type Num } from './numbers.js';
import { NaiveTicks } from './ticks.js';

type Of<T extends AnyRecord['type']> = AnyRecord & { readonly type: T };

type Request = Of<'StopLeading' | 'ChangeProviderTerms' | 'DismissFollower'>;

/** What one fill, or one side of zero of it, did to a position. */
interface Part {
  readonly key: string;
  readonly instrument: string;
  readonly moved: Num;
  readonly price: Num;
  readonly realised: Num;
  readonly fee: Num;
  readonly leadPositionId: string;
  readonly openedByOrderNo: number;
}
interface Standing {
  readonly quantity: Num;
  readonly average: Num;
  readonly lead: Pick<Part, 'leadPositionId' | 'openedByOrderNo'> | null;
}
/** One side of zero of a fill. */
interface Share {
  readonly fill: SourceFill;
  readonly part: AppliedFill['part'];
  readonly quantity: Num;
  readonly fee: Num;
  readonly told: Num | null;
}

/** A provider done the plain way: every fill is kept, positions and equity are worked out anew each time. */
export class NaiveProvider {
  readonly ticks = new NaiveTicks();
  /** By copy id. */
  followers: { readonly accountId: string; readonly copyId: string }[] = [];
  private readonly parts: Part[] = [];
  private readonly flows: Num[] = [];
  private readonly seen = new Set<string>();
  private readonly invited = new Set<string>();
  private readonly turnedAway = new Set<string>();
  private readonly linked = new Set<string>();
  private readonly switches = new Set<string>();
  private application: Of<'RegisterProvider'> | null = null;
  private visibility = 'public';
  private retired = false;
  private blocked = false;
  private period: 'weekly' | 'monthly' = 'weekly';
  private announced: Of<'ProviderTermsAnnounced'> | null = null;
  /** Since they changed for the first time. */
  private terms: FeeTerms | null = null;
  private lastSequence = -1;
  private orders = 0;

  constructor(private readonly instruments: (id: string) => Traded) {}

  /** What it takes of its followers, as a copy that is admitted now is told. */
  feesNow(): Pick<Of<'ConfirmCopy'>, 'fees' | 'announced'> {
    const fees = (said: FeeTerms): FeeTerms => {
      const { feeModel, profitShareRatio, subscriptionPrice, settlementPeriod } = said;
      return { feeModel, profitShareRatio, subscriptionPrice, settlementPeriod };
    };
    const terms = this.terms ?? this.application;
    const { announced } = this;
    return {
      fees: terms && fees(terms),
      announced: announced && { fees: fees(announced), effectiveFrom: announced.effectiveFrom },
    };
  }

  /** The events that a command leads to. */
  give(command: AnyRecord): AnyRecord[] {
    if ('requestId' in command && command.type !== 'SetKillSwitch') {
      if (this.seen.has(String(command.requestId))) return [];
      this.seen.add(String(command.requestId));
    }
    switch (command.type) {
      case 'RegisterProvider':
        this.application = command;
        return [{ ...command, type: 'ProviderRegistered' }];
      case 'RecordProviderFills':
        return this.fills(command);
      case 'RecordProviderFunds':
        return this.funds(command);
      case 'MarkPrices':
        return this.mark(command);
      case 'AddFollower':
        return this.admit(command);
      case 'RemoveFollower': {
        const { type: _, ...told } = command;
        if (!this.followers.some(({ copyId }) => copyId === command.copyId)) return [];
        this.followers = this.followers.filter(({ copyId }) => copyId !== command.copyId);
        return [{ type: 'FollowerRemoved', ...told, afterOrder: this.orders }];
      }
      case 'RecordAum':
        return [{ ...command, type: 'AumRecorded' }];
      case 'SetKillSwitch': {
        const name = `${command.scope} ${command.scope === 'platform' ? '' : command.target}`;
        if (this.switches.has(name) === command.on) return [];
        set(this.switches, name, command.on);
        return [{ ...command, type: 'KillSwitchSet' }];
      }
      default:
        return this.asked(command);
    }
  }

  /** What the provider or an operator asks for. */
  private asked(command: AnyRecord): AnyRecord[] {
    if (this.retired && (command.type === 'StopLeading' || command.type === 'ChangeProviderTerms'))
      return refused(command, 'provider_retired');
    switch (command.type) {
      case 'InviteFollower':
        set(this.invited, command.accountId, command.invited);
        return [{ ...command, type: 'FollowerInvited' }];
      case 'LinkAccount':
        this.linked.add(command.accountId);
        return [{ ...command, type: 'AccountLinked' }];
      case 'StopLeading':
        this.retired = true;
        this.announced = null;
        return [{ ...command, type: 'ProviderRetired' }];
      case 'BlockProvider':
        this.blocked = command.blocked;
        return [{ ...command, type: 'ProviderBlocked' }];
      case 'ChangeProviderVisibility':
        this.visibility = command.visibility;
        return [{ ...command, type: 'ProviderVisibilityChanged' }];
      case 'ChangeProviderTerms':
        this.announced = { ...command, type: 'ProviderTermsAnnounced', effectiveFrom: this.next(command.occurredAt) };
        return [this.announced];
      case 'BlockFollower':
        set(this.turnedAway, command.accountId, command.blocked);
        return [{ ...command, type: 'FollowerBlocked' }, ...(command.blocked ? this.dismissed(command) : [])];
      case 'DismissFollower': {
        const dismissed = this.dismissed(command);
        return dismissed.length > 0 ? dismissed : refused(command, 'follower_unknown');
      }
      default:
        return [];
    }
  }

  private dismissed({ requestId, providerId, accountId, occurredAt }: Of<'BlockFollower' | 'DismissFollower'>) {
    const copy = this.followers.find((follower) => follower.accountId === accountId);
    if (!copy) return [];
    const { copyId } = copy;
    return [{ type: 'FollowerDismissed', requestId, providerId, accountId, copyId, occurredAt } as const];
  }

  /** Start of the period after a moment, by the calendar. */
  private next(at: number): number {
    const date = new Date(at);
    if (this.period === 'monthly') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    const days = (8 - date.getUTCDay()) % 7 || 7;
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + days);
  }

  private mark(fact: MarkPrices): AnyRecord[] {
    const tick = this.ticks.take(fact);
    if (!tick) return [];
    const due = this.announced;
    if (!due || tick.at < due.effectiveFrom) return [tick];
    const { providerId, profitShareRatio, feeModel, subscriptionPrice, settlementPeriod, effectiveFrom } = due;
    this.announced = null;
    this.period = settlementPeriod;
    const terms = { profitShareRatio, feeModel, subscriptionPrice, settlementPeriod };
    this.terms = terms;
    return [tick, { type: 'ProviderTermsChanged', providerId, ...terms, occurredAt: effectiveFrom }];
  }

  private admit(command: Of<'AddFollower'>): AnyRecord[] {
    const { providerId, accountId, copyId, occurredAt } = command;
    const reason = this.unwelcome(accountId);
    if (reason) return [{ type: 'FollowerRefused', providerId, accountId, copyId, reason, occurredAt }];
    this.followers = [...this.followers, { accountId, copyId }].sort((a, b) => (a.copyId < b.copyId ? -1 : 1));
    const joins = command.copyOpenPositions ? this.joins(occurredAt) : [];
    const fromOrder = this.orders + 1;
    return [{ type: 'FollowerAdmitted', providerId, accountId, copyId, fromOrder, joins, occurredAt }];
  }
  private unwelcome(accountId: string): Of<'FollowerRefused'>['reason'] | null {
    if (this.linked.has(accountId)) return 'self_copy';
    if (this.retired) return 'provider_retired';
    if (this.blocked || this.turnedAway.has(accountId)) return 'provider_blocked';
    if (this.visibility === 'private' && !this.invited.has(accountId)) return 'not_invited';
    return this.followers.some((follower) => follower.accountId === accountId) ? 'already_following' : null;
  }

  private joins(at: number): ProviderOrder[] {
    const equity = this.equity();
    const keys = [...new Set(this.parts.map(({ key }) => key))];
    const orders = keys.flatMap((key): ProviderOrder[] => {
      const { quantity, average, lead } = this.standing(key);
      if (!lead) return [];
      const [instrument, positionSide] = key.split('/') as [string, ProviderOrder['positionSide']];
      const price = this.ticks.marks.get(instrument) ?? average;
      const notional = price.times(quantity.abs()).times(this.instruments(instrument).contractSize);
      const numbers = { price: said(price), mark: said(price), quantity: said(quantity.abs()), fraction: '0' };
      return [
        {
          ...{ providerId: this.providerId(), orderNo: lead.openedByOrderNo, effect: 'open' as const },
          ...{ ...lead, providerOrderId: `${lead.leadPositionId}/join`, instrument, positionSide, ...numbers },
          ...{ side: quantity.gt(0) ? ('buy' as const) : ('sell' as const), knownPosition: true },
          ...{ usage: equity.gt(0) ? said(notional.div(equity)) : null, leverage: null, marginMode: null },
          ...{ blocked: this.blockedFor(instrument), occurredAt: at },
        },
      ];
    });
    return orders.sort((a, b) => (a.leadPositionId < b.leadPositionId ? -1 : 1));
  }

  private providerId(): string {
    return this.application?.providerId ?? '';
  }

  /** A position from its first fill on, by average cost to 20 decimals. */
  private standing(key: string): Standing {
    let standing: Standing = { quantity: zero, average: zero, lead: null };
    for (const part of this.parts) {
      if (part.key !== key || part.moved.eq(0)) continue;
      const { quantity, average, lead } = standing;
      const after = quantity.plus(part.moved);
      const { leadPositionId, openedByOrderNo } = part;
      if (quantity.eq(0))
        standing = { quantity: after, average: part.price, lead: { leadPositionId, openedByOrderNo } };
      else if (sign(quantity) === sign(part.moved)) {
        const cost = average.times(quantity).plus(part.price.times(part.moved));
        standing = { quantity: after, average: cost.div(after), lead };
      } else
        standing = after.eq(0) ? { quantity: zero, average: zero, lead: null } : { quantity: after, average, lead };
    }
    return standing;
  }

  /** Starting capital and all that was put in, won and paid, and what is open at the marks. */
  private equity(): Num {
    let equity = this.flows.reduce((sum, flow) => sum.plus(flow), num(this.application?.startingCapital ?? 0));
    for (const { realised, fee } of this.parts) equity = equity.plus(realised).minus(fee);
    for (const key of new Set(this.parts.map((part) => part.key))) {
      const instrument = key.split('/')[0] as string;
      const { quantity, average } = this.standing(key);
      const mark = this.ticks.marks.get(instrument) ?? average;
      const { contractSize } = this.instruments(instrument);
      equity = equity.plus(mark.minus(average).times(quantity).times(contractSize));
    }
    return equity;
  }

  private funds({ providerId, sequence, kind, amount, occurredAt }: Of<'RecordProviderFunds'>): AnyRecord[] {
    this.lastSequence = sequence;
    const before = this.equity();
    const flow =
      kind === 'equity' ? num(amount).minus(before) : kind === 'withdrawal' ? num(amount).neg() : num(amount);
    this.flows.push(flow);
    const equities = { equityBefore: said(before), equityAfter: said(before.plus(flow)) };
    return [{ type: 'ProviderFundsRecorded', providerId, sequence, kind, amount, ...equities, occurredAt }];
  }

  private fills(command: Of<'RecordProviderFills'>): AnyRecord[] {
    const { providerId, fills } = command;
    const last = fills.at(-1) as SourceFill;
    if (last.sequence <= this.lastSequence) {
      const detail = `${fills.length} of ${fills.length} fills have a sequence that is not above the last one taken.`;
      const range = { firstSequence: (fills[0] as SourceFill).sequence, lastSequence: last.sequence };
      const why = { reason: 'sequence_repeated', detail, occurredAt: last.occurredAt } as const;
      return [{ type: 'ProviderFillsRefused', providerId, ...range, ...why }];
    }
    this.lastSequence = last.sequence;
    const net = command.positionSide === 'net';
    const direction = command.side === 'buy' ? one : one.neg();
    const key = `${command.instrument}/${command.positionSide}`;
    // Through zero is two orders, and all fills have one direction: first those that close, then those that open.
    const shares: { readonly opens: boolean; readonly share: Share }[] = [];
    let quantity = this.standing(key).quantity;
    for (const fill of fills) {
      const opposite = !quantity.eq(0) && sign(quantity) !== sign(direction);
      for (const share of opposite && net ? throughZero(fill, quantity.abs()) : [whole(fill)]) {
        const opens = net ? quantity.eq(0) || sign(quantity) === sign(direction) : this.opens(command);
        shares.push({ opens, share });
        const room = opens || share.quantity.lt(quantity.abs()) ? share.quantity : quantity.abs();
        quantity = quantity.plus(direction.times(room));
      }
    }
    const groups = [shares.filter(({ opens }) => !opens), shares.filter(({ opens }) => opens)];
    const both = groups.every((group) => group.length > 0);
    return groups.flatMap((group, index) => {
      if (group.length === 0) return [];
      const leg = both ? ['/close', '/open'][index] : '';
      const id = `${providerId}/${(fills[0] as SourceFill).sequence}${leg ?? ''}`;
      return [
        this.order(
          command,
          key,
          id,
          index === 1,
          group.map(({ share }) => share),
        ),
      ];
    });
  }

  private opens({ side, positionSide }: Of<'RecordProviderFills'>): boolean {
    return (side === 'buy') === (positionSide === 'long');
  }

  private order(
    command: Of<'RecordProviderFills'>,
    key: string,
    providerOrderId: string,
    opens: boolean,
    shares: readonly Share[],
  ): AnyRecord {
    const { providerId, instrument, side, positionSide, leverage, marginMode } = command;
    const { contractSize } = this.instruments(instrument);
    const equityBefore = this.equity();
    const before = this.standing(key);
    const orderNo = (this.orders += 1);
    const openedByOrderNo = opens ? orderNo : 0;
    const lead = before.lead ?? { leadPositionId: `${providerId}/${key}/${openedByOrderNo}`, openedByOrderNo };
    const applied = shares.map((share) => this.apply(command, key, opens, share, lead));
    const after = this.standing(key);
    const quantity = shares.reduce((sum, share) => sum.plus(share.quantity), zero);
    const value = shares.reduce((sum, share) => sum.plus(share.quantity.times(share.fill.price)), zero);
    const usage = equityBefore.gt(0) ? said(value.times(contractSize).div(equityBefore)) : null;
    const taken = before.quantity.abs().minus(after.quantity.abs());
    const closes = after.quantity.eq(0);
    const known = { knownPosition: opens || !before.quantity.eq(0), blocked: opens ? this.blockedFor(instrument) : [] };
    const effect = opens ? (before.quantity.eq(0) ? 'open' : 'increase') : closes ? 'close' : 'reduce';
    const fraction = said(opens ? zero : closes ? one : quotient(taken.div(before.quantity.abs())));
    const price = said(value.div(quantity));
    const last = (shares.at(-1) as Share).fill;
    const mark = said(this.ticks.marks.get(instrument) ?? num(last.price));
    const order: ProviderOrder = {
      ...{ providerId, orderNo, providerOrderId, effect, ...lead, instrument, side, positionSide, price },
      ...{ quantity: said(quantity), fraction, usage, leverage, marginMode, mark, ...known },
      occurredAt: last.occurredAt,
    };
    return {
      type: 'ProviderOrderTaken',
      order,
      fills: applied,
      equityBefore: said(equityBefore),
      positionAfter: said(after.quantity),
      averageCostAfter: closes ? null : said(after.average),
      owed: this.followers.length,
    };
  }

  private apply(
    { instrument, side }: Of<'RecordProviderFills'>,
    key: string,
    opens: boolean,
    { fill, part, quantity, fee, told }: Share,
    lead: Pick<Part, 'leadPositionId' | 'openedByOrderNo'>,
  ): AppliedFill {
    const { contractSize } = this.instruments(instrument);
    const before = this.standing(key);
    const known = before.quantity.abs();
    const moved = opens || quantity.lte(known) ? quantity : known;
    const signed = moved.times(side === 'buy' ? 1 : -1);
    const price = num(fill.price);
    const byAverage = opens ? zero : before.average.minus(price).times(signed).times(contractSize);
    const realised = told ?? byAverage;
    this.parts.push({ key, instrument, moved: signed, price, realised, fee, ...lead });
    const threshold = price.times(quantity).times(contractSize).times('0.001');
    return {
      sequence: fill.sequence,
      part,
      ...{ price: said(price), quantity: said(quantity), fee: said(fee), feeAsset: fill.feeAsset },
      ...{ realisedPnl: said(realised), averageCostPnl: said(byAverage), excess: said(quantity.minus(moved)) },
      pnlDiffers: realised.minus(byAverage).abs().gt(threshold),
      occurredAt: fill.occurredAt,
    };
  }

  private blockedFor(instrument: string): ProviderOrder['blocked'] {
    const off = ['platform ', `provider ${this.providerId()}`, `instrument ${instrument}`];
    const blocked: ProviderOrder['blocked'][number][] = [];
    if (off.some((name) => this.switches.has(name))) blocked.push('kill_switch');
    if (this.blocked || this.retired) blocked.push('provider_blocked');
    return blocked;
  }
}

function refused({ type, requestId, providerId, occurredAt }: Request, reason: string): AnyRecord[] {
  const detail = expect.stringMatching(/^\S.+\.$/) as string;
  return [{ type: 'ProviderCommandRefused', command: type, id: requestId, providerId, reason, detail, occurredAt }];
}

const whole = (fill: SourceFill): Share => ({
  ...{ fill, part: 'whole', quantity: num(fill.quantity), fee: num(fill.fee) },
  told: fill.realisedPnl === null ? null : num(fill.realisedPnl),
});

/** The first side of zero has all of the PnL and its share of the fee. */
function throughZero(fill: SourceFill, closing: Num): Share[] {
  const all = whole(fill);
  if (all.quantity.lte(closing)) return [all];
  const fee = all.fee.times(closing).div(all.quantity);
  const rest = { quantity: all.quantity.minus(closing), fee: all.fee.minus(fee), told: all.told && zero };
  return [
    { ...all, part: 'first', quantity: closing, fee },
    { ...all, part: 'rest', ...rest },
  ];
}

function set(members: Set<string>, name: string, isIn: boolean): void {
  if (isIn) members.add(name);
  else members.delete(name);
}
