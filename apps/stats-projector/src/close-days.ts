import type { MarketTicked } from '@slipstream/contracts';
import {
  afterDay,
  daysOf,
  decimal,
  equity,
  merged,
  netPnl,
  noFigures,
  published,
  returnsOf,
  returnStats,
  roundTo,
  seriesFrom,
  text,
  unrealisedSum,
  zero,
  type Decimal,
  type Figures,
} from '@slipstream/domain';
import type { PoolClient } from 'pg';
import { withNewSeries } from './count-funds.js';
import { figuresText, idleText, parseFigures } from './figures-text.js';
import { dayOf, daysBefore, setProvider, type Line, type LineChanges, type Provider, type Window } from './line.js';

const dayMs = 86_400_000;
const sparklinePoints = 60;
const providersPerRead = 300;
const hypothetical = decimal('10000');

/** Closes the day of every provider of the line at a boundary; the rows of the days are to be written before `rollWindows`. */
export function closeDays(line: Line, tick: MarketTicked, offset: number, changes: LineChanges): Provider[] {
  return [...line.providers.values()].flatMap((provider) => {
    const { row, seriesBoundary } = provider;
    if (tick.at <= row.registeredAt || (seriesBoundary !== null && tick.at <= seriesBoundary)) return [];
    return [closeDay(line, provider, tick.at, offset, changes)];
  });
}

function closeDay(line: Line, before: Provider, at: number, offset: number, changes: LineChanges): Provider {
  const { seriesBoundary } = before;
  let provider = before;
  // Midnights the market clock didn't see (the platform was down) are days without change.
  if (seriesBoundary !== null)
    for (let missed = seriesBoundary + dayMs; missed < at; missed += dayMs)
      provider = withDay(provider, missed, provider.series.equityPlus, noFigures, changes);
  provider = withDay(provider, at, dayEndEquityOf(line, provider), provider.today, changes);
  provider = {
    ...provider,
    ...{ today: noFigures, dayFlows: zero, dayJoined: 0, dayLeft: 0 },
    asOf: Math.max(provider.asOf, at),
    logOffset: offset,
    seriesBoundary: at,
  };
  setProvider(line, changes, provider);
  return provider;
}

function withDay(
  provider: Provider,
  boundary: number,
  dayEndEquity: Decimal,
  figures: Figures,
  changes: LineChanges,
): Provider {
  const { row, dayFlows, dayJoined, dayLeft } = provider;
  const isLast = figures === provider.today;
  const ran = !provider.series.ended;
  const { series, restarted } = afterDay(provider.series, dayEndEquity);
  const day = dayOf(boundary - dayMs);
  changes.days.set(`${row.providerId}\n${day}`, {
    providerId: row.providerId,
    day,
    equity: text(dayEndEquity),
    flows: isLast ? text(dayFlows) : '0',
    return: ran ? text(series.lastReturn) : null,
    growth: ran ? text(series.returns.growth) : null,
    drawdown: ran ? published(series.returns.growth.div(series.returns.peak).minus('1')) : null,
    netPnl: text(netPnl(figures)),
    followers: row.followers,
    joined: isLast ? dayJoined : 0,
    went: isLast ? dayLeft : 0,
    aum: null,
    figures: figuresText(figures),
  });
  const all = { ...provider.windows.all, base: figuresText(merged(parseFigures(provider.windows.all.base), figures)) };
  const after = { ...provider, series, windows: { ...provider.windows, all } };
  if (!ran || !series.ended) return after;
  const { days, drawdown } = series.returns;
  const ended = { from: provider.seriesFrom, to: day, days, maxDrawdown: published(drawdown) };
  const over = { ...after, endedSeries: [...provider.endedSeries, ended] };
  return restarted
    ? { ...withNewSeries({ ...over, seriesBoundary: boundary }), series: seriesFrom(dayEndEquity) }
    : over;
}

function dayEndEquityOf(line: Line, { row, funds, windows, today, open }: Provider): Decimal {
  const value = unrealisedSum(open.values(), (instrument) => {
    const mark = line.marks.get(instrument);
    return mark && { mark, contractSize: line.instruments(instrument).contractSize };
  });
  return equity(decimal(row.startingCapital), funds, merged(parseFigures(windows.all.base), today), value);
}

interface Day {
  readonly day: string;
  readonly return: string | null;
  readonly growth: string | null;
  readonly figures: string;
}

/**
 * The windows as of a midnight, from the rows of their days: nothing of them is kept in memory, so that it doesn't grow with
 * the length of a window.
 */
export async function rollWindows(
  client: PoolClient,
  line: Line,
  boundary: number,
  closed: readonly Provider[],
  changes: LineChanges,
): Promise<void> {
  for (let i = 0; i < closed.length; i += providersPerRead) {
    const some = closed.slice(i, i + providersPerRead);
    const { rows } = await client.query<Day & { provider_id: string }>(
      `SELECT provider_id, day, "return", growth, figures FROM provider_daily
        WHERE provider_id = ANY ($1) AND day >= $2 ORDER BY provider_id, day COLLATE "C"`,
      [some.map(({ row }) => row.providerId), dayOf(daysBefore(boundary, daysOf['90d']))],
    );
    const days = Map.groupBy(rows, (row) => row.provider_id);
    for (const provider of some)
      setProvider(line, changes, rolled(provider, boundary, days.get(provider.row.providerId) ?? []));
  }
}

function rolled(provider: Provider, boundary: number, rows: readonly Day[]): Provider {
  const days = rows.map(({ day, figures, growth, return: r }) => ({
    ...{ day, growth, return: r === null ? null : decimal(r) },
    figures: figures === idleText ? null : parseFigures(figures),
  }));
  // From the newest day on: each window has those of the shorter ones, which are asked for first.
  let [base, added] = [noFigures, days.length];
  const baseSince = (from: string): string => {
    for (; added > 0 && (days[added - 1]?.day ?? '') >= from; added--)
      base = withDayBefore(base, days[added - 1]?.figures ?? null);
    return figuresText(base);
  };
  // A young provider's windows are of the same days.
  const made = new Map<number, Window>();
  const window = (length: number): Window => {
    const from = dayOf(daysBefore(boundary, length));
    const within = days.filter(({ day }) => day >= from);
    const same = made.get(within.length);
    if (same !== undefined) return same;
    const ofSeries = within.filter(({ day }) => day >= provider.seriesFrom);
    const returns = ofSeries.flatMap((one) => (one.return === null ? [] : [one.return]));
    const one = { base: baseSince(from), returns: returnStats(returnsOf(returns)) };
    made.set(within.length, one);
    return one;
  };
  const curve = days.flatMap(({ day, growth }) => (growth === null || day < provider.seriesFrom ? [] : [growth]));
  return {
    ...provider,
    sparkline: JSON.stringify(curve.slice(-sparklinePoints).map((growth) => onTenThousand(decimal(growth)))),
    windows: {
      '7d': window(daysOf['7d']),
      '30d': window(daysOf['30d']),
      '90d': window(daysOf['90d']),
      all: { ...provider.windows.all, returns: returnStats(provider.series.returns) },
    },
  };
}

const withDayBefore = (base: Figures, day: Figures | null): Figures => (day === null ? base : merged(base, day));

/** Growth of a hypothetical 10,000. */
const onTenThousand = (growth: Decimal): string => text(roundTo(growth.times(hypothetical), 2));
