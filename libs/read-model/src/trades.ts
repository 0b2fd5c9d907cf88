import type { Pool } from 'pg';
import { plain } from './report.js';

/** An order of a provider within a lead position. */
export interface ShownOrder {
  readonly orderNo: number;
  readonly effect: string;
  readonly side: string;
  readonly price: string;
  readonly quantity: string;
  readonly pnl: string;
  readonly fees: string;
  readonly leverage: string | null;
  /** Notional ÷ equity before it. */
  readonly usage: string | null;
  readonly occurredAt: string;
}

/** A lead position as it is shown. */
export interface ShownPosition {
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly positionSide: string;
  /** long or short. */
  readonly direction: string;
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

/** A closed lead position with its orders. */
export interface ShownTrade extends ShownPosition {
  readonly holdingMs: number;
  readonly orders: readonly ShownOrder[];
}

type Row = Readonly<Record<string, string | null>>;
export const tradesLimitMax = 100;

const time = (ms: string | null | undefined): string => new Date(Number(ms)).toISOString();

/** A row of lead_positions as it is shown. */
export const positionOf = (row: Row): ShownPosition => ({
  leadPositionId: row['lead_position_id'] ?? '',
  instrument: row['instrument'] ?? '',
  positionSide: row['position_side'] ?? '',
  direction: row['direction'] ?? '',
  quantity: plain(row['quantity']),
  averageCost: plain(row['average_cost']),
  largestCost: plain(row['largest_cost']),
  pnl: plain(row['pnl']),
  fees: plain(row['fees']),
  netPnl: plain(row['net_pnl']),
  openedAt: time(row['opened_at']),
  closedAt: row['closed_at'] === null ? null : time(row['closed_at']),
});

/**
 * Closed lead positions of a provider, newest first, each with its orders.
 * @param before `next` of the page before
 */
export async function readTrades(
  pool: Pool,
  providerId: string,
  {
    before,
    limit,
  }: { readonly before?: { readonly at: number; readonly id: string } | undefined; readonly limit: number },
): Promise<{
  readonly items: readonly ShownTrade[];
  readonly next: { readonly at: number; readonly id: string } | null;
}> {
  const { rows } = await pool.query<Row>(
    `SELECT *, pnl - fees AS net_pnl FROM lead_positions
      WHERE provider_id = $1 AND closed_at IS NOT NULL
        AND ($2::bigint IS NULL OR closed_at < $2 OR (closed_at = $2 AND lead_position_id > $3))
      ORDER BY closed_at DESC, lead_position_id LIMIT $4`,
    [providerId, before?.at ?? null, before?.id ?? '', limit + 1],
  );
  const page = rows.slice(0, limit);
  const orders = await pool.query<Row>(
    `SELECT * FROM provider_orders WHERE provider_id = $1 AND lead_position_id = ANY ($2) ORDER BY order_no`,
    [providerId, page.map((row) => row['lead_position_id'])],
  );
  const byPosition = Map.groupBy(orders.rows, (row) => row['lead_position_id'] ?? '');
  const items = page.map((row): ShownTrade => ({
    ...positionOf(row),
    holdingMs: Math.max(0, Number(row['closed_at']) - Number(row['opened_at'])),
    orders: (byPosition.get(row['lead_position_id'] ?? '') ?? []).map(orderOf),
  }));
  const last = page.at(-1);
  const next =
    rows.length > limit && last ? { at: Number(last['closed_at']), id: last['lead_position_id'] ?? '' } : null;
  return { items, next };
}

const orderOf = (row: Row): ShownOrder => ({
  orderNo: Number(row['order_no']),
  effect: row['effect'] ?? '',
  side: row['side'] ?? '',
  price: plain(row['price']),
  quantity: plain(row['quantity']),
  pnl: plain(row['pnl']),
  fees: plain(row['fees']),
  leverage: row['leverage'] === null ? null : plain(row['leverage']),
  usage: row['usage'] === null ? null : plain(row['usage']),
  occurredAt: time(row['occurred_at']),
});
