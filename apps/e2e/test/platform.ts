import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CopiesReport, ProviderReport } from '@slipstream/read-model';

/** The project's root: tests run the platform as its users do, by `npm start`'s own entry. */
export const root = join(import.meta.dirname, '../../..');

/** What a finished run of `npm start` gave. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly report: Report | null;
}

/** The report of `--report`, as the README describes it. */
export interface Report {
  readonly asOf: string;
  readonly providers: readonly ProviderReport[];
  readonly copies: CopiesReport;
  readonly ledgerSum: string;
  readonly latencyMs: { readonly fillToPlaced: { readonly p50: number; readonly p95: number; readonly p99: number } };
  readonly elapsedMs: { readonly setup: number; readonly processing: number };
}

/** A running `npm start`. */
export interface Platform {
  readonly process: ChildProcess;
  readonly dataDir: string;
  output(): string;
  /** Resolves when the text has been printed; rejects when the process ends before or the time is over. */
  printed(text: string | RegExp, timeoutMs: number): Promise<void>;
  /** Ctrl-C, then the end. */
  interrupt(): Promise<Run>;
  ended(): Promise<Run>;
}

/** A data folder of its own under the system's temporary folder. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'slipstream-e2e-'));
}

/** Starts the platform with the options a user would give to `npm start --`. */
export function startPlatform(
  options: readonly string[],
  more: { readonly dataDir?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Platform {
  const dataDir = more.dataDir ?? temporaryFolder();
  const reportFile = `${dataDir}.report.json`;
  const args = ['tools/start.mjs', ...options, '--data-dir', dataDir, '--port', '0', '--report', reportFile];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...more.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const end = new Promise<Run>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr, report: readReport(reportFile) }));
  });
  return {
    process: child,
    dataDir,
    output: () => stdout + stderr,
    printed: (text, timeoutMs) => printed(child, () => stdout + stderr, text, timeoutMs),
    interrupt: () => {
      child.kill('SIGINT');
      return end;
    },
    ended: () => end,
  };
}

/** Runs the platform to its end. */
export async function runPlatform(
  options: readonly string[],
  more: { readonly dataDir?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  const platform = startPlatform(options, more);
  const run = await platform.ended();
  if (!more.dataDir) rmSync(platform.dataDir, { recursive: true, force: true });
  return run;
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null; // a run that failed before its end writes none
  } finally {
    rmSync(file, { force: true });
  }
}

function printed(child: ChildProcess, output: () => string, text: string | RegExp, timeoutMs: number): Promise<void> {
  const found = (): boolean => (typeof text === 'string' ? output().includes(text) : text.test(output()));
  return new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      if (found()) finish(resolve);
      else if (child.exitCode !== null) finish(() => reject(new Error(`ended before ${String(text)}:\n${output()}`)));
    }, 50);
    const limit = setTimeout(
      () => finish(() => reject(new Error(`${String(text)} not printed within ${timeoutMs} ms:\n${output()}`))),
      timeoutMs,
    );
    const finish = (then: () => void): void => {
      clearInterval(timer);
      clearTimeout(limit);
      then();
    };
  });
}
