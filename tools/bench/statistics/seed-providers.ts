import {
  decimal,
  figureStats,
  merged,
  netPnl,
  noFigures,
  noReturns,
  overviewOwn,
  periods,
  published,
  returnsOf,
  returnStats,
  risk,
  riskLevel,
  text,
  withReturn,
  type Decimal,
  type Figures,
  type Period,
  type PeriodStats,
  type Returns,
} from '@slipstream/domain';
import {
  moreOf,
  periodRowOf,
  type ProviderDayRow,
  type ProviderMidnightRow,
  type ProviderPeriodRow,
  type ProviderRow,
  type ProviderStatsRow,
} from '@slipstream/read-model';
import { lineOf, type Trader } from './market.ts';
import { units, type Random } from './random.ts';

export const dayMs = 86_400_000;
/** Days a provider has at most. */
const daysKept = 90;
const windowDays = { '7d': 7, '30d': 30, '90d': 90, all: daysKept };
const formulaVersion = 2;

/** All rows of a provider but its lead positions. */
export interface SeededProvider {
  readonly trader: Trader;
  readonly provider: ProviderRow;
  readonly stats: ProviderStatsRow;
  readonly periods: readonly ProviderPeriodRow[];
  readonly midnight: ProviderMidnightRow;
  readonly days: readonly ProviderDayRow[];
}

interface Day {
  readonly return: Decimal;
  readonly figures: Figures;
  readonly returns: Returns;
  readonly equity: number;
}

const firstNames = ['Calm', 'Swift', 'Iron', 'Quiet', 'Golden', 'Lunar', 'Rapid', 'Northern', 'Silent', 'Lucky'];
const lastNames = ['Falcon', 'Harbor', 'Momentum', 'Tiger', 'Compass', 'Delta', 'Anchor', 'Meridian', 'Otter', 'Vega'];

/** A provider with a past of its own up to a midnight; its statistics are made by the domain's functions. */
export function seededProvider(index: number, midnight: number, followers: number, random: Random): SeededProvider {
  const providerId = `39${String(index * 7919 + 100_003).padStart(9, '0')}${String(random.below(1e8)).padStart(8, '0')}`;
  const count = random.chance(0.15) ? 1 + random.below(60) : daysKept;
  const capital = 1000 * (1 + random.below(200));
  const past = pastOf(count, capital, random);
  const registeredAt = midnight - count * dayMs + random.below(dayMs / 2);
  const told = periodsOf(past);
  const failed = random.chance(0.02);
  const row = providerRow(index, providerId, { capital, registeredAt, followers, failed, told, past }, random);
  return {
    trader: { providerId, line: row.line, startingCapital: String(capital) },
    provider: row,
    stats: statsRow(row, told, midnight),
    periods: periods.map((period) => periodRowOf(period, providerId, told[period])),
    midnight: midnightRow(providerId, past, failed, midnight),
    days: past.map((day, at) => dayRow(providerId, dayName(midnight - (count - at) * dayMs), day, followers)),
  };
}

/** As the projector writes them: what is nothing is left out. */
const figuresText = (figures: Figures): string =>
  JSON.stringify(figures, (_, value: unknown) => (value === null || value === 0 || value === '0' ? undefined : value));

const dayName = (at: number): string => new Date(at).toISOString().slice(0, 10);

function pastOf(count: number, capital: number, random: Random): Day[] {
  const [deviation, drift] = [0.004 + random.next() ** 2 * 0.05, random.normal() * 0.002];
  const activity = random.next();
  let returns = noReturns;
  let equity = capital * 100;
  return Array.from({ length: count }, () => {
    const idle = !random.chance(0.3 + 0.7 * activity);
    const rate = Math.max(-0.6, Math.min(1, idle ? 0 : random.normal() * deviation + drift));
    // Quotients have 20 decimals.
    const tail = `${String(random.below(1e6)).padStart(6, '0')}${String(random.below(1e5)).padStart(5, '0')}`;
    const r = decimal(idle ? '0' : `${units(Math.round(rate * 1e9), 9)}${tail}`);
    returns = withReturn(returns, r);
    equity = Math.max(100, Math.round(equity * (1 + rate)));
    return { return: r, figures: idle ? noFigures : figuresOfDay(equity, random), returns, equity };
  });
}

/** Figures of an active day; one in three has no order. */
function figuresOfDay(equity: number, random: Random): Figures {
  if (random.chance(0.35)) return noFigures;
  const orders = 1 + random.below(12);
  const closed = random.below(orders);
  const won = random.below(closed + 1);
  const some = (share: number): Decimal => decimal(units(Math.round(random.next() * equity * share), 2));
  const [profit, loss] = [won > 0 ? some(0.03) : noFigures.profit, closed > won ? some(0.03) : noFigures.loss];
  const long = random.below(closed + 1);
  return {
    ...{
      fills: orders,
      orders,
      grossPnl: profit.minus(loss),
      fees: some(0.001),
      volume: some(5),
      leveragedOrders: orders,
    },
    ...{ peakExposure: decimal(units(random.below(120_000), 4)), leverage: decimal(String(orders * 5)) },
    ...{ peakLeverage: decimal('20'), closedPositions: closed, wonPositions: won, profit, loss },
    worst: closed > 0 ? decimal(units(random.below(2_000_000) - 1_500_000, 7)) : null,
    ...{ closedCost: closed > 0 ? some(2) : noFigures.closedCost, holdingMs: closed * random.below(dayMs) },
    ...{ longPositions: long, longNetPnl: profit, shortNetPnl: loss.neg() },
  };
}

const baseOf = (days: readonly Day[]): Figures => days.reduce((sum, { figures }) => merged(sum, figures), noFigures);

function periodsOf(past: readonly Day[]): Record<Period, PeriodStats> {
  const statsOf = (period: Period): PeriodStats => {
    const days = past.slice(-windowDays[period]);
    return { ...figureStats(baseOf(days)), ...returnStats(returnsOf(days.map((day) => day.return))) };
  };
  return Object.fromEntries(periods.map((period) => [period, statsOf(period)])) as Record<Period, PeriodStats>;
}

interface Facts {
  readonly capital: number;
  readonly registeredAt: number;
  readonly followers: number;
  readonly failed: boolean;
  readonly told: Record<Period, PeriodStats>;
  readonly past: readonly Day[];
}

function providerRow(index: number, providerId: string, facts: Facts, random: Random): ProviderRow {
  const { told, past } = facts;
  const ratio = (value: string | null): Decimal | null => (value === null ? null : decimal(value));
  const { days, volatility } = told['30d'];
  const drawdown90d = ratio(told['90d'].maxDrawdown);
  const level = risk({
    ...{ days: past.length, volatility30d: days === 0 ? null : ratio(volatility), drawdown90d },
    peakExposure90d: ratio(told['90d'].peakExposure),
  });
  const own = { roi90d: ratio(told['90d'].roi), sharpe90d: ratio(told['90d'].sharpe), drawdown90d };
  const [retired, blocked, failed] = [random.chance(0.03), random.chance(0.02), facts.failed];
  const [tradedSpot, tradedFutures] = random.pick([
    [true, true],
    [true, false],
    [false, true],
    [false, true],
    [false, false],
  ]);
  return {
    ...{ providerId, line: lineOf(providerId), startingCapital: String(facts.capital), feeModel: 'profit_share' },
    displayName: `${random.pick(firstNames)} ${random.pick(lastNames)} ${index}`,
    ...{ profitShareRatio: units(5 + random.below(25), 2), subscriptionPrice: null, level: random.below(4) },
    ...{ visibility: random.chance(0.05) ? 'private' : 'public', retired, blocked, tradedSpot, tradedFutures },
    ...{ followers: facts.followers, status: retired ? 'retired' : blocked ? 'blocked' : failed ? 'failed' : 'active' },
    strategy: tradedSpot && tradedFutures ? 'mixed' : tradedFutures ? 'futures' : tradedSpot ? 'spot' : null,
    ranked: past.length >= 7 && told.all.totalTrades >= 5,
    ...{ risk: level, riskLevel: riskLevel(level), overviewOwn: text(overviewOwn({ days: past.length, ...own })) },
    registeredAt: facts.registeredAt,
  };
}

function statsRow(
  { providerId, line }: ProviderRow,
  told: Record<Period, PeriodStats>,
  midnight: number,
): ProviderStatsRow {
  const { all } = told;
  const { fills, orders, grossPnl, fees, totalPnl, totalTrades, wonTrades, winRate, roi, maxDrawdown } = all;
  return {
    ...{ providerId, asOf: midnight, logPartition: line, logOffset: -1, formulaVersion, hash: '0'.repeat(64) },
    ...{ fills, orders, owed: 0, grossPnl, fees, netPnl: totalPnl, funds: '0', closedPositions: totalTrades },
    ...{
      wonPositions: wonTrades,
      winRate,
      roiAll: roi,
      maxDrawdown,
      runningDay: figuresText(noFigures),
      more: moreOf(told),
    },
    ...{ dayFlows: '0', dayJoined: 0, dayLeft: 0 },
  };
}

function midnightRow(providerId: string, past: readonly Day[], failed: boolean, midnight: number): ProviderMidnightRow {
  const base = (period: Period): string => figuresText(baseOf(past.slice(-windowDays[period])));
  const curve = past.slice(-60).map(({ returns }) => text(returns.growth.times('10000').round(2)));
  const { returns, equity, return: lastReturn } = past.at(-1) as Day;
  const { days, sum, squares, downside, growth, peak, drawdown, profitDays, lossDays } = returns;
  return {
    ...{ providerId, base7d: base('7d'), base30d: base('30d'), base90d: base('90d'), baseAll: base('all') },
    ...{ sparkline: JSON.stringify(curve), endedSeries: '[]', seriesFrom: dayName(midnight - past.length * dayMs) },
    ...{ seriesDays: days, seriesSum: text(sum), seriesSquares: text(squares), seriesDownside: text(downside) },
    ...{ seriesGrowth: text(growth), seriesPeak: text(peak), seriesDrawdown: text(drawdown) },
    ...{ seriesProfitDays: profitDays, seriesLossDays: lossDays, seriesEquityPlus: units(equity, 2) },
    ...{ seriesDayFactor: '1', seriesLastReturn: text(lastReturn), seriesEnded: failed, seriesBoundary: midnight },
  };
}

function dayRow(providerId: string, day: string, { figures, returns, ...of }: Day, followers: number): ProviderDayRow {
  return {
    ...{ providerId, day, equity: units(of.equity, 2), flows: '0', return: text(of.return) },
    ...{ growth: text(returns.growth), drawdown: published(returns.growth.div(returns.peak).minus('1')) },
    ...{ netPnl: text(netPnl(figures)), followers, joined: 0, went: 0, aum: null, figures: figuresText(figures) },
  };
}
