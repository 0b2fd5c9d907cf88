import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { serviceNodeFlags, sleep, StartError } from '../embedded/common.ts';
import type { LogFile } from './log-file.ts';

export interface ServiceOptions {
  readonly name: string;
  /** Path of the built main.js. */
  readonly entry: string;
  /** Extra arguments; they name the data folder in the command line, by which leftovers are known. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  readonly log: LogFile;
  /** A line for the user. */
  readonly tell: (line: string) => void;
  readonly onStarted: () => void;
}

const crashesMax = 5;
const crashWindowMs = 60_000;
const restartDelayMsMax = 5000;
const readyMsMax = 90_000;
const stopMsMax = 10_000;

/** One service as a child process, started again when it crashes: at most five times a minute. */
export class Service {
  readonly name: string;
  /** Rejects with a StartError when the service can't be kept running. */
  readonly failed: Promise<never>;
  private child: ChildProcess | undefined;
  private readonly crashes: number[] = [];
  private stopping = false;
  private listeningOn: number | null = null;
  private fail: (error: Error) => void = () => undefined;

  private readonly options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.name = options.name;
    this.failed = new Promise<never>((_, reject) => (this.fail = reject));
    this.failed.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** `http://host:port`, null while it isn't listening. */
  get url(): string | null {
    return this.listeningOn === null ? null : `http://127.0.0.1:${this.listeningOn}`;
  }

  start(): void {
    const { entry, args, env } = this.options;
    // After a crash on the port it had, so that addresses that were shown stay right.
    const port = String(this.listeningOn ?? this.options.port);
    this.child = spawn(process.execPath, [...serviceNodeFlags, entry, ...args], {
      env: { ...env, PORT: port },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.read(line));
    }
    this.child.once('error', (error) => this.fail(error));
    this.child.once('exit', (code, signal) => this.ended(signal ?? `exit code ${code}`));
    this.options.onStarted();
  }

  /** Resolves when the service says that it is ready. */
  async ready(): Promise<void> {
    const deadline = Date.now() + readyMsMax;
    while (!(await this.isReady())) {
      if (this.stopping) return;
      if (Date.now() > deadline) {
        throw new StartError(
          `${this.name} is not ready after ${readyMsMax / 1000} s; the end of ${this.options.log.path}:\n${this.options.log.lastLines(5)}`,
        );
      }
      await Promise.race([sleep(100), this.failed]);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await ended;
    clearTimeout(timer);
  }

  private async isReady(): Promise<boolean> {
    if (this.url === null) return false;
    try {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(5000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  private read(line: string): void {
    this.options.log.write(line);
    if (!line.includes('"listening"')) return;
    try {
      const { msg, port } = JSON.parse(line) as { msg?: string; port?: number };
      if (msg === 'listening' && port !== undefined) this.listeningOn = port;
    } catch {
      // Not a structured line after all.
    }
  }

  private ended(how: string): void {
    if (this.stopping) return;
    const now = Date.now();
    this.crashes.push(now);
    const recent = this.crashes.filter((at) => now - at < crashWindowMs).length;
    if (recent >= crashesMax) {
      this.stopping = true;
      const { path } = this.options.log;
      const lines = this.options.log.lastLines(5);
      this.fail(
        new StartError(`${this.name} ended ${recent} times within a minute (${how}); the end of ${path}:\n${lines}`),
      );
      return;
    }
    this.options.tell(`  ! ${this.name} ended (${how}); starting it again`);
    setTimeout(() => (this.stopping ? undefined : this.start()), Math.min(250 * 2 ** (recent - 1), restartDelayMsMax));
  }
}
