import { createHash } from 'node:crypto';
import type { Period, PeriodStats } from '@slipstream/domain';

/** All figures of a provider that rest on its own line. */
export interface PublishedStats {
  readonly providerId: string;
  /** Event time, milliseconds. */
  readonly asOf: number;
  readonly logPartition: number;
  readonly logOffset: number;
  readonly formulaVersion: number;
  readonly status: 'active' | 'retired' | 'blocked' | 'failed';
  readonly strategy: 'spot' | 'futures' | 'mixed' | null;
  readonly ranked: boolean;
  readonly followers: number;
  /** Σ copies owed an outcome. */
  readonly owed: number;
  readonly risk: number | null;
  readonly riskLevel: 'low' | 'medium' | 'high' | null;
  readonly overviewOwn: string;
  readonly periods: Readonly<Record<Period, PeriodStats>>;
}

/** Figures of a provider's copies that rest on accounts.events. Money has 8 decimals, ratios 10. */
export interface CopierFigures {
  /** Event time; null: nobody has copied. */
  readonly asOf: string | null;
  /** Copies that were confirmed, and those of them that aren't stopped. */
  readonly copies: number;
  readonly active: number;
  /** Σ realised PnL − fees of all copies, stopped ones too, also by orders of their own. */
  readonly realisedPnl: string;
  readonly unrealisedPnl: string;
  /** Σ money they began with and what was added. */
  readonly invested: string;
  /**
   * What copies that had a fill have really made of their money, whatever came in or went out: the mean, by the money they
   * began with, of Π(equity before a flow ÷ equity after the one before) − 1. Null: none had.
   */
  readonly realisedReturn: string | null;
  /** Copies in profit ÷ copies that had a fill; null: none. */
  readonly inProfit: string | null;
  /** Σ min(copyTotalAmt, copy equity), at least 0 each, of copies that aren't stopped. */
  readonly aum: string;
  /** Σ abs(target − held) at marks: what lots and rejections keep copies from being. */
  readonly drift: string;
  /** Worse than the provider's price is positive, basis points, to a tenth; null: no fill. */
  readonly slippageBp: { readonly median: number | null; readonly p95: number | null };
  /** `filled`, `partly_filled`, `rejected:…`, `skipped:…` and how often each came. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Up to and with an offset of a partition of accounts.events. */
export interface LogPosition {
  readonly partition: number;
  readonly offset: number;
}

/** Where figures of copies come from: the last record of each partition that was about them. */
export interface CopiersProof {
  /** Null: nobody has copied. */
  readonly formulaVersion: number | null;
  /** By partition; one without copies of the provider has none. */
  readonly positions: readonly LogPosition[];
  readonly hash: string;
}

/**
 * SHA-256 (hex) over figures, log position and formula version: JSON with the names of each object sorted. The list of names sorts
 * them natively: this is done for every fill.
 */
export function proofOf(stats: PublishedStats): string {
  statsNames ??= namesWithin(stats);
  return digest(JSON.stringify(stats, statsNames));
}

let statsNames: string[] | undefined;

/** All names within, sorted; published statistics have the same ones always. */
function namesWithin(value: object): string[] {
  const names = new Set<string>();
  const collect = (one: unknown): void => {
    if (one === null || typeof one !== 'object') return;
    for (const [name, inner] of Object.entries(one)) {
      names.add(name);
      collect(inner);
    }
  };
  collect(value);
  return [...names].sort();
}

/** The same over the figures of a provider's copies; of positions only partition and offset count. */
export function copiersProofOf(
  figures: CopierFigures,
  positions: readonly LogPosition[],
  formulaVersion: number | null,
): string {
  const told = {
    figures,
    positions: positions.map(({ partition, offset }) => ({ partition, offset })),
    formulaVersion,
  };
  return digest(canonical(told));
}

const digest = (json: string): string => createHash('sha256').update(json).digest('hex');

/** JSON that doesn't depend on the order in which an object was made. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join(',')}}`;
}
