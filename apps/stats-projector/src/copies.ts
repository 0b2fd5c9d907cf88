import {
  CopiedLeadPositionRow,
  CopiedPositionRow,
  CopyRow,
  OwnOrderRow,
  rowOf,
  type LatencyRow,
  type OutcomeRow,
} from '@slipstream/read-model';
import { leadKey, type LeadSide } from './follow-leads.js';
import { decimal, type Decimal, type Position } from '@slipstream/domain';
import type { PoolClient } from 'pg';

/** A copy with its sums as decimals. */
export interface Copy {
  readonly row: Omit<CopyRow, 'realisedPnl' | 'fees'>;
  readonly realisedPnl: Decimal;
  readonly fees: Decimal;
}

/** What is known of one partition of accounts.events: memory of what its rows say, nothing more. */
export interface Copies {
  readonly partition: number;
  readonly copies: Map<string, Copy>;
  /** By `positionKey`. */
  readonly positions: Map<string, Position>;
  /** Target and held per lead position, by `leadKey`. */
  readonly leads: Map<string, LeadSide>;
  /** Lead positions of orders that have no end yet. */
  readonly inFlight: Map<string, string>;
  /** Own orders that have no end yet. */
  readonly ownOrders: Map<string, OwnOrderRow>;
}

/** Key of a copied position; a line break is in no id. */
export const positionKey = (copyId: string, instrument: string, positionSide: string): string =>
  `${copyId}\n${instrument}\n${positionSide}`;

/** Loads the copies of a partition from their rows. */
export async function loadCopies(client: PoolClient, partition: number): Promise<Copies> {
  const copies = await client.query<Record<string, unknown>>(
    'SELECT * FROM read_model.copies WHERE accounts_partition = $1',
    [partition],
  );
  const ofPartition = async (table: string): Promise<Record<string, unknown>[]> => {
    const of = `read_model.${table} p JOIN read_model.copies c USING (copy_id) WHERE accounts_partition = $1`;
    return (await client.query<Record<string, unknown>>(`SELECT p.* FROM ${of}`, [partition])).rows;
  };
  const positions = await ofPartition('copied_positions');
  const leads = await ofPartition('copied_lead_positions');
  const outcomes = await client.query<{ order_id: string; lead_position_id: string }>(
    `SELECT copy_id || '#' || order_no AS order_id, o.lead_position_id
       FROM read_model.outcomes o JOIN read_model.copies c USING (copy_id)
      WHERE accounts_partition = $1 AND decision = 'placed' AND end_type IS NULL AND o.lead_position_id IS NOT NULL`,
    [partition],
  );
  const own = (await ofPartition('own_orders')).map((raw) => rowOf(OwnOrderRow, raw));
  const open = own.filter(({ endType }) => endType === null);
  return {
    partition,
    leads: new Map(
      leads
        .map((raw) => rowOf(CopiedLeadPositionRow, raw))
        .map(({ copyId, leadPositionId, instrument, positionSide, target, quantity }) => [
          leadKey(copyId, leadPositionId),
          { instrument, positionSide, target: decimal(target), quantity: decimal(quantity) },
        ]),
    ),
    inFlight: new Map([
      ...outcomes.rows.map((row) => [row.order_id, row.lead_position_id] as const),
      ...open.map((row) => [row.orderId, row.leadPositionId] as const),
    ]),
    ownOrders: new Map(open.map((row) => [row.orderId, row])),
    copies: new Map(copies.rows.map((raw) => rowOf(CopyRow, raw)).map((row) => [row.copyId, copyOf(row)])),
    positions: new Map(
      positions
        .map((raw) => rowOf(CopiedPositionRow, raw))
        .map(({ copyId, instrument, positionSide, quantity, averageCost }) => [
          positionKey(copyId, instrument, positionSide),
          { quantity: decimal(quantity), averageCost: decimal(averageCost) },
        ]),
    ),
  };
}

const copyOf = (row: CopyRow): Copy => ({ row, realisedPnl: decimal(row.realisedPnl), fees: decimal(row.fees) });

/** The end of an order as the outcome's row keeps it. */
export type OutcomeEnd = Pick<
  OutcomeRow,
  | 'copyId'
  | 'orderNo'
  | 'endType'
  | 'endReason'
  | 'filledQuantity'
  | 'price'
  | 'slippageAmount'
  | 'slippageBp'
  | 'fee'
  | 'feeAsset'
  | 'realisedPnl'
  | 'endedAt'
  | 'endedAfterMs'
  | 'endDuplicates'
>;

/** Rows that changed since the last write. */
export interface CopiesChanges {
  readonly copies: Set<string>;
  readonly positions: Set<string>;
  readonly leads: Set<string>;
  /** Own orders that are new or have ended. */
  readonly ownOrders: Map<string, OwnOrderRow>;
  /** New outcomes by copy and order number. */
  readonly outcomes: Map<string, OutcomeRow>;
  /** Ends of outcomes written before. */
  readonly ends: Map<string, OutcomeEnd>;
  /** Further latencies by stage and bucket. */
  readonly latencies: Map<string, LatencyRow>;
}

export const noCopiesChanges = (): CopiesChanges => ({
  copies: new Set(),
  positions: new Set(),
  leads: new Set(),
  ownOrders: new Map(),
  outcomes: new Map(),
  ends: new Map(),
  latencies: new Map(),
});
