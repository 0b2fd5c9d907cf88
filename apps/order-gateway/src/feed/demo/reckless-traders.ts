import type { Quote } from './market.js';
import type { Rule } from './traders.js';

const dayMinutes = 1_440;

/** One-way mode, always in the market: turns through zero whenever the last hours point the other way. */
export const flipper = (): Rule => (screen, desk) => {
  if (screen.minute < 120 || screen.minute % 10 !== 0) return;
  for (const name of ['BNBUSDT', 'LINKUSDT']) {
    const quote = screen.quote(name);
    const held = desk.position(quote, 'net');
    const direction = quote.average60 > quote.average240 ? 1 : -1;
    if (!held || Math.sign(held.lots) !== direction) desk.target(quote, direction * desk.equity * 0.6);
    else if (screen.random.chance(0.01)) desk.target(quote, direction * desk.equity * 0.3);
  }
};

/** Doubles what has lost, takes small gains, never takes a loss; until the margin is gone. */
export const martingale = (): Rule => {
  let last = 0;
  let rounds = 0;
  return (screen, desk) => {
    const quote = screen.quote('SOLUSDT');
    const held = desk.position(quote, 'long');
    if (!held) {
      rounds = 0;
      last = quote.price;
      if (screen.minute % 20 === 0) desk.enter(quote, 'long', desk.equity * 1.5);
    } else if (quote.price > held.cost * 1.007) {
      desk.exit(held);
    } else if (quote.price < last * 0.985 && rounds < 8) {
      last = quote.price;
      rounds += 1;
      desk.enter(quote, 'long', Math.abs(held.lots) * lotSize(quote) * quote.price);
    }
  };
};

/** All on one card, in the direction of the last quarter of an hour, with a great lever. */
export const gambler = (): Rule => {
  let card: { quote: Quote; side: 'long' | 'short' } | null = null;
  return (screen, desk) => {
    const held = card ? desk.position(card.quote, card.side) : undefined;
    if (card && held) {
      const move = card.quote.price / held.cost - 1;
      const gain = card.side === 'long' ? move : -move;
      if (gain > 0.013 || gain < -0.011) desk.exit(held);
    } else if (screen.minute > 15 && screen.random.chance(1 / 150)) {
      const quote = screen.random.pick(screen.quotes);
      card = { quote, side: quote.change(15) > 0 ? 'long' : 'short' };
      desk.enter(quote, card.side, desk.equity * 5);
    }
  };
};

/** In and out all day without a reason that lasts; right half the time, and the fees eat the rest. */
export const overtrader = (): Rule => (screen, desk) => {
  for (const name of ['ADAUSDT', 'XRPUSDT']) {
    const quote = screen.quote(name);
    for (const side of ['long', 'short'] as const) {
      const held = desk.position(quote, side);
      if (held && screen.minute - held.since > 12 && screen.random.chance(0.1)) desk.exit(held);
      if (!held && screen.random.chance(0.006)) desk.enter(quote, side, desk.equity * 0.5);
    }
  }
};

/** Buys what everybody talks about, is lucky for some days, and stops while ahead. */
export const luckyBeginner = (): Rule => (screen, desk) => {
  const quote = screen.quote('DOGEUSDT');
  const held = desk.position(quote, 'long');
  if (screen.minute > 7 * dayMinutes) {
    if (held) desk.exit(held);
    return;
  }
  if (screen.minute % 120 !== 60) return;
  if (held && quote.price > held.cost * 1.05) desk.exit(held);
  else if (desk.notional < desk.equity * 2.2) desk.enter(quote, 'long', desk.equity * 0.6);
};

const lotSize = (quote: Quote): number => 1 / 10 ** quote.instrument.lotDecimals;
