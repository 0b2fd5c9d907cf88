import type { Busy } from './busy.ts';
import type { LoadTimes } from './load.ts';
import type { Memory } from './memory.ts';
import type { PageTimes, Times } from './pages.ts';
import type { Scale } from './seed.ts';

/** What is found; written as it is by --json. Times in milliseconds. */
export interface Findings {
  readonly scale: Scale;
  readonly seedMs: number;
  readonly dayRows: number;
  /** On an otherwise idle machine. */
  readonly pages: PageTimes;
  readonly pagesBusy: Busy;
  readonly similar: Times;
  readonly load: LoadTimes;
  readonly memory: Memory;
  readonly loadBusy: Busy;
  readonly pagesUnderLoad: PageTimes;
  readonly similarUnderLoad: Times;
  /** Until the windows of all providers have rolled. */
  readonly midnightMs: number;
  readonly midnightUnderLoadMs: number;
  readonly midnightLoad: LoadTimes;
}

/** Milliseconds, and the memory of the last quarter of the load ÷ that of the second. */
export const targets = { pageP99: 15, visibleP99: 250, memoryGrowth: 1.1 };

const grown = ({ quartersMiB }: Memory): number => (quartersMiB[3] ?? NaN) / (quartersMiB[1] ?? NaN);

export const isMet = ({ pages, load, memory }: Findings): boolean =>
  pages.p99 < targets.pageP99 &&
  load.visibleMs.p99 < targets.visibleP99 &&
  (memory.samples === 0 || grown(memory) < targets.memoryGrowth);

/** What a person reads. */
export function table(findings: Findings): string {
  const { scale, pages, load, memory, midnightLoad } = findings;
  const goal = (met: boolean, text: string): string => `   target ${text}: ${met ? 'met' : 'MISSED'}`;
  return [
    `${scale.providers} providers, ${scale.copies} copies, ${findings.dayRows} days, seeded in ${seconds(findings.seedMs)}`,
    '',
    `leaderboard page        ${times(pages)}${goal(pages.p99 < targets.pageP99, `p99 < ${targets.pageP99} ms`)}`,
    `  slowest combination   ${ms(pages.slowest.p50)} (median): ${pages.slowest.query}`,
    `  CPU                   ${cpu(findings.pagesBusy)}`,
    `similar providers       ${times(findings.similar)}`,
    `load                    ${Math.round(load.fillsPerSecond)} fills/s, ${load.fills} in ${load.orders} orders; ${load.accountRecords} records of accounts`,
    `fill in its stats row   ${times(load.visibleMs)}${goal(load.visibleMs.p99 < targets.visibleP99, `p99 < ${targets.visibleP99} ms`)}`,
    `  CPU                   ${cpu(findings.loadBusy)}`,
    `memory of the projector ${memory.quartersMiB.map(Math.round).join(', ')} MiB by quarter, ${memory.slopeMiBPerMinute.toFixed(1)} MiB/min${goal(grown(memory) < targets.memoryGrowth, `last ÷ second < ${targets.memoryGrowth}`)}`,
    `page under load         ${times(findings.pagesUnderLoad)}`,
    `similar under load      ${times(findings.similarUnderLoad)}`,
    `a midnight of all       ${seconds(findings.midnightMs)} alone, ${seconds(findings.midnightUnderLoadMs)} under load (fills then ${times(midnightLoad.visibleMs)})`,
  ].join('\n');
}

const cpu = ({ cpuSeconds, coresElsewhere }: Busy): string => {
  const each = Object.entries(cpuSeconds).map(([name, used]) => `${name} ${used.toFixed(1)} s`);
  return `${each.join(', ')}; other processes ${coresElsewhere.toFixed(1)} cores`;
};
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;
const times = ({ count, p50, p99, max }: Times): string => `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)} of ${count}`;
