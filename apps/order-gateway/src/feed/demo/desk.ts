import { record, type RecordProviderFills, type SourceFill } from '@slipstream/contracts';
import { decimal, min, roundAmount, text, zero, type Decimal } from '@slipstream/domain';
import type { Random } from '../random.js';
import { unitsText, type DemoInstrument } from './instruments.js';
import type { Quote } from './market.js';

type PositionSide = RecordProviderFills['positionSide'];

/** How a provider's account is set up. */
export interface DeskSetup {
  readonly providerId: string;
  readonly startingCapital: string;
  readonly leverage: string;
  readonly marginMode: 'cross' | 'isolated';
  /** False: its fills come without realised PnL, and average cost counts. */
  readonly reportsPnl: boolean;
}

/** A position of the desk. */
export interface DeskPosition {
  readonly quote: Quote;
  readonly positionSide: PositionSide;
  /** Signed: short is negative. */
  readonly lots: number;
  readonly averageCost: Decimal;
  /** Average cost as a number, for the trader's own rules. */
  readonly cost: number;
  /** Minute of the first fill. */
  readonly since: number;
}

const feeRate = decimal('0.0005');
/** Below this share of its notional an account is liquidated. */
const maintenanceShare = 0.02;
const ruinedShare = 0.03;

/**
 * A provider's trading desk at the simulated venue: takes market orders at the price of the minute, keeps positions and
 * equity. Money on the wire is exact; the numbers beside it serve the trader's decisions only.
 */
export class Desk {
  /** Orders of this minute. */
  orders: RecordProviderFills[] = [];
  minute = 0;
  private timeMs = 0;
  private sequence = 0;
  private orderCount = 0;
  private cash: number;
  private readonly positions = new Map<string, DeskPosition>();
  private ruined = false;

  constructor(
    private readonly setup: DeskSetup,
    private readonly random: Random,
  ) {
    this.cash = Number(setup.startingCapital);
  }

  /** Starts a minute; false when the account is ruined and trades no more. */
  begin(minute: number, timeMs: number): boolean {
    this.minute = minute;
    this.timeMs = timeMs + 300 + this.random.below(40_000);
    this.orders = [];
    if (this.ruined) return false;
    const equity = this.equity;
    if (this.positions.size > 0 && equity < this.notional * maintenanceShare) this.closeAll();
    this.ruined = equity < Number(this.setup.startingCapital) * ruinedShare && this.positions.size === 0;
    return !this.ruined && this.orders.length === 0;
  }

  get equity(): number {
    let equity = this.cash;
    for (const each of this.positions.values()) {
      equity += (each.quote.price - each.cost) * quantityOf(each.lots, each.quote.instrument);
    }
    return equity;
  }

  /** Σ |position| at the price of the minute. */
  get notional(): number {
    let sum = 0;
    for (const { quote, lots } of this.positions.values()) {
      sum += Math.abs(quantityOf(lots, quote.instrument)) * quote.price;
    }
    return sum;
  }

  position(quote: Quote, positionSide: PositionSide): DeskPosition | undefined {
    return this.positions.get(keyOf(quote, positionSide));
  }

  /** Opens or increases a hedge-mode position by about so much money. */
  enter(quote: Quote, positionSide: 'long' | 'short', notional: number): void {
    const lots = lotsFor(quote, Math.min(notional, this.equity * 25));
    if (lots > 0) this.trade(quote, positionSide, positionSide === 'long' ? lots : -lots);
  }

  /** Reduces a hedge-mode position by a share of it; 1 closes. */
  exit(position: DeskPosition, share = 1): void {
    const lots = share === 1 ? position.lots : Math.trunc(position.lots * share);
    if (lots !== 0) this.trade(position.quote, position.positionSide, -lots);
  }

  /** One-way mode: brings the position to about so much money, negative for short; through zero in one order. */
  target(quote: Quote, notional: number): void {
    const wanted = Math.sign(notional) * lotsFor(quote, Math.abs(notional));
    const held = this.position(quote, 'net')?.lots ?? 0;
    if (wanted !== held) this.trade(quote, 'net', wanted - held);
  }

  private closeAll(): void {
    for (const each of [...this.positions.values()]) this.exit(each);
  }

  private trade(quote: Quote, positionSide: PositionSide, lots: number): void {
    const side = lots > 0 ? 'buy' : 'sell';
    this.orderCount += 1;
    this.timeMs += 200 + this.random.below(2_000);
    const fills: SourceFill[] = [];
    for (const part of this.parts(Math.abs(lots))) {
      const away = this.random.below(3) + fills.length;
      const ticks = quote.ticks + (side === 'buy' ? away : -away);
      fills.push(this.fill(quote, positionSide, side === 'buy' ? part : -part, ticks));
    }
    const { providerId, leverage, marginMode } = this.setup;
    this.orders.push(
      record('RecordProviderFills', {
        providerId,
        clientOrderId: null,
        venueOrderId: `${providerId}-${this.orderCount}`,
        instrument: quote.instrument.name,
        side,
        positionSide,
        leverage,
        marginMode,
        fills,
      }),
    );
  }

  /** One order in five is filled in up to four parts. */
  private parts(lots: number): number[] {
    const count = this.random.chance(0.2) ? Math.min(lots, 2 + this.random.below(3)) : 1;
    const parts: number[] = [];
    for (let left = lots, i = count; i > 0; i -= 1) {
      const part = i === 1 ? left : 1 + this.random.below(Math.max(1, left - i));
      parts.push(part);
      left -= part;
    }
    return parts;
  }

  private fill(quote: Quote, positionSide: PositionSide, lots: number, ticks: number): SourceFill {
    const { instrument } = quote;
    this.sequence += 1;
    this.timeMs += this.random.below(150);
    const price = unitsText(ticks, instrument.priceDecimals);
    const quantity = unitsText(Math.abs(lots), instrument.lotDecimals);
    const fee = roundAmount(decimal(price).times(decimal(quantity)).times(feeRate));
    const realised = this.apply(quote, positionSide, lots, decimal(price));
    this.cash += Number(text(realised ?? zero)) - Number(text(fee));
    return {
      sequence: this.sequence,
      tradeId: `${this.setup.providerId}-${this.sequence}`,
      price,
      quantity,
      fee: text(fee),
      feeAsset: 'USDT',
      realisedPnl: this.setup.reportsPnl ? text(realised ?? zero) : null,
      occurredAt: this.timeMs,
    };
  }

  /** @returns realised PnL by average cost, null when nothing was reduced */
  private apply(quote: Quote, positionSide: PositionSide, lots: number, price: Decimal): Decimal | null {
    const key = keyOf(quote, positionSide);
    const held = this.positions.get(key);
    const before = held?.lots ?? 0;
    const after = before + lots;
    const reduces = before !== 0 && Math.sign(before) !== Math.sign(lots);
    const { averageCost, since } =
      held && Math.sign(after) === Math.sign(before)
        ? { averageCost: reduces ? held.averageCost : mean(held, lots, price), since: held.since }
        : { averageCost: price, since: this.minute };
    if (after === 0) this.positions.delete(key);
    else {
      const cost = Number(text(averageCost));
      this.positions.set(key, { quote, positionSide, lots: after, averageCost, cost, since });
    }
    if (!held || !reduces) return null;
    const closed = min(exactQuantity(lots, quote.instrument).abs(), exactQuantity(before, quote.instrument).abs());
    const gain = before > 0 ? price.minus(held.averageCost) : held.averageCost.minus(price);
    return roundAmount(gain.times(closed));
  }
}

const keyOf = (quote: Quote, positionSide: PositionSide): string => `${quote.instrument.name}/${positionSide}`;
const quantityOf = (lots: number, instrument: DemoInstrument): number => lots / 10 ** instrument.lotDecimals;
const exactQuantity = (lots: number, instrument: DemoInstrument): Decimal =>
  decimal(unitsText(lots, instrument.lotDecimals));
const lotsFor = (quote: Quote, notional: number): number =>
  Math.max(0, Math.floor((notional / quote.price) * 10 ** quote.instrument.lotDecimals));

function mean(held: DeskPosition, lots: number, price: Decimal): Decimal {
  const old = exactQuantity(held.lots, held.quote.instrument);
  const added = exactQuantity(lots, held.quote.instrument);
  return held.averageCost.times(old).plus(price.times(added)).div(old.plus(added));
}
