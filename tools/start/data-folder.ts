import { existsSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, endLeftover, isAlive, StartError } from '../embedded/common.ts';

const markerName = 'slipstream-data';
const lockName = 'lock';
const childrenName = 'children.json';
const mebibyte = 1024 * 1024;
export const freeBytesMin = 500 * mebibyte;

/** Makes the folder ready to be written, and takes it for this process alone. */
export async function takeDataFolder(folder: string, bytesMin = freeBytesMin): Promise<{ release(): Promise<void> }> {
  try {
    await mkdir(folder, { recursive: true });
    await requireSpace(folder, bytesMin);
    const release = await lock(folder);
    if (!(await carriesMarker(folder)) && (await otherEntries(folder)).length === 0) await writeMarker(folder);
    return { release };
  } catch (error) {
    throw asStartError(folder, error);
  }
}

/**
 * Empties the folder, ending first what an earlier, killed start left running on it.
 * @throws StartError when it isn't ours to empty
 */
export async function emptyDataFolder(folder: string): Promise<void> {
  if (!(await carriesMarker(folder))) {
    throw new StartError(
      `--fresh empties only data folders of this program, and ${folder} carries other files: choose another with --data-dir.`,
    );
  }
  await endLeftovers(folder);
  for (const name of await otherEntries(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

/** @throws StartError when files lie there that aren't ours */
export async function requireOwnFolder(folder: string): Promise<void> {
  if (await carriesMarker(folder)) return;
  throw new StartError(`${folder} carries other files than this program's data: choose another with --data-dir.`);
}

/** Notes the processes started on the folder, so that the next start can end them should this one be killed. */
export async function noteChildren(folder: string, pids: readonly number[]): Promise<void> {
  await writeFile(join(folder, childrenName), JSON.stringify(pids));
}

/** Ends services that outlived a start that was killed; their command lines name the folder. */
export async function endLeftovers(folder: string): Promise<void> {
  const noted = await readFile(join(folder, childrenName), 'utf8').catch(() => '[]');
  const pids = noted === '' ? [] : (JSON.parse(noted) as number[]);
  const kafka = Number(await readFile(join(folder, 'kafka/server.pid'), 'utf8').catch(() => '0'));
  const postgres = Number.parseInt(
    await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').catch(() => '0'),
    10,
  );
  await Promise.all(pids.map((pid) => endLeftover(pid, folder)));
  await Promise.all([kafka, postgres].filter((pid) => pid > 0).map((pid) => endLeftover(pid, folder)));
}

/** @throws StartError when less is free */
export async function requireSpace(folder: string, bytesMin: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= bytesMin) return;
  throw new StartError(
    `The disk of ${folder} is full (${Math.floor(free / mebibyte)} MiB free, ${Math.ceil(bytesMin / mebibyte)} MiB needed): ` +
      'make room, or choose a folder elsewhere with --data-dir.',
  );
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const carriesMarker = async (folder: string): Promise<boolean> => existsSync(join(folder, markerName));
const writeMarker = (folder: string): Promise<void> =>
  writeFile(join(folder, markerName), 'Data of Slipstream; npm start -- --fresh empties this folder.\n');
const otherEntries = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name !== markerName && name !== lockName);

/** One stack per folder: the lock file holds the process id; that of a dead process is taken over. */
async function lock(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, lockName);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => '0'));
    if (holder > 0 && holder !== process.pid && isAlive(holder) && /start|node|jest/.test(commandLine(holder))) {
      throw new StartError(
        `${folder} is used by another npm start (process ${holder}): stop it with Ctrl-C, or choose another folder with --data-dir.`,
      );
    }
    await rm(file, { force: true });
  }
  throw new StartError(`${file} can't be taken: delete it if no other npm start runs.`);
}

const explanations: Readonly<Record<string, string>> = {
  EACCES: 'is not writable for this user',
  EPERM: 'is not writable',
  EROFS: 'lies on a read-only disk',
  ENOSPC: 'lies on a full disk',
  ENOTDIR: 'is not a folder',
  EEXIST: 'is not a folder',
};

/** The one sentence for a folder that can't be used. */
export function asStartError(folder: string, error: unknown): Error {
  if (error instanceof StartError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const why = explanations[code] ?? `can't be used (${(error as Error).message})`;
  return new StartError(`The data folder ${folder} ${why}: mend that, or choose another with --data-dir.`);
}
