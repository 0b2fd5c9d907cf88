/** One bucket of a histogram: a value and how often it was seen. */
export interface Bucket {
  readonly value: number;
  readonly n: number;
}

/** Nearest-rank quantile: the smallest value that at least q of all don't exceed; null when there are none. */
export function quantile(ascending: readonly Bucket[], q: number): number | null {
  const rank = Math.max(1, Math.ceil(q * ascending.reduce((sum, { n }) => sum + n, 0)));
  let seen = 0;
  for (const { value, n } of ascending) {
    seen += n;
    if (seen >= rank) return value;
  }
  return null;
}
