import type { ProviderDayRow } from '@slipstream/read-model';
import { LeadPositionRow, LineMarkRow, LineRow, ProviderRow, ProviderStatsRow, rowOf } from '@slipstream/read-model';
import {
  decimal,
  type Decimal,
  type Instruments,
  type LeadPositionFigures,
  type Series,
  type Totals,
} from '@slipstream/domain';
import type { PoolClient } from 'pg';

/** A provider as the tables have it. */
export interface Provider {
  readonly row: ProviderRow;
  readonly asOf: number;
  readonly logOffset: number;
  readonly totals: Totals;
  readonly owed: number;
  readonly closedPositions: number;
  readonly wonPositions: number;
  readonly series: Series;
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
}

/** Loads a line from its rows. */
export async function loadLine(client: PoolClient, line: number, instruments: Instruments): Promise<Line> {
  const read = async <R extends object>(entity: new () => R, sql: string): Promise<R[]> =>
    (await client.query<Record<string, unknown>>(sql, [line])).rows.map((row) => rowOf(entity, row));
  const ours = 'provider_id IN (SELECT provider_id FROM read_model.providers WHERE line = $1)';
  const [at] = await read(LineRow, 'SELECT * FROM read_model.lines WHERE line = $1');
  const marks = await read(LineMarkRow, 'SELECT * FROM read_model.line_marks WHERE line = $1');
  const providers = await read(ProviderRow, 'SELECT * FROM read_model.providers WHERE line = $1');
  const stats = await read(ProviderStatsRow, `SELECT * FROM read_model.provider_stats WHERE ${ours}`);
  const open = await read(
    LeadPositionRow,
    `SELECT * FROM read_model.lead_positions WHERE closed_at IS NULL AND ${ours} ORDER BY provider_id, lead_position_id`,
  );
  const statsOf = new Map(stats.map((row) => [row.providerId, row]));
  return {
    line,
    instruments,
    watermark: at?.watermark ?? 0,
    marks: new Map(marks.map(({ instrument, price }) => [instrument, decimal(price)])),
    providers: new Map(
      providers.map((row) => {
        const positions = open.filter(({ providerId }) => providerId === row.providerId).map(positionOf);
        const known = statsOf.get(row.providerId);
        if (known === undefined) throw new Error(`provider ${row.providerId} has no statistics`);
        return [row.providerId, providerOf(row, known, positions)];
      }),
    ),
  };
}

function providerOf(row: ProviderRow, stats: ProviderStatsRow, positions: readonly LeadPositionFigures[]): Provider {
  return {
    row,
    asOf: stats.asOf,
    logOffset: stats.logOffset,
    totals: {
      fills: stats.fills,
      orders: stats.orders,
      grossPnl: decimal(stats.grossPnl),
      fees: decimal(stats.fees),
    },
    owed: stats.owed,
    closedPositions: stats.closedPositions,
    wonPositions: stats.wonPositions,
    series: {
      days: stats.seriesDays,
      dayStartEquity: decimal(stats.seriesDayStartEquity),
      lastReturn: decimal(stats.seriesLastReturn),
      growth: decimal(stats.seriesGrowth),
      peak: decimal(stats.seriesPeak),
      drawdown: decimal(stats.seriesDrawdown),
      ended: stats.seriesEnded,
    },
    seriesBoundary: stats.seriesBoundary,
    open: new Map(positions.map((position) => [position.leadPositionId, position])),
  };
}

const positionOf = (row: LeadPositionRow): LeadPositionFigures => ({
  leadPositionId: row.leadPositionId,
  instrument: row.instrument,
  positionSide: row.positionSide as LeadPositionFigures['positionSide'],
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
  readonly positions: Map<string, LeadPositionRow>;
  readonly days: Map<string, ProviderDayRow>;
  readonly marks: Set<string>;
}

export const noLineChanges = (): LineChanges => ({
  providers: new Set(),
  positions: new Map(),
  days: new Map(),
  marks: new Set(),
});
