import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, serviceNodeFlags, StartError } from '../embedded/common.ts';
import { connectProfiler, type Profiler } from './profile.ts';

const startMsMax = 60_000;
const stopMsMax = 20_000;

/** Path of a service that is built. @throws StartError when it isn't */
export function builtService(name: string): string {
  const script = join(root, 'apps', name, 'dist/main.js');
  if (!existsSync(script)) throw new StartError(`apps/${name} isn't built: run npm run build.`);
  return script;
}

/** A process that is measured. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Rejects when it ends before `stop`. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
  /** Where it is profiled. */
  readonly profiler?: Profiler;
}

/**
 * Starts a Node process and resolves when it has printed its structured line `listening`.
 * @param script path of the file to run
 * @param options `profiled`: with an inspector, so that profiles can be taken of it
 */
export async function startChild(
  name: string,
  script: string,
  options: { readonly args?: readonly string[]; readonly env?: Record<string, string>; readonly profiled?: boolean },
): Promise<Child> {
  const inspect = options.profiled ? ['--inspect=127.0.0.1:0'] : [];
  const child = spawn(process.execPath, [...serviceNodeFlags, ...inspect, script, ...(options.args ?? [])], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stopping = false;
  let inspector = '';
  const lines: string[] = [];
  const failed = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!stopping) reject(new StartError(`${name} ended with ${signal ?? code}:\n${lines.join('\n')}`));
    });
  });
  failed.catch(() => undefined);
  const listening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (lines.length > 20) lines.shift();
        inspector = /ws:\/\/\S+/.exec(line)?.[0] ?? inspector;
        if (line.includes('"msg":"listening"')) resolve();
      });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    await end(child);
  };
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new StartError(`${name} isn't up after ${startMsMax / 1000} s`)), startMsMax).unref();
  });
  try {
    await Promise.race([listening, failed, late]);
  } catch (error) {
    await stop();
    throw error;
  }
  const profiler = options.profiled ? await connectProfiler(inspector) : undefined;
  return { name, pid: child.pid ?? -1, failed, stop, ...(profiler && { profiler }) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await ended;
  clearTimeout(hard);
}
