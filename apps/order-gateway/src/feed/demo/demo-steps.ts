import type { Mark, RecordProviderFills } from '@slipstream/contracts';
import { minuteMs, StepPlan, type Step } from '../plan-steps.js';
import { Random } from '../random.js';
import type { ProviderPlan } from '../seed-followers.js';
import { Desk } from './desk.js';
import { instruments, unitsText } from './instruments.js';
import { Market, type Quote } from './market.js';
import { traders, type Rule, type Trader } from './traders.js';

/** Market time at which the demo begins. */
export const demoStartAt = Date.UTC(2026, 0, 1);
/** Length of a demo that ends. */
export const demoDays = 30;
export const demoInstruments: readonly string[] = instruments.map((each) => each.name);
export const demoProviders: readonly ProviderPlan[] = traders.map(
  ({ providerId, displayName, startingCapital, profitShareRatio }) => ({
    providerId,
    displayName,
    startingCapital,
    profitShareRatio,
  }),
);

/** Which demo. */
export interface DemoOptions {
  readonly id: string;
  readonly seed: string;
  readonly clockStart: number | null;
  /** Null: for ever. */
  readonly days: number | null;
}

/**
 * All steps of the simulated market, from the first. The same seed gives the same steps, byte for byte; a longer demo
 * begins with the shorter one.
 */
export function* simulate(options: DemoOptions): Generator<Step> {
  const plan = new StepPlan(options.id, options.clockStart);
  const market = new Market(new Random(`${options.seed}/market`));
  const desks = traders.map((trader) => new TradingDesk(trader, options.seed));
  yield* plan.open(demoStartAt, marksOf(market));
  const minutes = options.days === null ? Infinity : options.days * 1_440;
  for (let minute = 1; minute <= minutes; minute += 1) {
    const at = demoStartAt + minute * minuteMs;
    market.move();
    yield* plan.observe(at, marksOf(market));
    // The last minute of a demo that ends has no orders: all is marked at its midnight.
    if (minute === minutes) return;
    for (const order of ordersOf(desks, market, minute, at)) yield* plan.order(order);
  }
}

/** The simulation as the feed takes it; lets other work through now and then while it is fast-forwarded. */
export async function* demoSteps(options: DemoOptions): AsyncGenerator<Step> {
  for (const step of simulate(options)) {
    if (step.n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield step;
  }
}

function ordersOf(desks: readonly TradingDesk[], market: Market, minute: number, at: number): RecordProviderFills[] {
  const orders = desks.flatMap((desk) => desk.trade(market, minute, at));
  return orders.sort((a, b) => timeOf(a) - timeOf(b) || (a.providerId < b.providerId ? -1 : 1));
}

const timeOf = (order: RecordProviderFills): number => order.fills.at(-1)?.occurredAt ?? 0;

const marksOf = (market: Market): Mark[] =>
  market.quotes.map(({ instrument, ticks }) => ({
    instrument: instrument.name,
    price: unitsText(ticks, instrument.priceDecimals),
  }));

/** A trader, the desk and what both are at the moment. */
class TradingDesk {
  private readonly rule: Rule;
  private readonly desk: Desk;
  private readonly random: Random;

  constructor(trader: Trader, seed: string) {
    this.rule = trader.begin();
    this.random = new Random(`${seed}/${trader.providerId}`);
    this.desk = new Desk(trader, new Random(`${seed}/${trader.providerId}/venue`));
  }

  trade(market: Market, minute: number, at: number): readonly RecordProviderFills[] {
    const quote = (name: string): Quote => market.quotes.find((each) => each.instrument.name === name) as Quote;
    if (this.desk.begin(minute, at)) {
      this.rule({ quotes: market.quotes, quote, minute, random: this.random }, this.desk);
    }
    return this.desk.orders;
  }
}
