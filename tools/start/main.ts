// npm start: everything the platform needs, the platform itself, and fills flowing through it.
import { resolve } from 'node:path';
import { StartError } from '../embedded/common.ts';
import { emptyDataFolder, endLeftovers, freeBytes, requireOwnFolder, takeDataFolder } from './data-folder.ts';
import { parseOptions, type StartOptions } from './options.ts';
import { run } from './run.ts';
import { Steps } from './steps.ts';

const startedAtMs = Date.now() - Number(process.env['SLIPSTREAM_INSTALL_MS'] ?? 0);
const lowSpaceBytes = 32 * 1024 * 1024;

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  let dataDir = '';
  try {
    const options = parseOptions(argv);
    if (options === null) return 0;
    dataDir = resolve(options.dataDir);
    return await inDataFolder(options, dataDir);
  } catch (error) {
    if (dataDir !== '' && (await diskIsFull(dataDir))) {
      console.error(`The disk of ${dataDir} is full: make room and start again, or use another disk with --data-dir.`);
    }
    console.error(error instanceof StartError ? error.message : error);
    return 1;
  }
}

async function inDataFolder(options: StartOptions, dataDir: string): Promise<number> {
  const interrupted = interruption();
  const folder = await takeDataFolder(dataDir);
  try {
    await (options.fresh ? emptyDataFolder(dataDir) : requireOwnFolder(dataDir));
    await endLeftovers(dataDir);
    return await run(options, dataDir, new Steps(), startedAtMs, interrupted);
  } finally {
    await folder.release();
  }
}

/** Aborts at the first Ctrl-C. Later ones within two seconds belong to it: the terminal tells the whole group. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAtMs === 0) {
        firstAtMs = Date.now();
        controller.abort();
      } else if (Date.now() - firstAtMs > 2000) {
        console.log('  still stopping; what is running is being saved');
      }
    });
  }
  return controller.signal;
}

const diskIsFull = (folder: string): Promise<boolean> =>
  freeBytes(folder).then(
    (free) => free < lowSpaceBytes,
    () => false,
  );

const exitCode = await main(process.argv.slice(2));
// What was printed must be out before the process ends; nothing else may keep it alive.
process.stdout.write('', () => process.exit(exitCode));
