import { constants, existsSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { StartError } from '../embedded/common.ts';
import type { StartOptions } from './options.ts';

/** What can be found out before anything is started. @throws StartError */
export async function preflight(options: StartOptions): Promise<void> {
  if (options.fills !== null) await requireReadable(options.fills);
  if (options.report !== null) await requireWritableParent(options.report);
  await requireFreePort(options.port);
}

async function requireReadable(file: string): Promise<void> {
  if (!existsSync(file)) throw new StartError(`--fills ${file}: there is no such file.`);
  if (!statSync(file).isFile()) throw new StartError(`--fills ${file} is not a file.`);
  await access(file, constants.R_OK).catch(() => {
    throw new StartError(`--fills ${file} can't be read: check its permissions.`);
  });
}

async function requireWritableParent(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch(() => {
    throw new StartError(
      `--report ${file}: the folder ${folder} is missing or can't be written; make it or choose another.`,
    );
  });
}

/** @throws StartError naming the port when another program listens on it */
export function requireFreePort(port: number, host = '127.0.0.1'): Promise<void> {
  if (port === 0) return Promise.resolve();
  const server = createServer();
  return new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is used by another program' : `can't be used (${error.message})`;
      failed(new StartError(`Port ${port} ${why}: choose another with --port N (0 = any free port).`));
    });
    server.listen(port, host, () => server.close(() => done()));
  });
}
