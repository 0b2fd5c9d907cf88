import {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderMidnightRow,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
  rowOf,
  type ProviderDayRow,
  type ProviderOrderRow,
} from '@slipstream/read-model';
import {
  decimal,
  type Decimal,
  type Figures,
  type Instruments,
  type LeadPositionFigures,
  type Period,
  type ReturnStats,
  type Series,
} from '@slipstream/domain';
import type { PoolClient } from 'pg';
import { parseFigures } from './figures-text.js';

/** A window: figures of its complete days, and what these days' returns say, as it is published. */
export interface Window {
  /** JSON of `Figures`: parsed they are dozens of objects, which the garbage collector would have to walk for each provider. */
  readonly base: string;
  readonly returns: ReturnStats;
}

/** A series that ended with all of its equity. */
export interface EndedSeries {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly maxDrawdown: string | null;
}

/** Columns of a provider that follow from its statistics. */
type Derived = 'status' | 'strategy' | 'ranked' | 'risk' | 'riskLevel' | 'overviewOwn';

/** A provider as the tables have it. */
export interface Provider {
  readonly row: Omit<ProviderRow, Derived>;
  readonly asOf: number;
  readonly logOffset: number;
  readonly owed: number;
  /** Deposits − withdrawals + funding, and what a venue's own equity differed by. */
  readonly funds: Decimal;
  readonly windows: Readonly<Record<Period, Window>>;
  /** Growth of 10,000 at the last midnights, JSON. */
  readonly sparkline: string;
  readonly today: Figures;
  readonly dayFlows: Decimal;
  readonly dayJoined: number;
  readonly dayLeft: number;
  readonly series: Series;
  readonly seriesFrom: string;
  readonly endedSeries: readonly EndedSeries[];
  readonly seriesBoundary: number | null;
  /** Open lead positions by id. */
  readonly open: ReadonlyMap<string, LeadPositionFigures>;
}

/** What is known of one partition of providers.events: memory of what its rows say, nothing more. */
export interface Line {
  readonly line: number;
  readonly instruments: Instruments;
  watermark: number;
  readonly marks: Map<string, Decimal>;
  readonly providers: Map<string, Provider>;
  /** Rows of `providers` as they were written last: a fill seldom changes one. */
  readonly written: Map<string, ProviderRow>;
}

/** Loads a line from its rows. */
export async function loadLine(client: PoolClient, line: number, instruments: Instruments): Promise<Line> {
  const read = async <R extends object>(entity: new () => R, sql: string): Promise<R[]> =>
    (await client.query<Record<string, unknown>>(sql, [line])).rows.map((row) => rowOf(entity, row));
  const ours = 'provider_id IN (SELECT provider_id FROM providers WHERE line = $1)';
  const [at] = await read(LineRow, 'SELECT * FROM lines WHERE line = $1');
  const marks = await read(LineMarkRow, 'SELECT * FROM line_marks WHERE line = $1');
  const providers = await read(ProviderRow, 'SELECT * FROM providers WHERE line = $1');
  const stats = await read(ProviderStatsRow, `SELECT * FROM provider_stats WHERE ${ours}`);
  const windows = await read(ProviderPeriodRow, `SELECT * FROM provider_periods WHERE ${ours}`);
  const midnights = await read(ProviderMidnightRow, `SELECT * FROM provider_midnights WHERE ${ours}`);
  const open = await read(
    LeadPositionRow,
    `SELECT * FROM lead_positions WHERE closed_at IS NULL AND ${ours} ORDER BY provider_id, lead_position_id`,
  );
  const statsOf = new Map(stats.map((row) => [row.providerId, row]));
  const midnightOf = new Map(midnights.map((row) => [row.providerId, row]));
  const windowsOf = Map.groupBy(windows, ({ providerId }) => providerId);
  const openOf = Map.groupBy(open, ({ providerId }) => providerId);
  return {
    line,
    instruments,
    watermark: at?.watermark ?? 0,
    marks: new Map(marks.map(({ instrument, price }) => [instrument, decimal(price)])),
    written: new Map(providers.map((row) => [row.providerId, row])),
    providers: new Map(
      providers.map((row) => {
        const known = statsOf.get(row.providerId);
        const midnight = midnightOf.get(row.providerId);
        if (known === undefined || midnight === undefined)
          throw new Error(`provider ${row.providerId} has no statistics`);
        const positions = (openOf.get(row.providerId) ?? []).map(positionOf);
        const windows = windowsFrom(midnight, windowsOf.get(row.providerId) ?? []);
        return [row.providerId, { ...providerOf(row, known, positions), ...midnightParts(midnight), windows }];
      }),
    ),
  };
}

function providerOf(
  row: ProviderRow,
  stats: ProviderStatsRow,
  positions: readonly LeadPositionFigures[],
): Omit<Provider, 'windows' | keyof MidnightParts> {
  return {
    row,
    asOf: stats.asOf,
    logOffset: stats.logOffset,
    owed: stats.owed,
    funds: decimal(stats.funds),
    today: parseFigures(stats.runningDay),
    dayFlows: decimal(stats.dayFlows),
    dayJoined: stats.dayJoined,
    dayLeft: stats.dayLeft,
    open: new Map(positions.map((position) => [position.leadPositionId, position])),
  };
}

type MidnightParts = Pick<Provider, 'sparkline' | 'endedSeries' | 'series' | 'seriesFrom' | 'seriesBoundary'>;

const midnightParts = (row: ProviderMidnightRow): MidnightParts => ({
  sparkline: row.sparkline,
  endedSeries: JSON.parse(row.endedSeries) as EndedSeries[],
  series: seriesOf(row),
  seriesFrom: row.seriesFrom,
  seriesBoundary: row.seriesBoundary,
});

const seriesOf = (row: ProviderMidnightRow): Series => ({
  returns: {
    days: row.seriesDays,
    sum: decimal(row.seriesSum),
    squares: decimal(row.seriesSquares),
    downside: decimal(row.seriesDownside),
    growth: decimal(row.seriesGrowth),
    peak: decimal(row.seriesPeak),
    drawdown: decimal(row.seriesDrawdown),
    profitDays: row.seriesProfitDays,
    lossDays: row.seriesLossDays,
  },
  equityPlus: decimal(row.seriesEquityPlus),
  dayFactor: decimal(row.seriesDayFactor),
  lastReturn: decimal(row.seriesLastReturn),
  ended: row.seriesEnded,
});

function windowsFrom(midnight: ProviderMidnightRow, rows: readonly ProviderPeriodRow[]): Provider['windows'] {
  const windowOf = (period: Period, base: string): Window => {
    const row = rows.find((one) => one.period === period);
    if (row === undefined) throw new Error(`provider ${midnight.providerId} has no window ${period}`);
    const { days, roi, maxDrawdown, sharpe, sortino, calmar, volatility, profitDays, lossDays } = row;
    const ratios = { roi, maxDrawdown, sharpe, sortino, calmar, volatility };
    return { base, returns: { days, ...asPublished(ratios), profitDays, lossDays } };
  };
  return {
    '7d': windowOf('7d', midnight.base7d),
    '30d': windowOf('30d', midnight.base30d),
    '90d': windowOf('90d', midnight.base90d),
    all: windowOf('all', midnight.baseAll),
  };
}

/** A numeric comes back with the digits it was written with; a published ratio has none at its end. */
function asPublished<T extends Record<string, string | null>>(ratios: T): T {
  const plain = Object.entries(ratios).map(([name, value]) => [name, value && decimal(value).toString()]);
  return Object.fromEntries(plain) as T;
}

const positionOf = (row: LeadPositionRow): LeadPositionFigures => ({
  leadPositionId: row.leadPositionId,
  instrument: row.instrument,
  positionSide: row.positionSide as LeadPositionFigures['positionSide'],
  direction: row.direction as LeadPositionFigures['direction'],
  openedByOrderNo: row.openedByOrderNo,
  quantity: decimal(row.quantity),
  averageCost: decimal(row.averageCost),
  largestCost: decimal(row.largestCost),
  pnl: decimal(row.pnl),
  fees: decimal(row.fees),
  openedAt: row.openedAt,
  closedAt: row.closedAt,
});

/** Rows that changed since the last write: the newest of each. */
export interface LineChanges {
  readonly providers: Set<string>;
  /** Those of them for whom a midnight, a flow, or their first event came. */
  readonly midnights: Set<string>;
  readonly positions: Map<string, LeadPositionRow>;
  readonly orders: ProviderOrderRow[];
  readonly days: Map<string, ProviderDayRow>;
  /** What was measured of days that are written. */
  readonly aum: { readonly providerId: string; readonly day: string; readonly aum: string }[];
  readonly marks: Set<string>;
}

/** A line and what is to be written of it. */
export interface LineLeft {
  readonly line: Line;
  readonly changes: LineChanges;
}

export const noLineChanges = (): LineChanges => ({
  providers: new Set(),
  midnights: new Set(),
  positions: new Map(),
  orders: [],
  days: new Map(),
  aum: [],
  marks: new Set(),
});

/** What the rows of midnights hold: other events leave it as it is. */
const midnightNames = [
  'windows',
  'sparkline',
  'series',
  'seriesFrom',
  'endedSeries',
  'seriesBoundary',
] as const satisfies (keyof Provider)[];

/** Replaces a provider and notes that its rows are to be written. */
export function setProvider(line: Line, changes: LineChanges, provider: Provider): void {
  const { providerId } = provider.row;
  const before = line.providers.get(providerId);
  if (!before || midnightNames.some((name) => before[name] !== provider[name])) changes.midnights.add(providerId);
  line.providers.set(providerId, provider);
  changes.providers.add(provider.row.providerId);
}

const dayMs = 86_400_000;
/** `2024-04-22` of a moment. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
/** Day that runs for a provider: the one after the last midnight it has seen. */
export const runningDay = ({ seriesBoundary, row }: Pick<Provider, 'seriesBoundary' | 'row'>): string =>
  dayOf(seriesBoundary ?? row.registeredAt);
/** Midnights of the days. */
export const daysBefore = (at: number, days: number): number => at - days * dayMs;
