import { readFileSync, readdirSync } from 'node:fs';

/** Process ids of the platform's own children whose command line ends in the given entry, found in /proc. */
export function childrenOf(parent: number, entry: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    try {
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ');
      if (commandLine.includes(entry) && descendsFrom(pid, parent)) found.push(pid);
    } catch {
      // ended meanwhile
    }
  }
  return found;
}

function descendsFrom(pid: number, ancestor: number): boolean {
  let current = pid;
  for (let depth = 0; depth < 10 && current > 1; depth += 1) {
    if (current === ancestor) return true;
    const stat = readFileSync(`/proc/${current}/stat`, 'utf8');
    current = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  }
  return false;
}
