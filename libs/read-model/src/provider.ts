import type { Pool } from 'pg';
import { readFollowers } from './followers.js';
import { plain, statsOf } from './report.js';

/** A lead position as it is shown. */
export interface ShownPosition {
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly positionSide: string;
  /** Signed: short is negative; 0 when closed. */
  readonly quantity: string;
  /** 0 when closed. */
  readonly averageCost: string;
  readonly largestCost: string;
  readonly pnl: string;
  readonly fees: string;
  readonly netPnl: string;
  readonly openedAt: string;
  readonly closedAt: string | null;
}

/** Everything a provider's page shows. */
export interface ProviderView extends ReturnType<typeof statsOf> {
  readonly displayName: string;
  readonly startingCapital: string;
  readonly profitShareRatio: string;
  readonly registeredAt: string;
  readonly asOf: string;
  readonly logPosition: { readonly partition: number; readonly offset: number };
  readonly formulaVersion: number;
  readonly activeFollowers: number;
  readonly aum: string;
  readonly openPositions: readonly ShownPosition[];
  /** Newest first. */
  readonly closedPositionsLast: readonly ShownPosition[];
  readonly equityCurve: readonly {
    readonly day: string;
    readonly equity: string;
    readonly return: string;
    readonly growth: string;
  }[];
  readonly copies: {
    readonly placed: number;
    readonly skipped: number;
    readonly filled: number;
    readonly rejected: number;
  };
}

const closedMax = 20;
const daysMax = 1000;
type Row = Record<string, string | null>;

/** A provider's page; undefined when nobody of that id is registered. */
export async function readProvider(pool: Pool, providerId: string): Promise<ProviderView | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT s.*, p.display_name, p.starting_capital, p.profit_share_ratio, p.registered_at
       FROM read_model.providers p JOIN read_model.provider_stats s USING (provider_id) WHERE provider_id = $1`,
    [providerId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const [followers, open, closed, days, copies] = await Promise.all([
    readFollowers(pool, providerId),
    readPositions(pool, providerId, 'closed_at IS NULL ORDER BY opened_at DESC, lead_position_id', daysMax),
    readPositions(pool, providerId, 'closed_at IS NOT NULL ORDER BY closed_at DESC, lead_position_id', closedMax),
    readDays(pool, providerId),
    readCopyCounts(pool, providerId),
  ]);
  return {
    ...statsOf(row),
    displayName: row['display_name'] ?? providerId,
    startingCapital: plain(row['starting_capital']),
    profitShareRatio: plain(row['profit_share_ratio']),
    registeredAt: time(row['registered_at']),
    asOf: time(row['as_of']),
    logPosition: { partition: Number(row['log_partition']), offset: Number(row['log_offset']) },
    formulaVersion: Number(row['formula_version']),
    ...(followers.get(providerId) ?? { activeFollowers: 0, aum: '0' }),
    openPositions: open,
    closedPositionsLast: closed,
    equityCurve: days,
    copies,
  };
}

async function readPositions(pool: Pool, providerId: string, which: string, limit: number): Promise<ShownPosition[]> {
  const { rows } = await pool.query<Row>(
    `SELECT *, pnl - fees AS net_pnl FROM read_model.lead_positions WHERE provider_id = $1 AND ${which} LIMIT ${limit}`,
    [providerId],
  );
  return rows.map((row) => ({
    leadPositionId: row['lead_position_id'] ?? '',
    instrument: row['instrument'] ?? '',
    positionSide: row['position_side'] ?? '',
    quantity: plain(row['quantity']),
    averageCost: plain(row['average_cost']),
    largestCost: plain(row['largest_cost']),
    pnl: plain(row['pnl']),
    fees: plain(row['fees']),
    netPnl: plain(row['net_pnl']),
    openedAt: time(row['opened_at']),
    closedAt: row['closed_at'] === null ? null : time(row['closed_at']),
  }));
}

async function readDays(pool: Pool, providerId: string): Promise<ProviderView['equityCurve']> {
  const { rows } = await pool.query<Row>(
    `SELECT * FROM (SELECT day, equity, "return", growth FROM read_model.provider_daily WHERE provider_id = $1
      ORDER BY day DESC LIMIT ${daysMax}) newest ORDER BY day`,
    [providerId],
  );
  return rows.map((row) => ({
    day: row['day'] ?? '',
    equity: plain(row['equity']),
    return: plain(row['return']),
    growth: plain(row['growth']),
  }));
}

async function readCopyCounts(pool: Pool, providerId: string): Promise<ProviderView['copies']> {
  const { rows } = await pool.query<Row>(
    `SELECT sum(placed) AS placed, sum(skipped) AS skipped, sum(filled) AS filled, sum(rejected) AS rejected
       FROM read_model.copies WHERE provider_id = $1`,
    [providerId],
  );
  const count = (name: string): number => Number(rows[0]?.[name] ?? 0);
  return { placed: count('placed'), skipped: count('skipped'), filled: count('filled'), rejected: count('rejected') };
}

const time = (ms: string | null | undefined): string => new Date(Number(ms)).toISOString();
