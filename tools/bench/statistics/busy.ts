import { readFileSync } from 'node:fs';
import { cpuSeconds, used, type Watched } from '../cpu.ts';

/** Clock ticks per second of /proc/stat. */
const ticksPerSecond = 100;

/** Who used the processor in some time. */
export interface Busy {
  /** CPU seconds by process. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Cores that something else was using all the time: above some tenths the figures are of a busy machine. */
  readonly coresElsewhere: number;
}

/** Watches who uses the processor until the returned function is called. */
export function watchBusy(processes: readonly Watched[]): () => Busy {
  const [startedMs, allBefore, before] = [performance.now(), machineSeconds(), cpuSeconds(processes)];
  return () => {
    const ours = used(before, cpuSeconds(processes));
    const sum = Object.values(ours).reduce((total, seconds) => total + seconds, 0);
    const elapsedSeconds = (performance.now() - startedMs) / 1000;
    const elsewhere = Math.max(0, machineSeconds() - allBefore - sum) / elapsedSeconds;
    return { cpuSeconds: ours, coresElsewhere: elsewhere };
  };
}

/** CPU seconds of the whole machine that weren't idle; 0 where there is no /proc. */
function machineSeconds(): number {
  try {
    const [, user, nice, system, , , irq, softIrq, steal] =
      /^cpu\s+(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[0].split(/\s+/).map(Number) ?? [];
    return [user, nice, system, irq, softIrq, steal].reduce<number>((sum, n) => sum + (n ?? 0), 0) / ticksPerSecond;
  } catch {
    return 0;
  }
}
