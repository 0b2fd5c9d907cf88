// Where the servers of an installation are, for tools that work on it: verify and rebuild.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, StartError } from './embedded/common.ts';
import { requireOwnFolder, takeDataFolder } from './start/data-folder.ts';
import { databaseName, openBroker, openDatabaseServer, requireBrokers, type Server } from './start/infrastructure.ts';

/** Addresses of an installation's servers. */
export interface Servers {
  readonly brokers: string;
  /** Of a role that may create schemas, on the installation's database. */
  readonly databaseUrl: string;
}

/** An installation that a tool may work on. */
export interface Installation extends Servers {
  /** Before topic and group names. */
  readonly prefix: string;
  /** Ends the servers again where the tool had to start them. */
  close(): Promise<void>;
}

const fileOf = (dataDir: string): string => join(dataDir, 'servers.json');

/** Notes where a running `npm start` has its servers; only this user may read it. */
export const noteServers = (dataDir: string, servers: Servers): Promise<void> =>
  writeFile(fileOf(dataDir), `${JSON.stringify(servers)}\n`, { mode: 0o600 });

/** `npm start` has ended. */
export const forgetServers = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true });

/**
 * The servers of KAFKA_BROKERS and DATABASE_URL; else those of the `npm start` that runs on the data folder; else embedded ones
 * that are started on it for as long as the tool works.
 * @throws StartError when there is no such installation
 */
export async function openInstallation(folder = '.slipstream'): Promise<Installation> {
  const prefix = process.env['TOPIC_PREFIX'] ?? '';
  const [brokers = '', databaseUrl = ''] = [process.env['KAFKA_BROKERS'], process.env['DATABASE_URL']];
  if (brokers !== '' && databaseUrl !== '') {
    await requireBrokers(brokers);
    return { brokers, databaseUrl: onDatabase(databaseUrl, databaseName(databaseUrl)), prefix, close: nothing };
  }
  const dataDir = resolve(folder);
  const running = await runningOn(dataDir);
  if (running !== undefined) return { ...running, prefix, close: nothing };
  if (!existsSync(dataDir))
    throw new StartError(
      `There is no data folder ${dataDir}: name it with --data-dir, or the servers with KAFKA_BROKERS and DATABASE_URL.`,
    );
  return { ...(await startOn(dataDir)), prefix };
}

const nothing = (): Promise<void> => Promise.resolve();

async function runningOn(dataDir: string): Promise<Servers | undefined> {
  const [noted, holder] = await Promise.all([
    readFile(fileOf(dataDir), 'utf8').catch(() => ''),
    readFile(join(dataDir, 'lock'), 'utf8').catch(() => '0'),
  ]);
  // A start that was killed leaves both behind.
  return noted !== '' && isAlive(Number(holder) || -1) ? (JSON.parse(noted) as Servers) : undefined;
}

async function startOn(dataDir: string): Promise<Omit<Installation, 'prefix'>> {
  const folder = await takeDataFolder(dataDir);
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    await folder.release();
  };
  try {
    await requireOwnFolder(dataDir);
    const [broker, database] = await Promise.allSettled([
      openBroker(dataDir, process.env['KAFKA_BROKERS']),
      openDatabaseServer(dataDir, process.env['DATABASE_URL']),
    ]);
    for (const server of [broker, database]) if (server.status === 'fulfilled') servers.push(server.value);
    if (broker.status === 'rejected') throw broker.reason;
    if (database.status === 'rejected') throw database.reason;
    const name = databaseName(process.env['DATABASE_URL']);
    return { brokers: broker.value.address, databaseUrl: onDatabase(database.value.address, name), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(name)}`;
  return changed.href;
}
