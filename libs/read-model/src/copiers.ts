import { decimal, quantile, roundAmount, text } from '@slipstream/domain';
import type { Pool } from 'pg';
import { plain } from './report.js';

/** What copies make of a provider, from their real fills. */
export interface CopierStats {
  readonly asOf: string | null;
  readonly copies: number;
  readonly active: number;
  /** Σ realised PnL − fees of all copies, stopped ones too. */
  readonly realisedPnl: string;
  readonly unrealisedPnl: string;
  readonly invested: string;
  /** Realised ÷ invested; null: nothing was. */
  readonly realisedReturn: string | null;
  /** Copies in profit ÷ copies that had a fill; null: none. */
  readonly inProfit: string | null;
  readonly aum: string;
  /** Σ abs(target − held) at marks: what lots and rejections keep copies from being. */
  readonly drift: string;
  /** Worse than the provider's price is positive, basis points, to a tenth; null: no fill. */
  readonly slippageBp: { readonly median: number | null; readonly p95: number | null };
  /** `filled`, `partly_filled`, `rejected:…`, `skipped:…` and how often each came. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Followers now less those of 7 days ago; null below 7 days. */
  readonly weeklyFollowerChange: number | null;
}

type Row = Readonly<Record<string, string | null>>;

/** Copier statistics of a provider. */
export async function readCopiers(pool: Pool, providerId: string): Promise<CopierStats> {
  const [sums, slippages, outcomes, followers] = await Promise.all([
    pool.query<Row>('SELECT * FROM provider_copiers WHERE provider_id = $1', [providerId]),
    pool.query<{ tenth_bp: number; n: string }>(
      'SELECT tenth_bp, sum(n) AS n FROM provider_slippage WHERE provider_id = $1 GROUP BY 1 ORDER BY 1',
      [providerId],
    ),
    pool.query<{ outcome: string; n: string }>(
      'SELECT outcome, sum(n) AS n FROM provider_outcomes WHERE provider_id = $1 GROUP BY 1 ORDER BY outcome COLLATE "C"',
      [providerId],
    ),
    pool.query<Row>(
      `SELECT p.followers - (SELECT d.followers FROM provider_daily d WHERE d.provider_id = p.provider_id
                              ORDER BY d.day DESC OFFSET 6 LIMIT 1) AS change
         FROM providers p WHERE p.provider_id = $1`,
      [providerId],
    ),
  ]);
  const row = sums.rows[0] ?? {};
  const buckets = slippages.rows.map(({ tenth_bp: value, n }) => ({ value, n: Number(n) }));
  const bp = (q: number): number | null => {
    const tenths = quantile(buckets, q);
    return tenths === null ? null : tenths / 10;
  };
  const money = (name: string): string => text(roundAmount(decimal(row[name] ?? '0')));
  const ratio = (name: string): string | null => (row[name] ? plain(row[name]) : null);
  const change = followers.rows[0]?.['change'] ?? null;
  return {
    asOf: row['as_of'] ? new Date(Number(row['as_of'])).toISOString() : null,
    copies: Number(row['copies'] ?? 0),
    active: Number(row['active'] ?? 0),
    realisedPnl: money('realised_pnl'),
    unrealisedPnl: money('unrealised_pnl'),
    invested: money('invested'),
    realisedReturn: ratio('realised_return'),
    inProfit: ratio('profit_share'),
    aum: money('aum'),
    drift: money('drift'),
    slippageBp: { median: bp(0.5), p95: bp(0.95) },
    outcomes: Object.fromEntries(outcomes.rows.map(({ outcome, n }) => [outcome, Number(n)])),
    weeklyFollowerChange: change === null ? null : Number(change),
  };
}
