import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedDatabase } from '../embedded/postgres.ts';
import { root } from '../embedded/common.ts';
import { noteChildren } from './data-folder.ts';
import { LogFile } from './log-file.ts';
import { Service } from './service.ts';

export const serviceNames = [
  'order-gateway',
  'copy-engine',
  'position-sizer',
  'stats-projector',
  'settlement',
  'notifier',
  'api-gateway',
] as const;
export type ServiceProcess = (typeof serviceNames)[number];

export interface Environment {
  readonly dataDir: string;
  readonly brokers: string;
  readonly database: PreparedDatabase;
  /** Of services that are asked over HTTP; any for the others. */
  readonly ports: Readonly<Partial<Record<ServiceProcess, number>>>;
  /** As asked for; null: none. */
  readonly speed: string | null;
}

/** A step ends when all of it is saved. */
const stepSaveMs = '5';

/** Limits and thresholds of a demonstration. */
export const demoPolicy = join(root, 'deploy/policy.demo.json');

/** The environment every process of the platform gets. */
export function platformEnv(brokers: string, speed: string | null = null): NodeJS.ProcessEnv {
  return {
    ...(speed === 'step' ? { SAVE_INTERVAL_MS: stepSaveMs } : {}),
    ...process.env,
    // Crowds of followers on one provider: levels, which limit them, are off unless the environment has another policy.
    POLICY_FILE: process.env['POLICY_FILE'] || demoPolicy,
    KAFKA_BROKERS: brokers,
    HOST: '127.0.0.1',
    // Webhooks may go to this machine, where whoever tries them out listens.
    WEBHOOKS_TO_LOOPBACK: process.env['WEBHOOKS_TO_LOOPBACK'] || 'true',
    NODE_OPTIONS: '',
    // Compiled code is kept between starts: a third of a service's start.
    NODE_COMPILE_CACHE: join(root, '.cache/node'),
  };
}

/** The seven services as child processes, with their logs in `dataDir/logs`. */
export class Services {
  readonly all: readonly Service[];
  readonly logFolder: string;
  private readonly logs: LogFile[] = [];
  private readonly others: number[] = [];
  private readonly note: () => void;

  constructor(environment: Environment, tell: (line: string) => void, onDiskError: (error: Error) => void) {
    const { dataDir, brokers, database, ports, speed } = environment;
    this.logFolder = join(dataDir, 'logs');
    mkdirSync(this.logFolder, { recursive: true });
    this.note = () => void noteChildren(dataDir, this.pids()).catch(onDiskError);
    this.all = serviceNames.map((name) => {
      const log = new LogFile(join(this.logFolder, `${name}.log`), undefined, onDiskError);
      this.logs.push(log);
      return new Service({
        name,
        entry: join(root, `apps/${name}/dist/main.js`),
        args: [dataDir],
        env: { ...platformEnv(brokers, speed), DATABASE_URL: database.urls[name] },
        port: ports[name] ?? 0,
        log,
        tell,
        onStarted: this.note,
      });
    });
  }

  /** Starts all; resolves when each of them says that it is ready. */
  async start(): Promise<void> {
    for (const service of this.all) service.start();
    await Promise.all(this.all.map((service) => service.ready()));
  }

  /** A process that belongs to them: ended too by the next start, should this one be killed. */
  noteAlso(pid: number | undefined): void {
    if (pid !== undefined) this.others.push(pid);
    this.note();
  }

  /** Rejects when one of them can't be kept running. */
  failed(): Promise<never> {
    return Promise.race(this.all.map((service) => service.failed));
  }

  url(name: ServiceProcess): string {
    return this.all.find((service) => service.name === name)?.url ?? '';
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((service) => service.stop()));
    for (const log of this.logs) log.close();
  }

  private pids(): number[] {
    return [...this.all.map((service) => service.pid).filter((pid) => pid !== undefined), ...this.others];
  }
}
