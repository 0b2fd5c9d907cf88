import type { Random } from '../random.js';
import { instruments, type DemoInstrument } from './instruments.js';

/** What a trader may know of an instrument: prices up to now. */
export interface Quote {
  readonly instrument: DemoInstrument;
  /** Whole ticks. */
  readonly ticks: number;
  readonly price: number;
  /** Exponential averages of the price over about so many minutes. */
  readonly average15: number;
  readonly average60: number;
  readonly average240: number;
  readonly average1440: number;
  /** Deviation of the return per minute, recent. */
  readonly volatility: number;
  /** Return over the last so many minutes, at most 240. */
  change(minutes: number): number;
}

/** Moods of the whole market: drift and scale of the moves per minute. */
const moods = [
  { drift: 0, scale: 0.7 },
  { drift: 0.00001, scale: 0.9 },
  { drift: -0.00001, scale: 1 },
  { drift: -0.00002, scale: 2 },
  { drift: 0.000018, scale: 1.2 },
] as const;
const moodMinutesMean = 1_080;
const commonMove = 0.0005;
const commonJumpMinutes = 4_000;
const ownJumpMinutes = 9_000;
const ownTrendMinutes = 600;
const historyMinutes = 241;
/** The crowd's favourite of the first days: how a beginner gets lucky. */
const favourite = { name: 'DOGEUSDT', minutes: 6 * 1_440, drift: 0.00003 };

/** Ten correlated prices in steps of a minute: moods, trends, jumps with an aftermath, and noise that swings back. */
export class Market {
  readonly quotes: readonly Quote[];
  private readonly series: readonly Series[];
  private mood: (typeof moods)[number] = moods[1];
  private minute = 0;

  constructor(private readonly random: Random) {
    this.series = instruments.map((instrument) => new Series(instrument));
    this.quotes = this.series;
  }

  /** One minute on. */
  move(): void {
    const { random } = this;
    this.minute += 1;
    if (random.chance(1 / moodMinutesMean)) this.mood = random.pick(moods);
    const jump = random.chance(1 / commonJumpMinutes) ? jumpSize(random) : 0;
    const common = this.mood.drift + commonMove * this.mood.scale * random.normal();
    for (const each of this.series) {
      const lucky = each.instrument.name === favourite.name && this.minute < favourite.minutes ? favourite.drift : 0;
      const ownJump = random.chance(1 / ownJumpMinutes) ? jumpSize(random) : 0;
      each.move(random, common + lucky, jump + ownJump, this.mood.scale);
    }
  }
}

/** Between 1.2 % and 4 %, up or down. */
const jumpSize = (random: Random): number => (random.chance(0.5) ? 1 : -1) * (0.012 + 0.028 * random.next());

class Series implements Quote {
  ticks: number;
  price: number;
  average15: number;
  average60: number;
  average240: number;
  average1440: number;
  private variance = 0.0007 * 0.0007;
  /** Price without the noise that swings back. */
  private value: number;
  private noise = 0;
  private trend = 0;
  private aftermath = 0;
  private readonly history: number[] = [];
  private next = 0;
  private readonly tick: number;

  constructor(readonly instrument: DemoInstrument) {
    this.tick = 1 / 10 ** instrument.priceDecimals;
    this.ticks = instrument.startTicks;
    this.price = this.ticks * this.tick;
    this.value = this.price;
    this.average15 = this.average60 = this.average240 = this.average1440 = this.price;
    for (let i = 0; i < historyMinutes; i += 1) this.history.push(this.price);
  }

  get volatility(): number {
    return Math.sqrt(this.variance);
  }

  change(minutes: number): number {
    const before = this.history[(this.next - 1 - minutes + 2 * historyMinutes) % historyMinutes] as number;
    return this.price / before - 1;
  }

  move(random: Random, common: number, jump: number, scale: number): void {
    const { beta, ownMove } = this.instrument;
    if (random.chance(1 / ownTrendMinutes)) this.trend = 0.00003 * random.normal();
    this.aftermath = this.aftermath * 0.96 + jump * 0.02;
    const step = beta * common + ownMove * scale * random.normal() + this.trend + this.aftermath + jump;
    this.value = Math.max(this.value * (1 + step), this.tick * 1_000);
    this.noise = this.noise * 0.95 + 0.0009 * scale * random.normal();
    const before = this.price;
    this.ticks = Math.round((this.value * (1 + this.noise)) / this.tick);
    this.price = this.ticks * this.tick;
    this.learn(before);
  }

  private learn(before: number): void {
    const { price } = this;
    const change = price / before - 1;
    this.variance += (change * change - this.variance) / 60;
    this.average15 += (price - this.average15) / 15;
    this.average60 += (price - this.average60) / 60;
    this.average240 += (price - this.average240) / 240;
    this.average1440 += (price - this.average1440) / 1_440;
    this.history[this.next] = price;
    this.next = (this.next + 1) % historyMinutes;
  }
}
