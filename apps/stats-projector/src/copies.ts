import {
  AccountsMarkRow,
  CopiedLeadPositionRow,
  CopiedPositionRow,
  CopyRow,
  OwnOrderRow,
  rowOf,
  type LatencyRow,
  type OutcomeRow,
  type ProviderOutcomeRow,
  type ProviderSlippageRow,
} from '@slipstream/read-model';
import { leadKey, type LeadSide } from './follow-leads.js';
import { decimal, type Decimal, type Instruments, type Position } from '@slipstream/domain';
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
  readonly instruments: Instruments;
  readonly copies: Map<string, Copy>;
  /** Copy ids of each provider, in the order in which they were asked for. */
  readonly ofProvider: Map<string, Set<string>>;
  /** By copy, then by `positionKey`. */
  readonly positions: Map<string, Map<string, Position>>;
  /** Target and held per lead position, by copy, then by `leadKey`. */
  readonly leads: Map<string, Map<string, LeadSide>>;
  /** Marks of each line as they were last journaled here. */
  readonly marks: Map<number, Map<string, Decimal>>;
  /** Event time of what is known of each provider's copies. */
  readonly asOf: Map<string, number>;
  /** Lead positions of orders that have no end yet. */
  readonly inFlight: Map<string, string>;
  /** Own orders that have no end yet. */
  readonly ownOrders: Map<string, OwnOrderRow>;
}

/** Key of a copied position; a line break is in no id. */
export const positionKey = (copyId: string, instrument: string, positionSide: string): string =>
  `${copyId}\n${instrument}\n${positionSide}`;

/** An entry of a map of maps; an empty one is dropped. */
export function setWithin<V>(all: Map<string, Map<string, V>>, owner: string, key: string, value: V | undefined): void {
  const own = all.get(owner) ?? new Map<string, V>();
  if (value === undefined) own.delete(key);
  else own.set(key, value);
  if (own.size === 0) all.delete(owner);
  else all.set(owner, own);
}

/** Notes a copy of a provider. */
export function addToProvider(copies: Pick<Copies, 'ofProvider'>, providerId: string, copyId: string): void {
  const ids = copies.ofProvider.get(providerId) ?? new Set();
  copies.ofProvider.set(providerId, ids.add(copyId));
}

/** Loads the copies of a partition from their rows. */
export async function loadCopies(client: PoolClient, partition: number, instruments: Instruments): Promise<Copies> {
  const of = async <R extends object>(entity: new () => R, sql: string): Promise<R[]> =>
    (await client.query<Record<string, unknown>>(sql, [partition])).rows.map((raw) => rowOf(entity, raw));
  const ofPartition = <R extends object>(entity: new () => R, table: string): Promise<R[]> =>
    of(entity, `SELECT p.* FROM ${table} p JOIN copies c USING (copy_id) WHERE accounts_partition = $1`);
  const rows = await of(CopyRow, 'SELECT * FROM copies WHERE accounts_partition = $1 ORDER BY requested_at, copy_id');
  const outcomes = await client.query<{ order_id: string; lead_position_id: string }>(
    `SELECT copy_id || '#' || order_no AS order_id, o.lead_position_id
       FROM outcomes o JOIN copies c USING (copy_id)
      WHERE accounts_partition = $1 AND decision = 'placed' AND end_type IS NULL AND o.lead_position_id IS NOT NULL`,
    [partition],
  );
  const open = (await ofPartition(OwnOrderRow, 'own_orders')).filter(({ endType }) => endType === null);
  const asOf = await client.query<{ provider_id: string; as_of: string }>(
    'SELECT provider_id, as_of FROM provider_copies WHERE accounts_partition = $1',
    [partition],
  );
  const loaded: Copies = {
    ...{ partition, instruments, copies: new Map(), ofProvider: new Map(), positions: new Map(), leads: new Map() },
    marks: new Map(),
    asOf: new Map(asOf.rows.map((row) => [row.provider_id, Number(row.as_of)])),
    inFlight: new Map([
      ...outcomes.rows.map((row) => [row.order_id, row.lead_position_id] as const),
      ...open.map((row) => [row.orderId, row.leadPositionId] as const),
    ]),
    ownOrders: new Map(open.map((row) => [row.orderId, row])),
  };
  for (const row of rows) {
    loaded.copies.set(row.copyId, copyOf(row));
    addToProvider(loaded, row.providerId, row.copyId);
  }
  for (const row of await ofPartition(CopiedPositionRow, 'copied_positions')) {
    const { copyId, instrument, positionSide, quantity, averageCost } = row;
    const position = { quantity: decimal(quantity), averageCost: decimal(averageCost) };
    setWithin(loaded.positions, copyId, positionKey(copyId, instrument, positionSide), position);
  }
  for (const row of await ofPartition(CopiedLeadPositionRow, 'copied_lead_positions')) {
    const { copyId, leadPositionId, instrument, positionSide, target, quantity } = row;
    const side = { instrument, positionSide, target: decimal(target), quantity: decimal(quantity) };
    setWithin(loaded.leads, copyId, leadKey(copyId, leadPositionId), side);
  }
  for (const row of await of(AccountsMarkRow, 'SELECT * FROM accounts_marks WHERE accounts_partition = $1'))
    markLine(loaded, row.line, row.instrument, decimal(row.price));
  return loaded;
}

/** A line's mark of an instrument. */
export function markLine(copies: Pick<Copies, 'marks'>, line: number, instrument: string, price: Decimal): void {
  const marks = copies.marks.get(line) ?? new Map<string, Decimal>();
  copies.marks.set(line, marks.set(instrument, price));
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
  /** Providers whose copies changed, and the offset of the last record that said so. */
  readonly providers: Map<string, number>;
  /** Further outcomes, and slippages, of each provider. */
  readonly outcomeCounts: Map<string, ProviderOutcomeRow>;
  readonly slippages: Map<string, ProviderSlippageRow>;
  readonly marks: Map<string, AccountsMarkRow>;
}

export const noCopiesChanges = (): CopiesChanges => ({
  copies: new Set(),
  positions: new Set(),
  leads: new Set(),
  ownOrders: new Map(),
  outcomes: new Map(),
  ends: new Map(),
  latencies: new Map(),
  providers: new Map(),
  outcomeCounts: new Map(),
  slippages: new Map(),
  marks: new Map(),
});
