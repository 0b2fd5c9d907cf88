import { spawn, type ChildProcess } from 'node:child_process';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, StartError } from '../embedded/common.ts';
import { LogFile } from './log-file.ts';
import type { StartOptions } from './options.ts';
import { seconds, type Steps } from './steps.ts';
import { platformEnv } from './services.ts';

/** What the feed says, one JSON object per line. */
interface FeedMessage {
  readonly event: string;
  readonly done?: number;
  readonly total?: number;
  readonly providers?: number;
  readonly followers?: number;
  readonly orders?: number;
  readonly fills?: number;
  readonly malformed?: number;
  readonly marketTime?: number;
  readonly file?: string;
  readonly line?: number;
  readonly reason?: string;
}

/** Exit codes of the feed that mean that it did its work. */
export const feedExit = { finished: 0, malformedLines: 2, stoppedAtMalformed: 3 } as const;
const stopMsMax = 15_000;
const malformedShownMax = 100;

/** The process that brings the fills in: of the file, or of the demo market. */
export class Feed {
  /** Resolves with its exit code; rejects when it failed. */
  readonly ended: Promise<number>;
  /** When the first fill could be sent: followers and providers are there. */
  seededAtMs: number | null = null;
  malformed = 0;
  private readonly child: ChildProcess;
  private readonly log: LogFile;
  private readonly startedAtMs = Date.now();
  private shownAtMs = 0;

  private readonly options: StartOptions;
  private readonly steps: Steps;

  constructor(options: StartOptions, steps: Steps, dataDir: string, brokers: string) {
    this.options = options;
    this.steps = steps;
    this.log = new LogFile(join(dataDir, 'logs', 'feed.log'));
    const entry = join(root, 'apps/order-gateway/dist/feed.main.js');
    const args = feedArguments(options, join(dataDir, 'feed.json'));
    this.child = spawn(process.execPath, [entry, ...args], {
      env: platformEnv(brokers),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.child.stdout !== null) createInterface({ input: this.child.stdout }).on('line', (line) => this.read(line));
    if (this.child.stderr !== null)
      createInterface({ input: this.child.stderr }).on('line', (line) => this.log.write(line));
    this.ended = this.end();
    this.ended.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      const timer = setTimeout(() => this.child.kill('SIGKILL'), stopMsMax);
      await this.ended.catch(() => undefined);
      clearTimeout(timer);
    }
    this.log.close();
  }

  private async end(): Promise<number> {
    // `close` comes after the last line was read.
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (exitCode, signalName) => resolve([exitCode, signalName]));
    });
    if (code !== null && (Object.values(feedExit) as number[]).includes(code)) return code;
    const why = this.log.lastLines(1) || (signal ?? `exit code ${code}`);
    throw new StartError(`The feed failed: ${why} (more in ${this.log.path})`);
  }

  private read(text: string): void {
    this.log.write(text);
    let message: FeedMessage;
    try {
      message = JSON.parse(text) as FeedMessage;
    } catch {
      return;
    }
    this.show(message);
  }

  private show(message: FeedMessage): void {
    const sinceStart = seconds(Date.now() - this.startedAtMs);
    if (message.event === 'seeding') {
      if (this.due(2000)) this.steps.live(`  … seeding followers: ${message.done} of ${message.total}`);
    } else if (message.event === 'seeded') {
      this.seededAtMs = Date.now();
      const what = `seeded: ${message.providers} providers, ${message.followers} followers`;
      this.steps.line(`  ✓ ${what.padEnd(58)} ${sinceStart}`);
    } else if (message.event === 'progress') {
      if (this.due(this.options.once ? 5000 : 60_000)) this.steps.live(`  … ${described(message)}`);
    } else if (message.event === 'malformed') {
      this.malformed += 1;
      const { file = '', line, reason } = message;
      if (this.malformed <= malformedShownMax) this.steps.line(`  ! ${basename(file)}:${line} malformed: ${reason}`);
    } else if (message.event === 'finished') {
      this.steps.line(`  ✓ ${described(message).padEnd(58)} ${sinceStart}`);
      if ((message.malformed ?? 0) > 0) this.steps.line(`  ! ${message.malformed} malformed lines left out`);
    }
  }

  private due(everyMs: number): boolean {
    if (!process.stdout.isTTY && Date.now() - this.shownAtMs < everyMs) return false;
    this.shownAtMs = Date.now();
    return true;
  }
}

function described({ fills, orders, marketTime }: FeedMessage): string {
  const time = marketTime === undefined ? '' : `, market time ${new Date(marketTime).toISOString().slice(0, 16)}Z`;
  return `${fills} fills sent in ${orders} provider orders${time}`;
}

/** The feed's own command line for the options of `npm start`. */
export function feedArguments(options: StartOptions, stateFile: string): string[] {
  const values: Readonly<Record<string, string | number | null>> = {
    '--fills': options.fills,
    '--followers': options.followers,
    '--copy-mode': options.copyMode,
    '--starting-capital': options.startingCapital,
    '--speed': options.speed,
    '--state': stateFile,
  };
  return [
    ...Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [name, String(value)])),
    ...(options.strict ? ['--strict'] : []),
    ...(options.once ? ['--once'] : []),
  ];
}
