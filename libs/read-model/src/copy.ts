import { decimal, roundAmount, text } from '@slipstream/domain';
import type { Pool } from 'pg';
import { plain } from './report.js';

/** Everything a copy's page shows. Money as decimal strings. */
export interface CopyView {
  readonly copyId: string;
  readonly accountId: string;
  readonly providerId: string;
  readonly status: string;
  readonly stopReason: string | null;
  readonly copyTotalAmt: string;
  /** Put in − taken out − profit shares paid. */
  readonly netPutIn: string;
  /** At the latest marks of its provider's line. */
  readonly equity: string;
  readonly realisedPnl: string;
  readonly fees: string;
  readonly insured: string;
  /** Σ |target − held| at the latest marks: what lots and rejections keep the copy from being. */
  readonly drift: string;
  readonly outcomes: {
    readonly placed: number;
    readonly skipped: Readonly<Record<string, number>>;
    readonly filled: number;
    readonly rejected: number;
  };
  readonly positions: readonly CopiedSide[];
}

/** A copy's side of a lead position. Signed: short is negative. */
export interface CopiedSide {
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly positionSide: string;
  readonly target: string;
  readonly quantity: string;
}

/** One outcome of the ledger of outcomes, as it is shown; null where there is nothing to say. */
export interface ShownOutcome {
  readonly orderNo: number;
  readonly decision: string;
  readonly reason: string | null;
  readonly side: string | null;
  readonly quantity: string | null;
  readonly target: string | null;
  readonly providerPrice: string | null;
  readonly decidedAt: string;
  readonly end: string | null;
  readonly endReason: string | null;
  readonly filledQuantity: string | null;
  readonly price: string | null;
  readonly slippageAmount: string | null;
  readonly slippageBp: string | null;
  readonly fee: string | null;
  readonly realisedPnl: string | null;
  readonly endedAt: string | null;
  /** From the provider's fill at the edge, in ms. */
  readonly decidedAfterMs: number | null;
  readonly endedAfterMs: number | null;
}

type Row = Readonly<Record<string, string | null>>;

/** A copy by its id; undefined when there is none. */
export async function readCopy(pool: Pool, copyId: string): Promise<CopyView | undefined> {
  const { rows } = await pool.query<Row>(
    `SELECT c.*, coalesce(d.drift, 0) AS drift,
            c.put_in + c.realised_pnl - c.fees + c.insured - coalesce(c.returned, 0)
              + coalesce((SELECT sum(l.quantity * m.price * m.contract_size - l.cost)
                  FROM copied_lead_positions l
                  JOIN line_marks m ON m.line = c.line AND m.instrument = l.instrument
                 WHERE l.copy_id = c.copy_id), 0) AS equity
       FROM copies c LEFT JOIN copy_drift d USING (copy_id)
      WHERE c.copy_id = $1`,
    [copyId],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  const skips = await pool.query<{ reason: string; n: string }>(
    `SELECT reason, count(*) AS n FROM outcomes WHERE copy_id = $1 AND decision = 'skipped'
      GROUP BY reason ORDER BY reason COLLATE "C"`,
    [copyId],
  );
  const sides = await pool.query<Row>(
    'SELECT * FROM copied_lead_positions WHERE copy_id = $1 ORDER BY lead_position_id COLLATE "C"',
    [copyId],
  );
  return {
    copyId,
    accountId: String(row['account_id']),
    providerId: String(row['provider_id']),
    status: String(row['status']),
    stopReason: row['stop_reason'] ?? null,
    copyTotalAmt: plain(row['copy_total_amt']),
    netPutIn: plain(row['put_in']),
    // As copies are measured: to the decimals of an amount.
    equity: text(roundAmount(decimal(plain(row['equity'])))),
    realisedPnl: plain(row['realised_pnl']),
    fees: plain(row['fees']),
    insured: plain(row['insured']),
    drift: plain(row['drift']),
    outcomes: {
      placed: Number(row['placed']),
      skipped: Object.fromEntries(skips.rows.map(({ reason, n }) => [reason, Number(n)])),
      filled: Number(row['filled']),
      rejected: Number(row['rejected']),
    },
    positions: sides.rows.map((side) => ({
      leadPositionId: String(side['lead_position_id']),
      instrument: String(side['instrument']),
      positionSide: String(side['position_side']),
      target: plain(side['target']),
      quantity: plain(side['quantity']),
    })),
  };
}

export const outcomesLimitMax = 200;

/** Outcomes of a copy by order number, after a number; the next page begins after the last one's. */
export async function readOutcomes(
  pool: Pool,
  copyId: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<{ readonly items: readonly ShownOutcome[]; readonly next: number | null }> {
  const { rows } = await pool.query<Row>(
    'SELECT * FROM outcomes WHERE copy_id = $1 AND order_no > $2 ORDER BY order_no LIMIT $3',
    [copyId, after, limit + 1],
  );
  const items = rows.slice(0, limit).map(outcomeOf);
  return { items, next: rows.length > limit ? (items.at(-1)?.orderNo ?? null) : null };
}

function outcomeOf(row: Row): ShownOutcome {
  const exact = (name: string): string | null => ((row[name] ?? null) === null ? null : plain(row[name]));
  const whole = (name: string): number | null => ((row[name] ?? null) === null ? null : Number(row[name]));
  const time = (name: string): string | null =>
    (row[name] ?? null) === null ? null : new Date(Number(row[name])).toISOString();
  return {
    orderNo: Number(row['order_no']),
    decision: String(row['decision']),
    reason: row['reason'] ?? null,
    side: row['side'] ?? null,
    quantity: exact('quantity'),
    target: exact('target'),
    providerPrice: exact('provider_price'),
    decidedAt: String(time('decided_at')),
    end: row['end_type'] ?? null,
    endReason: row['end_reason'] ?? null,
    filledQuantity: exact('filled_quantity'),
    price: exact('price'),
    slippageAmount: exact('slippage_amount'),
    slippageBp: exact('slippage_bp'),
    fee: exact('fee'),
    realisedPnl: exact('realised_pnl'),
    endedAt: time('ended_at'),
    decidedAfterMs: whole('decided_after_ms'),
    endedAfterMs: whole('ended_after_ms'),
  };
}
