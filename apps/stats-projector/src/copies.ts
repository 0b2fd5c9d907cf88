import { CopiedPositionRow, CopyRow, rowOf, type LatencyRow, type OutcomeRow } from '@slipstream/read-model';
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
  const positions = await client.query<Record<string, unknown>>(
    'SELECT p.* FROM read_model.copied_positions p JOIN read_model.copies c USING (copy_id) WHERE accounts_partition = $1',
    [partition],
  );
  return {
    partition,
    copies: new Map(copies.rows.map((raw) => rowOf(CopyRow, raw)).map((row) => [row.copyId, copyOf(row)])),
    positions: new Map(
      positions.rows
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
  | 'endDuplicates'
>;

/** Rows that changed since the last write. */
export interface CopiesChanges {
  readonly copies: Set<string>;
  readonly positions: Set<string>;
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
  outcomes: new Map(),
  ends: new Map(),
  latencies: new Map(),
});
