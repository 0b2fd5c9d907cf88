import { rename, writeFile } from 'node:fs/promises';
import pg from 'pg';

export interface Addresses {
  /** URL of the read model's database for a role that may read it. */
  readonly readModelUrl: string;
  readonly apiUrl: string;
  readonly settlementUrl: string;
}

export interface ElapsedMs {
  readonly setup: number;
  /** From the first fill sent to the end of the last outcome. */
  readonly processing: number;
}

/** Writes the report of the run: statistics from the read model, the ledger's sum from settlement. */
export async function writeReport(file: string, addresses: Addresses, elapsedMs: ElapsedMs): Promise<void> {
  const { readReport } = await import('@slipstream/read-model');
  const pool = new pg.Pool({ connectionString: addresses.readModelUrl, max: 1 });
  pool.on('error', () => undefined);
  try {
    const report = await readReport(pool);
    const { ledgerSum } = (await getJson(`${addresses.settlementUrl}/trial-balance`)) as { ledgerSum: string };
    const { asOf, providers, copies, latencyMs } = report;
    const text = JSON.stringify({ asOf, providers, copies, ledgerSum, latencyMs, elapsedMs }, null, 2);
    await writeFile(`${file}.new`, `${text}\n`);
    await rename(`${file}.new`, file);
  } finally {
    await pool.end();
  }
}

/** Placed orders that have no end yet. */
export async function openOutcomes(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ n: string }>(
    "SELECT count(*) AS n FROM read_model.outcomes WHERE decision = 'placed' AND end_type IS NULL",
  );
  return Number(rows[0]?.n ?? 0);
}

interface LeaderboardItem {
  readonly providerId: string;
  readonly displayName: string;
  readonly roiAll: string | null;
  readonly netPnl: string;
  readonly winRate: string | null;
  readonly maxDrawdown: string | null;
  readonly orders: number;
  readonly activeFollowers: number;
  readonly aum: string;
}

/** The leaderboard as a table for the terminal. */
export async function leaderboardTable(apiUrl: string): Promise<string> {
  const page = (await getJson(`${apiUrl}/v1/leaderboard?limit=100`)) as { items: readonly LeaderboardItem[] };
  const head = ['#', 'provider', 'ROI', 'net PnL', 'won', 'max drawdown', 'orders', 'followers', 'AUM'];
  const rows = page.items.map((item, index) => [
    String(index + 1),
    item.displayName === item.providerId ? item.providerId : `${item.displayName} (${item.providerId})`,
    percent(item.roiAll),
    money(item.netPnl),
    percent(item.winRate),
    percent(item.maxDrawdown),
    String(item.orders),
    String(item.activeFollowers),
    money(item.aum),
  ]);
  return table([head, ...rows]);
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return await response.json();
}

// For reading only: the exact figures are in the report.
const percent = (ratio: string | null): string => (ratio === null ? '–' : `${(Number(ratio) * 100).toFixed(2)} %`);
const money = (amount: string): string => Number(amount).toFixed(2);

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 1 ? cell.padEnd(widths[1] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => `  ${line(row)}`).join('\n');
}
