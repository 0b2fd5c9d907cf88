import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat; 100 on every Linux Node runs on. */
const ticksPerSecond = 100;

/** A process whose CPU time is watched; `children` adds its child processes (PostgreSQL's backends). */
export interface Watched {
  readonly name: string;
  readonly pid: number;
  readonly children?: boolean;
}

/** CPU seconds, user and system, each process has used so far; {} where there is no /proc. */
export function cpuSeconds(processes: readonly Watched[]): Record<string, number> {
  return Object.fromEntries(
    processes.flatMap(({ name, pid, children }) => {
      const pids = [pid, ...(children ? childrenOf(pid) : [])];
      const used = pids.map(ticksOf).filter((ticks) => ticks !== undefined);
      return used.length === 0 ? [] : [[name, used.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond]];
    }),
  );
}

/** What was used between two readings. */
export function used(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]));
}

function ticksOf(pid: number): number | undefined {
  const fields = statOf(pid);
  // utime, stime, and those of children that have ended: fields 14 to 17.
  return fields?.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

/** The fields of /proc/<pid>/stat behind the name, which may hold blanks. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function childrenOf(parent: number): number[] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => Number(statOf(pid)?.[1]) === parent);
  } catch {
    return [];
  }
}
