import { decimal, roundAmount, zero, type Decimal } from '../money.js';
import type { Level, Policy } from '../policy.js';

const dayMs = 86_400_000;
const daysMax = 90;

/** What copies held of a provider at one UTC midnight, by accounts partition (only those that hold something). */
export interface AumDay {
  readonly at: number;
  readonly parts: Readonly<Record<string, string>>;
}

/** The days with one more part; days that no mean counts any more are dropped. */
export function withAum(
  days: readonly AumDay[],
  recorded: { readonly at: number; readonly accountsPartition: number; readonly aum: string },
): readonly AumDay[] {
  const { at, accountsPartition, aum } = recorded;
  const kept = days.filter((day) => day.at !== at && day.at >= at - daysMax * dayMs);
  const parts = { ...days.find((day) => day.at === at)?.parts, [accountsPartition]: aum };
  return [...kept, { at, parts }].sort((a, b) => a.at - b.at);
}

/**
 * Mean AUM of the last 90 UTC midnights before `at`, or of those since the registration where these are fewer; a midnight
 * of which nothing was told counts as 0. Null before the first.
 */
export function meanAum(days: readonly AumDay[], registeredAt: number, at: number): Decimal | null {
  const count = Math.min(daysMax, Math.ceil(at / dayMs) - 1 - Math.floor(registeredAt / dayMs));
  if (count < 1) return null;
  let sum = zero;
  for (const day of days) {
    if (day.at >= at || day.at < at - daysMax * dayMs) continue;
    for (const part of Object.values(day.parts)) sum = sum.plus(decimal(part));
  }
  return roundAmount(sum.div(decimal(String(count))));
}

/** Number of the level that a mean AUM reaches; 0 is the lowest. */
export function levelOf(policy: Policy, mean: Decimal): number {
  return Math.max(
    0,
    (policy.levels ?? []).findLastIndex((level) => mean.gte(level.aum)),
  );
}

/** What a level allows; null where levels are off. */
export const levelAt = (policy: Policy, level: number): Level | null => policy.levels?.[level] ?? null;
