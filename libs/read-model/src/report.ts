import { decimal, latencyQuantileMs, published, text } from '@slipstream/domain';
import type { Pool } from 'pg';
import { readFollowers } from './followers.js';
import { inSnapshot } from './snapshot.js';

/** Statistics of one provider in the report; money and ratios as decimal strings. */
export interface ProviderReport {
  readonly providerId: string;
  readonly fills: number;
  readonly orders: number;
  readonly grossPnl: string;
  /** Positive = cost. */
  readonly fees: string;
  readonly netPnl: string;
  readonly closedPositions: number;
  readonly wonPositions: number;
  readonly winRate: string | null;
  readonly roiAll: string | null;
  readonly maxDrawdown: string | null;
  readonly activeFollowers: number;
  readonly aum: string;
  /** `SOLUSDT/LONG` → quantity; shorts in BOTH are negative. */
  readonly openPositions: Readonly<Record<string, string>>;
}

/** What became of the copies: decisions counted against what was owed. */
export interface CopiesReport {
  readonly providerOrders: number;
  readonly expectedOutcomes: number;
  readonly copied: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly missing: number;
  readonly duplicated: number;
}

export interface LatencyReport {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The report of a run, as far as the read model knows it. */
export interface ReadReport {
  /** Event time of the newest statistics, ISO 8601; null when there are none. */
  readonly asOf: string | null;
  readonly providers: readonly ProviderReport[];
  readonly copies: CopiesReport;
  readonly latencyMs: { readonly fillToPlaced: LatencyReport };
}

/** Reads the report at one point of the read model. */
export const readReport = (pool: Pool): Promise<ReadReport> =>
  inSnapshot(pool, async (client) => {
    const followers = await readFollowers(client);
    const stats = await client.query<Record<string, string | null>>(
      'SELECT * FROM provider_stats ORDER BY provider_id COLLATE "C"',
    );
    const open = await openPositions(client);
    const providers = stats.rows.map((row): ProviderReport => {
      const providerId = row['provider_id'] ?? '';
      const { activeFollowers, aum } = followers.get(providerId) ?? { activeFollowers: 0, aum: '0' };
      return { ...statsOf(row), activeFollowers, aum, openPositions: open.get(providerId) ?? {} };
    });
    const asOf = Math.max(...stats.rows.map((row) => Number(row['as_of'])));
    const copies = await readCopies(client);
    const latencyMs = { fillToPlaced: await readLatency(client, 'fillToPlaced') };
    return { asOf: providers.length === 0 ? null : new Date(asOf).toISOString(), providers, copies, latencyMs };
  });

/** The statistics of a row of provider_stats as they are shown. */
export function statsOf(row: Readonly<Record<string, string | null>>) {
  return {
    providerId: row['provider_id'] ?? '',
    fills: Number(row['fills']),
    orders: Number(row['orders']),
    grossPnl: plain(row['gross_pnl']),
    fees: plain(row['fees']),
    netPnl: plain(row['net_pnl']),
    closedPositions: Number(row['closed_positions']),
    wonPositions: Number(row['won_positions']),
    winRate: ratio(row['win_rate']),
    roiAll: ratio(row['roi_all']),
    maxDrawdown: ratio(row['max_drawdown']),
  };
}

/** A numeric as it goes on the wire: no trailing zeros. */
export const plain = (value: string | null | undefined): string => text(decimal(value ?? '0'));
const ratio = (value: string | null | undefined): string | null =>
  value === null || value === undefined ? null : published(decimal(value));

type Queryable = Pick<Pool, 'query'>;

async function openPositions(client: Queryable): Promise<Map<string, Record<string, string>>> {
  const { rows } = await client.query<{ provider_id: string; key: string; quantity: string }>(
    `SELECT provider_id, instrument || '/' || CASE position_side WHEN 'net' THEN 'BOTH' ELSE upper(position_side) END AS key,
            sum(CASE position_side WHEN 'net' THEN quantity ELSE abs(quantity) END) AS quantity
       FROM lead_positions WHERE closed_at IS NULL GROUP BY 1, 2`,
  );
  const byProvider = new Map<string, Record<string, string>>();
  // Sorted here: the database's order depends on its collation.
  for (const row of rows.sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const positions = byProvider.get(row.provider_id) ?? {};
    byProvider.set(row.provider_id, { ...positions, [row.key]: plain(row.quantity) });
  }
  return byProvider;
}

async function readCopies(client: Queryable): Promise<CopiesReport> {
  const orders = await client.query<{ orders: string; owed: string }>(
    'SELECT coalesce(sum(orders), 0) AS orders, coalesce(sum(owed), 0) AS owed FROM provider_stats',
  );
  const decisions = await client.query<{ decision: string; reason: string | null; n: string; again: string }>(
    `SELECT decision, reason, count(*) AS n, sum(duplicates + end_duplicates) AS again
       FROM outcomes GROUP BY decision, reason ORDER BY reason COLLATE "C"`,
  );
  const skipped: Record<string, number> = {};
  let [copied, distinct, duplicated] = [0, 0, 0];
  for (const { decision, reason, n, again } of decisions.rows) {
    distinct += Number(n);
    duplicated += Number(again);
    if (decision === 'placed') copied += Number(n);
    else skipped[String(reason)] = Number(n);
  }
  const expectedOutcomes = Number(orders.rows[0]?.owed ?? 0);
  const missing = expectedOutcomes - distinct;
  return {
    providerOrders: Number(orders.rows[0]?.orders ?? 0),
    expectedOutcomes,
    copied,
    skipped,
    missing,
    duplicated,
  };
}

async function readLatency(client: Queryable, stage: string): Promise<LatencyReport> {
  const { rows } = await client.query<{ up_to_ms: string; n: string }>(
    'SELECT up_to_ms, sum(n) AS n FROM latency_histogram WHERE stage = $1 GROUP BY 1 ORDER BY 1',
    [stage],
  );
  const buckets = rows.map((row) => ({ upToMs: Number(row.up_to_ms), n: Number(row.n) }));
  const quantile = (q: number): number | null => latencyQuantileMs(buckets, q);
  return { p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) };
}
