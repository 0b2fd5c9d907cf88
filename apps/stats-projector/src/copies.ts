import {
  AccountsMarkRow,
  CopiedLeadPositionRow,
  CopyRow,
  OwnOrderRow,
  rowOf,
  type LatencyRow,
  type MeasureRow,
  type OutcomeRow,
  type ProviderOutcomeRow,
  type ProviderSlippageRow,
} from '@slipstream/read-model';
import { decimal, type Decimal, type Instruments } from '@slipstream/domain';
import type { PoolClient } from 'pg';
import { leadKey, type LeadSide } from './follow-leads.js';
import { PackedCopies } from './packed-copies.js';
import { noTotalsText, revalue, type Share } from './value-copies.js';

/** What the copies of a provider in this partition come to. */
export interface ProviderCopies {
  readonly line: number;
  /** Event time of what is known of them. */
  asOf: number;
  /** JSON of `TotalsText`. */
  totals: string;
}

/** What is known of one partition of accounts.events: memory of what its rows say, nothing more. */
export interface Copies {
  readonly partition: number;
  readonly instruments: Instruments;
  readonly copies: PackedCopies;
  readonly providers: Map<string, ProviderCopies>;
  /** What each copy was valued at, as of the last write. */
  readonly shares: Map<string, Share>;
  /** Target and held per lead position, by copy, then by `leadKey`. */
  readonly leads: Map<string, Map<string, LeadSide>>;
  /** Marks of each line as they were last journaled here. */
  readonly marks: Map<number, Map<string, Decimal>>;
  /** Lead positions of orders that have no end yet. */
  readonly inFlight: Map<string, string>;
  /** Own orders that have no end yet. */
  readonly ownOrders: Map<string, OwnOrderRow>;
}

/** An entry of a map of maps; an empty one is dropped. */
export function setWithin<V>(all: Map<string, Map<string, V>>, owner: string, key: string, value: V | undefined): void {
  const own = all.get(owner) ?? new Map<string, V>();
  if (value === undefined) own.delete(key);
  else own.set(key, value);
  if (own.size === 0) all.delete(owner);
  else all.set(owner, own);
}

/** Notes that a provider of a line has copies here. */
export function addProvider(copies: Pick<Copies, 'providers'>, providerId: string, line: number, asOf = 0): void {
  if (!copies.providers.has(providerId)) copies.providers.set(providerId, { line, asOf, totals: noTotalsText });
}

/** Loads the copies of a partition from their rows. */
export async function loadCopies(client: PoolClient, partition: number, instruments: Instruments): Promise<Copies> {
  const of = async <R extends object>(entity: new () => R, sql: string): Promise<R[]> =>
    (await client.query<Record<string, unknown>>(sql, [partition])).rows.map((raw) => rowOf(entity, raw));
  const ofPartition = <R extends object>(entity: new () => R, table: string): Promise<R[]> =>
    of(entity, `SELECT p.* FROM ${table} p JOIN copies c USING (copy_id) WHERE accounts_partition = $1`);
  const rows = await client.query<Record<string, unknown>>(
    `SELECT c.*, coalesce((SELECT max(o.order_no) FROM outcomes o WHERE o.copy_id = c.copy_id), 0) AS last_order
       FROM copies c WHERE accounts_partition = $1`,
    [partition],
  );
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
    ...{
      partition,
      instruments,
      copies: new PackedCopies(),
      providers: new Map(),
      shares: new Map(),
      leads: new Map(),
    },
    marks: new Map(),
    inFlight: new Map([
      ...outcomes.rows.map((row) => [row.order_id, row.lead_position_id] as const),
      ...open.map((row) => [row.orderId, row.leadPositionId] as const),
    ]),
    ownOrders: new Map(open.map((row) => [row.orderId, row])),
  };
  const known = new Map(asOf.rows.map((row) => [row.provider_id, Number(row.as_of)]));
  for (const raw of rows.rows) {
    const { realisedPnl, fees, ...row } = rowOf(CopyRow, raw);
    const { copyId, providerId, line } = row;
    const lastOrder = Number(raw['last_order']);
    loaded.copies.set(copyId, { row, realisedPnl: decimal(realisedPnl), fees: decimal(fees), lastOrder });
    addProvider(loaded, providerId, line, known.get(providerId));
  }
  for (const row of await ofPartition(CopiedLeadPositionRow, 'copied_lead_positions')) {
    const { copyId, leadPositionId, instrument, positionSide } = row;
    const [target, quantity, cost] = [decimal(row.target), decimal(row.quantity), decimal(row.cost)];
    const side = { instrument, positionSide, target, quantity, cost };
    setWithin(loaded.leads, copyId, leadKey(copyId, leadPositionId), side);
  }
  for (const row of await of(AccountsMarkRow, 'SELECT * FROM accounts_marks WHERE accounts_partition = $1'))
    markLine(loaded, row.line, row.instrument, decimal(row.price));
  revalue(loaded, loaded.copies.keys());
  return loaded;
}

/** A line's mark of an instrument. */
export function markLine(copies: Pick<Copies, 'marks'>, line: number, instrument: string, price: Decimal): void {
  const marks = copies.marks.get(line) ?? new Map<string, Decimal>();
  copies.marks.set(line, marks.set(instrument, price));
}

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
  readonly leads: Set<string>;
  /** Own orders that are new or have ended. */
  readonly ownOrders: Map<string, OwnOrderRow>;
  /** New outcomes by copy and order number. */
  readonly outcomes: Map<string, OutcomeRow>;
  /** Ends of outcomes written before. */
  readonly ends: Map<string, OutcomeEnd>;
  /** Further latencies by stage and bucket. */
  readonly latencies: Map<string, LatencyRow>;
  /** Lines whose marks moved. */
  readonly ticked: Set<number>;
  /** Providers whose copies a record was about, and the offset of the last one. */
  readonly providers: Map<string, number>;
  /** Further outcomes, and slippages, of each provider. */
  readonly outcomeCounts: Map<string, ProviderOutcomeRow>;
  readonly slippages: Map<string, ProviderSlippageRow>;
  readonly marks: Map<string, AccountsMarkRow>;
  readonly measures: MeasureRow[];
}

/** A partition's copies and what is to be written of them. */
export interface CopiesLeft {
  readonly copies: Copies;
  readonly changes: CopiesChanges;
}

export const noCopiesChanges = (): CopiesChanges => ({
  copies: new Set(),
  ticked: new Set(),
  leads: new Set(),
  ownOrders: new Map(),
  outcomes: new Map(),
  ends: new Map(),
  latencies: new Map(),
  providers: new Map(),
  outcomeCounts: new Map(),
  slippages: new Map(),
  marks: new Map(),
  measures: [],
});
