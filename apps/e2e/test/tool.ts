import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from './platform.js';

/** What a tool has said, and its exit code. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a tool as `npm run` does. */
export async function tool(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const child = spawn(process.execPath, [`tools/${name}.mjs`, ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
