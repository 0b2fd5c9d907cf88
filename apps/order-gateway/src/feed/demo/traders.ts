import type { Random } from '../random.js';
import type { ProviderPlan } from '../seed-followers.js';
import type { Desk, DeskSetup } from './desk.js';
import * as good from './steady-traders.js';
import * as bad from './reckless-traders.js';
import type { Quote } from './market.js';

/** What a trader looks at each minute; prices up to now, never later ones. */
export interface Screen {
  readonly quotes: readonly Quote[];
  quote(name: string): Quote;
  readonly minute: number;
  readonly random: Random;
}

/** A trader's rule: looks at the screen and tells the desk. What it remembers lies in its closure. */
export type Rule = (screen: Screen, desk: Desk) => void;

/** A provider of the demo. */
export interface Trader extends DeskSetup, ProviderPlan {
  /** A fresh start of its rule. */
  readonly begin: () => Rule;
}

const trader = (
  providerId: string,
  displayName: string,
  startingCapital: string,
  profitShareRatio: string,
  leverage: string,
  begin: () => Rule,
  more: Partial<DeskSetup> = {},
): Trader => ({
  providerId,
  displayName,
  startingCapital,
  profitShareRatio,
  leverage,
  begin,
  marginMode: 'cross',
  reportsPnl: true,
  ...more,
});

/** The dozen, good and bad. */
export const traders: readonly Trader[] = [
  trader('trend-follower', 'Long Wave', '50000', '0.1', '5', good.trendFollower),
  trader('mean-reverter', 'Pendulum', '30000', '0.12', '5', good.meanReverter),
  trader('scalper', 'Quick Quinn', '20000', '0.15', '10', good.scalper, { reportsPnl: false }),
  trader('grid', 'Gridline', '25000', '0.1', '5', good.gridTrader),
  trader('slow-holder', 'Buy & Bess', '100000', '0.05', '2', good.slowHolder, { reportsPnl: false }),
  trader('careful', 'Steady Stella', '40000', '0.08', '3', good.carefulTrader),
  trader('news-jumper', 'Headline Hana', '15000', '0.15', '10', good.newsJumper),
  trader('flipper', 'Flip Farid', '10000', '0.1', '4', bad.flipper, { reportsPnl: false }),
  trader('martingale', 'Double Down Dan', '10000', '0.2', '25', bad.martingale),
  trader('gambler', 'Lever Larry', '5000', '0.3', '20', bad.gambler, { marginMode: 'isolated' }),
  trader('overtrader', 'Busy Bo', '10000', '0.1', '10', bad.overtrader),
  trader('lucky-beginner', 'Lucky Lou', '2000', '0.3', '5', bad.luckyBeginner, { reportsPnl: false }),
];
