// Nx without daemon, terminal interface and cloud: node tools/nx.mjs run-many -t build
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';

const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true', NX_ISOLATE_PLUGINS: 'false' };
const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
const node = join(root, 'node_modules/.bin/node');
const { status } = spawnSync(node, [nx, ...process.argv.slice(2)], { cwd: root, env, stdio: 'inherit' });
process.exitCode = status ?? 1;
