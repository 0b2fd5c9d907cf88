import { createServer, type AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Node's own settings for the services: a larger young generation, since micro-batches of thousands live for a moment; and an
 * old one that may grow to three times what lives in it before it is walked through, buffers included, since each walk
 * through some hundred megabytes of state holds a service up for a quarter of a second.
 */
export const serviceNodeFlags = [
  '--enable-source-maps',
  '--min-semi-space-size=64',
  '--max-semi-space-size=128',
  '--heap-growing-percent=200',
  '--external-memory-accounted-in-global-limit',
];

/** Folder of the whole project. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Something the user can mend: its message is one sentence that says what to do. Printed without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** What a started server gives: where it is, how to end it. */
export interface EmbeddedServer {
  readonly pid: number;
  /** Orderly shutdown. */
  stop(): Promise<void>;
  /** SIGKILL: what a crash leaves behind. */
  kill(): void;
  /** Resolves with the exit code or signal when the process has ended. */
  readonly wait: Promise<string>;
}

/** `count` different loopback ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends what an earlier, killed start left running on the same data: only if the process with that id was started with
 * `mark` (the data folder) in its command line, so that a reused id hits nobody else.
 */
export async function endLeftover(pid: number, mark: string): Promise<void> {
  if (!isAlive(pid) || !commandLine(pid).includes(mark)) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + 15_000;
  while (isAlive(pid) && Date.now() < deadline) await sleep(50);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  while (isAlive(pid)) await sleep(20);
}

export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The last lines of a text file; '' when it can't be read. */
export function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
