import { decimal, quantile, roundAmount, text } from '@slipstream/domain';
import type { Pool } from 'pg';
import { copiersProofOf, type CopierFigures, type CopiersProof, type LogPosition } from './proof.js';
import { plain } from './report.js';

/** What copies make of a provider, from their real fills, and where it comes from. */
export interface CopierStats extends CopierFigures {
  /** Followers now less those at the midnight 7 days before the last one; null below 7 days. From the provider's own line. */
  readonly weeklyFollowerChange: number | null;
  /** Of all figures but the weekly change. */
  readonly proof: CopiersProof;
}

type Row = Readonly<Record<string, string | null>> & {
  /** Tenths of a basis point and how often each came, ascending. */
  readonly slippages: readonly (readonly [tenthBp: number, n: number])[];
  readonly outcomes: Readonly<Record<string, number>>;
  readonly positions: readonly LogPosition[];
  readonly version: number | null;
};

// One statement: figures and positions of two moments would not fit together. Each table is added up by itself before
// anything is joined, so that no row can count twice.
const statement = `
  SELECT c.*, s.slippages, o.outcomes, l.positions, l.version, f.change
    FROM (SELECT $1::text AS provider_id) asked
    LEFT JOIN provider_copiers c USING (provider_id),
    LATERAL (SELECT coalesce(json_agg(json_build_array(tenth_bp, n) ORDER BY tenth_bp), '[]') AS slippages
      FROM (SELECT tenth_bp, sum(n) AS n FROM provider_slippage p WHERE p.provider_id = asked.provider_id GROUP BY 1) t) s,
    LATERAL (SELECT coalesce(json_object_agg(outcome, n ORDER BY outcome COLLATE "C"), '{}') AS outcomes
      FROM (SELECT outcome, sum(n) AS n FROM provider_outcomes p WHERE p.provider_id = asked.provider_id GROUP BY 1) t) o,
    LATERAL (SELECT max(formula_version) AS version, coalesce(json_agg(json_build_object(
               'partition', accounts_partition, 'offset', log_offset) ORDER BY accounts_partition), '[]') AS positions
      FROM provider_copies p WHERE p.provider_id = asked.provider_id) l,
    LATERAL (SELECT (SELECT p.followers - d.followers FROM providers p JOIN provider_daily d USING (provider_id)
      WHERE p.provider_id = asked.provider_id ORDER BY d.day DESC OFFSET 7 LIMIT 1) AS change) f`;

/** Copier statistics of a provider, of one moment; those of somebody nobody has copied are all nothing. */
export async function readCopiers(pool: Pick<Pool, 'query'>, providerId: string): Promise<CopierStats> {
  const { rows } = await pool.query<Row>(statement, [providerId]);
  const row = rows[0] as Row;
  const buckets = row.slippages.map(([value, n]) => ({ value, n }));
  const bp = (q: number): number | null => {
    const tenths = quantile(buckets, q);
    return tenths === null ? null : tenths / 10;
  };
  const money = (name: string): string => text(roundAmount(decimal(row[name] ?? '0')));
  const ratio = (name: string): string | null => (row[name] ? plain(row[name]) : null);
  const figures: CopierFigures = {
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
    outcomes: row.outcomes,
  };
  const { positions, version: formulaVersion } = row;
  const change = row['change'] ?? null;
  return {
    ...figures,
    weeklyFollowerChange: change === null ? null : Number(change),
    proof: { formulaVersion, positions, hash: copiersProofOf(figures, positions, formulaVersion) },
  };
}
