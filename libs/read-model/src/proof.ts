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

/** SHA-256 (hex) over figures, log position and formula version: JSON with the names of each object sorted. */
export const proofOf = (stats: PublishedStats): string => createHash('sha256').update(canonical(stats)).digest('hex');

/** JSON that doesn't depend on the order in which an object was made. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical((value as Record<string, unknown>)[name])}`).join(',')}}`;
}
