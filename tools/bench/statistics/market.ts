import {
  partitionCount,
  partitionOf,
  record,
  type ProviderOrder,
  type ProviderOrderTaken,
} from '@slipstream/contracts';
import {
  decimal,
  defaultInstrument,
  parseFill,
  plainApplication,
  providerFrom,
  takeOrders,
  withOrder,
  type Decimal,
  type ParsedFill,
  type Provider,
} from '@slipstream/domain';
import { Random, units } from './random.ts';

const priceDecimals = 4;
const quantityDecimals = 3;
/** Prices in 10^−4, usual quantities in 10^−3. */
const instruments = {
  'BTC-USDT-SWAP': { price: 600_000_000, quantity: 50 },
  'ETH-USDT-SWAP': { price: 30_000_000, quantity: 1000 },
  'SOL-USDT-SWAP': { price: 1_500_000, quantity: 20_000 },
  'XRP-USDT-SWAP': { price: 20_000, quantity: 1_500_000 },
};
type Instrument = keyof typeof instruments;
export const instrumentNames = Object.keys(instruments) as Instrument[];

/** Fills of an order: 2.2 on the average, as the real fills have (3,848 in 1,748 orders). */
const fillsOfOrders = [1, 1, 3, 3, 3] as const;

/** Someone who trades, as the seed made them. */
export interface Trader {
  readonly providerId: string;
  readonly line: number;
  readonly startingCapital: string;
}

export const lineOf = (providerId: string): number => partitionOf(providerId, partitionCount);

/** Providers that trade at random, one position at a time; the domain's own functions make their orders, as copy-engine would. */
export class Market {
  /** Newest order of a provider. */
  readonly lastOrders = new Map<string, ProviderOrder>();
  /** Copies of a provider that are owed its orders. */
  readonly owed = new Map<string, number>();
  private readonly states = new Map<string, Provider>();
  private readonly random = new Random(7);
  private readonly prices = new Map(instrumentNames.map((name) => [name, instruments[name].price]));
  private sequence = 0;

  add({ providerId, startingCapital }: Trader): void {
    const registered = record('ProviderRegistered', {
      ...plainApplication,
      ...{ requestId: '', providerId, displayName: '', startingCapital, profitShareRatio: '0.1', occurredAt: 0 },
    });
    this.states.set(providerId, providerFrom(registered));
  }

  /** The next order of one or some fills: opens where nothing is held, else closes (half of the time), reduces or adds. */
  order({ providerId }: Trader, occurredAt: number): ProviderOrderTaken {
    const provider = this.states.get(providerId) as Provider;
    const [held] = Object.values(provider.positions);
    const last = held && this.lastOrders.get(providerId);
    const instrument = (held?.instrument as Instrument | undefined) ?? this.random.pick(instrumentNames);
    const positionSide = last?.positionSide ?? this.random.pick(['long', 'short', 'net'] as const);
    const quantity = held?.quantity ?? decimal('0');
    const isLong = held === undefined ? positionSide === 'long' || this.random.chance(0.5) : quantity.gt('0');
    const opensLong = positionSide === 'short' ? false : isLong;
    const what = held === undefined ? 'add' : this.random.pick(['close', 'close', 'reduce', 'add'] as const);
    const side = (what === 'add') === opensLong ? 'buy' : 'sell';
    const price = this.move(instrument);
    const taken = takeOrders(
      provider,
      { instrument, side, positionSide, leverage: String(1 + this.random.below(20)), marginMode: 'cross' },
      this.fills(price, this.quantityOf(what, instrument, quantity), occurredAt),
      { mark: (name) => decimal(this.price(name)), instruments: () => defaultInstrument },
    )[0] as ProviderOrderTaken;
    this.states.set(providerId, withOrder(provider, taken));
    this.lastOrders.set(providerId, taken.order);
    return record('ProviderOrderTaken', { ...taken, owed: this.owed.get(providerId) ?? 0 });
  }

  /** Every instrument's price. */
  marks(): { readonly instrument: string; readonly price: string }[] {
    return instrumentNames.map((instrument) => ({ instrument, price: this.price(instrument) }));
  }

  /** The quantity in equal parts, the rest with the last. */
  private fills(price: string, quantity: string, occurredAt: number): ParsedFill[] {
    const all = decimal(quantity);
    const count = this.random.pick(fillsOfOrders);
    const part = all.div(String(count)).round(quantityDecimals, 'down');
    if (count === 1 || part.eq('0')) return [this.fill(price, quantity, occurredAt)];
    const rest = all.minus(part.times(String(count - 1)));
    return Array.from({ length: count }, (_, i) =>
      this.fill(price, (i === count - 1 ? rest : part).toString(), occurredAt),
    );
  }

  private fill(price: string, quantity: string, occurredAt: number): ParsedFill {
    const fee = decimal(price).times(decimal(quantity)).times('0.0004').round(8).toString();
    const source = { sequence: ++this.sequence, tradeId: null, price, quantity, fee, feeAsset: 'USDT', occurredAt };
    const parsed = parseFill({ ...source, realisedPnl: null });
    if (typeof parsed === 'string') throw new Error(parsed);
    return parsed;
  }

  private quantityOf(what: 'add' | 'close' | 'reduce', instrument: Instrument, held: Decimal): string {
    if (what === 'close') return held.abs().toString();
    if (what === 'reduce') return held.abs().div('2').round(quantityDecimals, 'down').toString();
    return units(instruments[instrument].quantity * (2 + this.random.below(18)), quantityDecimals);
  }

  private move(instrument: Instrument): string {
    const before = this.prices.get(instrument) ?? 1;
    this.prices.set(instrument, Math.max(100, Math.round(before * (1 + (this.random.next() - 0.5) / 500))));
    return this.price(instrument);
  }

  private price(instrument: string): string {
    return units(this.prices.get(instrument as Instrument) ?? 1, priceDecimals);
  }
}
