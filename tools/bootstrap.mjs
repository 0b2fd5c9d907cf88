// What runs before the dependencies are there: plain JavaScript without any, for Node 20.19 and newer. Installs what is
// missing or stale, then goes on under the project's own Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { javaProblem } from './java.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const nodeVersionMin = [20, 19];

/**
 * Goes on with a TypeScript tool under the project's Node, once everything it needs is there.
 * @param {string} tool path of the .ts file relative to tools/
 * @param {{ needsJava?: boolean }} [needs]
 */
export async function goOn(tool, needs = {}) {
  const file = join(root, 'tools', tool);
  const problem = nodeProblem(process.versions.node) ?? (needs.needsJava ? await javaWanted() : undefined);
  if (problem !== undefined) return fail(problem);
  const startedAt = Date.now();
  if (dependenciesStale() && !installDependencies()) {
    return fail('The dependencies could not be installed: see what npm says above, then start again.');
  }
  process.env['SLIPSTREAM_INSTALL_MS'] = String(Date.now() - startedAt);
  const node = realpathSync(join(root, 'node_modules/.bin/node'));
  if (realpathSync(process.execPath) === node) return await import(pathToFileURL(file).href);
  process.exitCode = await runUnder(node, file);
}

/**
 * @param {string} version such as 20.19.0
 * @returns {string | undefined} the sentence to show when it is too old
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > nodeVersionMin[0] || (major === nodeVersionMin[0] && minor >= nodeVersionMin[1])) return undefined;
  return `Node ${version} is too old: install Node ${nodeVersionMin.join('.')} or newer (the project brings its own Node 24 after that).`;
}

function javaWanted() {
  return process.env['KAFKA_BROKERS'] ? undefined : javaProblem();
}

function fail(sentence) {
  console.error(sentence);
  process.exitCode = 1;
}

const stampFile = join(root, 'node_modules/.slipstream-lock');
const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

/** True unless what is installed is what package-lock.json says: by our own stamp, or by npm's, written after it. */
export function dependenciesStale() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed) || !existsSync(join(root, 'node_modules/.bin/node'))) return true;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockHash()) return false;
  return statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs;
}

function installDependencies() {
  console.log('Installing the dependencies (npm ci): they are missing or not those of package-lock.json …');
  const startedAt = Date.now();
  // A registry that lacks a package for another platform makes `npm ci` fail; `npm install` leaves such packages out.
  const done = npm('ci') || npm('install', '--no-save');
  if (!done) return false;
  writeFileSync(stampFile, lockHash());
  console.log(`Dependencies installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  return true;
}

function npm(...command) {
  const { status } = spawnSync('npm', [...command, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  return status === 0;
}

/** The tool as a child; signals go on to it, and it alone decides when all is over. */
function runUnder(node, file) {
  return new Promise((resolve) => {
    const child = spawn(node, [file, ...process.argv.slice(2)], { stdio: 'inherit' });
    // From the terminal the child gets SIGINT itself; sent by a program it must be passed on. Twice does no harm.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
