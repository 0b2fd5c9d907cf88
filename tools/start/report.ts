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
  readonly userId: string;
  readonly displayName: string;
  readonly roi: string | null;
  readonly totalPnl: string;
  readonly winRate: string | null;
  readonly maxDrawdown: string | null;
  readonly sharpe: string | null;
  readonly riskLevel: string | null;
  readonly totalTrades: number;
  readonly followers: number;
  readonly aum: string;
  readonly copierPnl: string | null;
}

/** The leaderboard as a table for the terminal. */
export async function leaderboardTable(apiUrl: string): Promise<string> {
  const url = `${apiUrl}/v1/leaderboard?period=all&sort=roi&limit=100`;
  const page = (await getJson(url)) as { items: readonly LeaderboardItem[] };
  const head = ['#', 'provider', 'ROI', 'PnL', 'won', 'max drawdown', 'Sharpe', 'risk', 'trades'];
  const rows = page.items.map((item, index) => [
    String(index + 1),
    item.displayName === item.userId ? item.userId : `${item.displayName} (${item.userId})`,
    percent(item.roi),
    money(item.totalPnl),
    percent(item.winRate),
    percent(item.maxDrawdown),
    item.sharpe === null ? '–' : Number(item.sharpe).toFixed(2),
    item.riskLevel ?? '–',
    String(item.totalTrades),
    String(item.followers),
    money(item.aum),
    item.copierPnl === null ? '–' : money(item.copierPnl),
  ]);
  return table([[...head, 'followers', 'AUM', 'copiers’ PnL'], ...rows]);
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
