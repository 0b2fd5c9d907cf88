import type { Quote } from './market.js';
import type { Rule } from './traders.js';

const dayMinutes = 1_440;
const sides = ['long', 'short'] as const;

/** How far the price stands from its hourly average, in deviations of an hour. */
const stretch = (quote: Quote): number =>
  (quote.price / quote.average60 - 1) / Math.max(quote.volatility * Math.sqrt(60), 0.0005);

/** Goes with the four-hour average against the daily one, holds while it lasts; five of the large ones. */
export const trendFollower = (): Rule => (screen, desk) => {
  if (screen.minute < dayMinutes / 4 || screen.minute % 15 !== 0) return;
  for (const quote of screen.quotes.slice(0, 5)) {
    const slope = quote.average240 / quote.average1440 - 1;
    for (const side of sides) {
      const along = side === 'long' ? slope : -slope;
      const held = desk.position(quote, side);
      if (!held && along > 0.006) desk.enter(quote, side, desk.equity * 0.4);
      if (held && along < 0) desk.exit(held);
      if (held && along > 0.02 && screen.random.chance(0.02)) {
        desk.exit(held, 0.5);
      }
    }
  }
};

/** Sells what has run away from its hourly average and buys what has fallen from it. */
export const meanReverter = (): Rule => (screen, desk) => {
  if (screen.minute < 60 || screen.minute % 2 !== 0) return;
  for (const quote of screen.quotes.slice(1, 7)) {
    const z = stretch(quote);
    for (const side of sides) {
      const against = side === 'long' ? -z : z;
      const held = desk.position(quote, side);
      if (!held && against > 1.5) desk.enter(quote, side, desk.equity * 0.25);
      if (held && (against < 0.2 || screen.minute - held.since > 240)) desk.exit(held);
    }
  }
};

/** Buys small dips and is out within the quarter of an hour; many small trades. */
export const scalper = (): Rule => (screen, desk) => {
  if (screen.minute < 30) return;
  for (const name of ['SOLUSDT', 'ETHUSDT']) {
    const quote = screen.quote(name);
    const held = desk.position(quote, 'long');
    const dip = quote.price / quote.average15 - 1;
    if (!held && dip < -3 * quote.volatility && screen.random.chance(0.4)) desk.enter(quote, 'long', desk.equity * 0.5);
    if (held) {
      const gain = quote.price / held.cost - 1;
      if (gain > 0.004 || gain < -0.008 || screen.minute - held.since > 30) desk.exit(held);
    }
  }
};

/** Buys each step down and sells each step up, on the price of ETH alone. */
export const gridTrader = (): Rule => {
  const step = 0.006;
  const levelsMax = 12;
  let level: number | null = null;
  let bought = 0;
  return (screen, desk) => {
    const quote = screen.quote('ETHUSDT');
    level ??= quote.price;
    const held = desk.position(quote, 'long');
    if (quote.price < level * (1 - step) && bought < levelsMax) {
      level = quote.price;
      bought += 1;
      desk.enter(quote, 'long', desk.equity * 0.12);
    } else if (quote.price > level * (1 + step)) {
      level = quote.price;
      if (held && bought > 0) desk.exit(held, bought === 1 ? 1 : 1 / bought);
      bought = Math.max(0, bought - 1);
    }
  };
};

/** Buys a little every day or two, sells a part after a strong rise, else holds. */
export const slowHolder = (): Rule => (screen, desk) => {
  if (screen.minute % (dayMinutes / 2) !== 90) return;
  for (const name of ['BTCUSDT', 'ETHUSDT']) {
    const quote = screen.quote(name);
    const held = desk.position(quote, 'long');
    if (held && quote.price > held.cost * 1.06) desk.exit(held, 0.5);
    else if (desk.notional < desk.equity * 0.9 && screen.random.chance(0.5))
      desk.enter(quote, 'long', desk.equity * 0.05);
  }
};

/** Small positions, only with the trend of the day, out early either way. */
export const carefulTrader = (): Rule => (screen, desk) => {
  if (screen.minute < 240 || screen.minute % 5 !== 0) return;
  for (const quote of screen.quotes.slice(0, 4)) {
    const held = desk.position(quote, 'long');
    if (!held && quote.average240 > quote.average1440 * 1.001 && stretch(quote) < -1.2) {
      desk.enter(quote, 'long', desk.equity * 0.08);
    }
    if (held && (quote.price > held.cost * 1.008 || quote.price < held.cost * 0.985)) desk.exit(held);
  }
};

/** Jumps on sudden moves and rides what comes after them for three quarters of an hour. */
export const newsJumper = (): Rule => (screen, desk) => {
  if (screen.minute < 10) return;
  for (const quote of screen.quotes) {
    for (const side of sides) {
      const held = desk.position(quote, side);
      const move = side === 'long' ? quote.change(2) : -quote.change(2);
      if (!held && move > 0.0095 && desk.notional < desk.equity * 3) desk.enter(quote, side, desk.equity * 0.7);
      if (held && screen.minute - held.since >= 45) desk.exit(held);
    }
  }
};
