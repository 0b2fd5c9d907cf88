import { readFileSync } from 'node:fs';

/** Resident memory of a process over some time. */
export interface Memory {
  readonly samples: number;
  /** Mean of each quarter of the time, MiB. */
  readonly quartersMiB: readonly number[];
  /** Of a straight line through all samples. */
  readonly slopeMiBPerMinute: number;
}

const everyMs = 1000;

/** Samples the resident memory each second until `end`; where there is no /proc, there are no samples. */
export function watchMemory(pid: number): { end(): Memory } {
  const samples: number[] = [];
  const timer = setInterval(() => {
    const mib = residentMiB(pid);
    if (mib !== undefined) samples.push(mib);
  }, everyMs);
  return {
    end() {
      clearInterval(timer);
      const quarter = Math.max(1, samples.length / 4);
      return {
        samples: samples.length,
        quartersMiB: [0, 1, 2, 3].map((i) =>
          mean(samples.slice(Math.floor(i * quarter), Math.floor((i + 1) * quarter))),
        ),
        slopeMiBPerMinute: slope(samples) * (60_000 / everyMs),
      };
    },
  };
}

function residentMiB(pid: number): number | undefined {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Least squares, per sample. */
function slope(values: readonly number[]): number {
  const [middle, average] = [(values.length - 1) / 2, mean(values)];
  let [above, below] = [0, 0];
  values.forEach((value, i) => {
    above += (i - middle) * (value - average);
    below += (i - middle) ** 2;
  });
  return below === 0 ? 0 : above / below;
}
