// npm run check: types, lint, tidy with boundaries, formatting. Each says what is wrong; all are asked.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../embedded/common.ts';
import { Steps } from '../start/steps.ts';
import { tidy } from '../tidy/tidy.ts';

const program = (path: string, ...args: readonly string[]): (() => Promise<string>) => {
  return () =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(root, 'node_modules', path), ...args], { cwd: root });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code) => resolve(code === 0 ? '' : output || `exit code ${code}`));
    });
};

/** Each gives what is wrong, '' when nothing is. */
const checks: Readonly<Record<string, () => Promise<string>>> = {
  types: program('typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'),
  lint: program('eslint/bin/eslint.js', 'libs', 'apps', 'tools', '--max-warnings=0'),
  'tidy and boundaries': async () => (await tidy()).join('\n'),
  formatting: program('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
};

const steps = new Steps();
const names = Object.keys(checks);
const wrong = await Promise.all(
  Object.entries(checks).map(([name, check]) =>
    steps.step(name, check, (output) => (output === '' ? 'fine' : 'NOT fine')),
  ),
);
wrong.forEach((output, index) => {
  if (output !== '') console.log(`\n${names[index]}:\n${output.trimEnd()}`);
});
process.exitCode = wrong.every((output) => output === '') ? 0 : 1;
