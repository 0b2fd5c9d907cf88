import { quantile } from './quantile.js';

/** Latencies are counted in buckets about 2 % wide; their upper bounds are whole milliseconds from 1 to a week. */
const boundsMs = bounds(7 * 86_400_000);

/** One bucket of a histogram. */
export interface LatencyBucket {
  readonly upToMs: number;
  readonly n: number;
}

/** Upper bound of the bucket a latency falls in, milliseconds; below 1 counts as 1, above a week as a week. */
export function latencyBucketMs(latencyMs: number): number {
  let low = 0;
  let high = boundsMs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boundsMs[middle] as number) < latencyMs) low = middle + 1;
    else high = middle;
  }
  return boundsMs[low] as number;
}

/**
 * Nearest-rank quantile: the smallest bound that at least q of all latencies don't exceed; null when there are none.
 * @param buckets in ascending order
 */
export const latencyQuantileMs = (buckets: readonly LatencyBucket[], q: number): number | null =>
  quantile(
    buckets.map(({ upToMs, n }) => ({ value: upToMs, n })),
    q,
  );

function bounds(lastMs: number): number[] {
  const result: number[] = [];
  for (let bound = 1; bound < lastMs; bound = Math.max(bound + 1, Math.floor(bound * 1.02))) result.push(bound);
  return [...result, lastMs];
}
