import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, used, type Watched } from './cpu.ts';

/** What is measured: takes provider orders in and says when all their commands lie in the last topic. */
export interface Side {
  readonly name: string;
  /** Sends the next so many provider orders of the crowd at once; resolves when the last of their commands is there. */
  saturate(orders: number): Promise<void>;
  /** Sends one provider order; resolves with the milliseconds until the last of its commands is there. */
  latencyMs(provider: string): Promise<number>;
}

/** One turn at saturation. */
export interface Turn {
  readonly commands: number;
  readonly elapsedMs: number;
  readonly commandsPerSecond: number;
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/** Milliseconds from provider order to its last command, at a moderate rate. */
export interface Latency {
  readonly orders: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Measures one turn: how long until all is there, and who used how much CPU meanwhile. */
export async function measureTurn(
  side: Side,
  orders: number,
  followers: number,
  watched: readonly Watched[],
): Promise<Turn> {
  const before = cpuSeconds(watched);
  const startedMs = performance.now();
  await side.saturate(orders);
  const elapsedMs = performance.now() - startedMs;
  const commands = orders * followers;
  return {
    commands,
    elapsedMs,
    commandsPerSecond: (commands / elapsedMs) * 1000,
    cpuSeconds: used(before, cpuSeconds(watched)),
  };
}

/** Sends orders at equal distances, whether or not the ones before have come through. */
export async function measureLatency(
  side: Side,
  provider: string,
  { orders, perSecond }: { readonly orders: number; readonly perSecond: number },
): Promise<Latency> {
  const startedMs = performance.now();
  const pending: Promise<number>[] = [];
  for (let i = 0; i < orders; i++) {
    await sleep(Math.max(0, startedMs + (i * 1000) / perSecond - performance.now()));
    pending.push(side.latencyMs(provider));
  }
  const sorted = (await Promise.all(pending)).sort((a, b) => a - b);
  return { orders, perSecond, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

/** Nearest rank in a sorted list. */
export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
};
