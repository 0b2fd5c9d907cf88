import type { Pool } from 'pg';
import { ShareFlowRow } from '../entities/settlement.js';
import { plain } from '../report.js';
import { rowOf } from '../rows.js';
import { inSettlements, type LogPlace } from './log-place.js';

/** So many flows of a period are shown. */
export const flowsMax = 1_000;

/** Money that came into a copy or left it within a period. */
export interface ShownFlow {
  /** deposit or withdrawal. */
  readonly kind: string;
  readonly amount: string;
  /** Copy equity just before it. */
  readonly equityBefore: string;
  /** Profit share that was due then. */
  readonly due: string;
  /** A withdrawal takes amount ÷ (equityBefore − due) of a gap above 0 along; a deposit leaves it. */
  readonly gapBefore: string;
  readonly gapAfter: string;
  readonly occurredAt: string;
  /** CopyShareMoved. */
  readonly logPosition: LogPlace;
}

export interface ShownFlows {
  /** In their order. */
  readonly flows: readonly ShownFlow[];
  /** Later ones that aren't shown; their sums are in deposits and withdrawals. */
  readonly flowsLeftOut: number;
}

/** The flows of a copy between two settlements. */
export async function readFlows(
  client: Pick<Pool, 'query'>,
  copyId: string,
  periodNo: number,
  most = flowsMax,
): Promise<ShownFlows> {
  const of = [copyId, periodNo];
  const { rows } = await client.query<Record<string, unknown>>(
    'SELECT * FROM share_flows WHERE copy_id = $1 AND period_no = $2 ORDER BY log_offset LIMIT $3',
    [...of, most + 1],
  );
  const flows = rows.slice(0, most).map((raw) => shownFlow(rowOf(ShareFlowRow, raw)));
  if (rows.length <= most) return { flows, flowsLeftOut: 0 };
  const counted = await client.query<{ n: string }>(
    'SELECT count(*) AS n FROM share_flows WHERE copy_id = $1 AND period_no = $2',
    of,
  );
  return { flows, flowsLeftOut: Number(counted.rows[0]?.n ?? 0) - flows.length };
}

const shownFlow = (row: ShareFlowRow): ShownFlow => ({
  kind: row.kind,
  amount: plain(row.amount),
  equityBefore: plain(row.equityBefore),
  due: plain(row.due),
  gapBefore: plain(row.gapBefore),
  gapAfter: plain(row.gapAfter),
  occurredAt: new Date(row.occurredAt).toISOString(),
  logPosition: inSettlements(row.logPartition, row.logOffset),
});
