// Marks the current version of every record as released (`npm run release-contracts`): from then on its schema and its
// id stay for ever, and a change becomes the next version, which must be compatible with all released ones.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lib, lockFile, lockText, readLock } from './lock.mjs';

if (!process.features.typescript) {
  const node = join(lib, '../../node_modules/.bin/node');
  process.exit(spawnSync(node, [fileURLToPath(import.meta.url)], { stdio: 'inherit' }).status ?? 1);
}
const { incompatibilities } = await import('../src/compatibility.ts');
const generate = (...options) =>
  spawnSync(process.execPath, [join(lib, 'tools/generate.mjs'), ...options], { stdio: 'inherit' }).status;

if (generate('--check') !== 0) process.exit(1);
const lock = readLock();
const current = lock.filter((entry) => !entry.released);
const problems = current.flatMap((entry) =>
  lock
    .filter((other) => other.released && other.name === entry.name)
    .flatMap((other) =>
      incompatibilities(other.schema, entry.schema).map((what) => `version ${other.version}: ${what}`),
    ),
);
if (problems.length > 0) {
  console.error(`Not released, because readers of released versions would break:\n${problems.join('\n')}`);
  process.exit(1);
}
writeFileSync(lockFile, lockText(lock.map((entry) => ({ ...entry, released: true }))));
if (generate() !== 0) process.exit(1);
console.log(
  current.length === 0
    ? 'Nothing new to release.'
    : `Released ${current.map((entry) => `${entry.name} v${entry.version}`).join(', ')}.`,
);
