// npm run bench [-- --quick --json FILE]: how fast the straight line is, beside a bare kafkajs on the same machine.
// Plain JavaScript for whatever Node is there; the measuring is done in tools/bench under the project's own.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = join(root, 'node_modules/.bin/node');
if (!existsSync(node)) {
  console.error('The dependencies are missing: run npm ci first (npm start does it too).');
  process.exit(1);
}

const run = (script, options) =>
  new Promise((resolve) => {
    const child = spawn(node, [join(root, script), ...options], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code) => resolve(code ?? 1));
  });

const built = await run('tools/build.mjs', []);
process.exitCode = built === 0 ? await run('tools/bench/main.ts', process.argv.slice(2)) : built;
