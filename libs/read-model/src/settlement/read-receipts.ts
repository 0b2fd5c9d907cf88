import type { Pool } from 'pg';
import { readFlows } from './flows.js';
import { monthReceiptOf, shownMonth, type MonthReceipt, type ShownMonth } from './month.js';
import { receiptOf, shownSettlement, type Receipt, type ShownSettlement } from './receipt.js';

export const receiptsLimitMax = 100;

/** Where a page ended: the moment of its last item and its id. */
export interface ReceiptPlace {
  readonly at: number;
  readonly id: string;
}

/** Receipts and months of a copy, newest first. */
export interface ReceiptsPage {
  readonly items: readonly (ShownSettlement | ShownMonth)[];
  readonly next: ReceiptPlace | null;
}

type Raw = Readonly<Record<string, unknown>>;
interface Placed extends ReceiptPlace {
  readonly item: ShownSettlement | ShownMonth;
}

/** Above every moment. */
const fromTheNewest: ReceiptPlace = { at: Number.MAX_SAFE_INTEGER, id: '' };

/**
 * What a copy was asked for: profit shares at the moment that was settled, months at that at which they begin. Undefined when
 * there is no such copy.
 */
export async function readReceipts(
  pool: Pick<Pool, 'query'>,
  copyId: string,
  { before = fromTheNewest, limit }: { readonly before?: ReceiptPlace | undefined; readonly limit: number },
): Promise<ReceiptsPage | undefined> {
  const known = await pool.query(
    'SELECT 1 FROM copies WHERE copy_id = $1 UNION ALL SELECT 1 FROM copy_shares WHERE copy_id = $1 LIMIT 1',
    [copyId],
  );
  if (known.rows.length === 0) return undefined;
  // The first condition is what the index looks up.
  const page = async (table: string, at: string, id: string): Promise<readonly Raw[]> => {
    const { rows } = await pool.query<Raw>(
      `SELECT * FROM ${table} WHERE copy_id = $1 AND ${at} <= $2 AND (${at} < $2 OR ${id} COLLATE "C" < $3)
        ORDER BY ${at} DESC, ${id} COLLATE "C" DESC LIMIT $4`,
      [copyId, before.at, before.id, limit + 1],
    );
    return rows;
  };
  const placed = (raw: Raw, at: string, id: string, item: Placed['item']): Placed => ({
    at: Number(raw[at]),
    id: String(raw[id]),
    item,
  });
  const settlements = await page('settlements', 'until_at', 'settlement_id');
  const months = await page('subscription_charges', 'from_at', 'charge_id');
  const all = [
    ...settlements.map((raw) => placed(raw, 'until_at', 'settlement_id', shownSettlement(raw))),
    ...months.map((raw) => placed(raw, 'from_at', 'charge_id', shownMonth(raw))),
  ].sort((a, b) => b.at - a.at || Buffer.compare(Buffer.from(b.id), Buffer.from(a.id)));
  const shown = all.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    next: all.length > limit && last !== undefined ? { at: last.at, id: last.id } : null,
  };
}

/**
 * One receipt, or one month, by its id; undefined when there is none.
 * @param client in a snapshot: a receipt and its flows are of one moment
 */
export async function readReceipt(
  client: Pick<Pool, 'query'>,
  id: string,
): Promise<Receipt | MonthReceipt | undefined> {
  const { rows } = await client.query<Raw>(
    `SELECT s.*, m.marks, m.left_out, c.carried_from, c.carried_gap, c.carried_due, c.started_with, c.started_offset
       FROM settlements s
       LEFT JOIN measures m ON m.accounts_partition = s.log_partition AND m.log_offset = s.measured_at
       LEFT JOIN copy_shares c USING (copy_id)
      WHERE s.settlement_id = $1`,
    [id],
  );
  const [raw] = rows;
  if (raw !== undefined)
    return receiptOf(raw, await readFlows(client, String(raw['copy_id']), Number(raw['period_no'])));
  const months = await client.query<Raw>('SELECT * FROM subscription_charges WHERE charge_id = $1', [id]);
  return months.rows[0] && monthReceiptOf(months.rows[0]);
}
