import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '../embedded/kafka.ts';
import { dropDatabase, prepareDatabase, startPostgres, type PreparedDatabase } from '../embedded/postgres.ts';
import type { Watched } from './cpu.ts';

/** One broker and one database for everything that is measured. */
export interface Servers {
  readonly brokers: string;
  readonly urls: PreparedDatabase['urls'];
  /** Of a role that may do everything. */
  readonly adminUrl: string;
  /** Processes of the embedded servers; none where existing ones are used. */
  readonly watched: readonly Watched[];
  stop(): Promise<void>;
}

/** Embedded servers over a temporary folder, or those of KAFKA_BROKERS and DATABASE_URL with a database of its own. */
export async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-bench-'));
  const [brokersGiven, databaseGiven] = [process.env['KAFKA_BROKERS'], process.env['DATABASE_URL']];
  // PostgreSQL may run under another account, which must be able to come by.
  await chmod(folder, 0o755);
  const kafka = brokersGiven ? undefined : await startKafka({ dataDir: join(folder, 'kafka') });
  const postgres = databaseGiven
    ? undefined
    : await startPostgres({ dataDir: join(folder, 'postgres') }).catch(async (error: unknown) => {
        await kafka?.stop();
        throw error;
      });
  const database = `bench_${randomBytes(5).toString('hex')}`;
  const adminUrl = databaseGiven ?? postgres?.url ?? '';
  const { urls } = await prepareDatabase({ adminUrl, database });
  return {
    brokers: brokersGiven ?? kafka?.brokers ?? '',
    urls,
    adminUrl,
    watched: [
      ...(kafka ? [{ name: 'broker', pid: kafka.pid }] : []),
      ...(postgres ? [{ name: 'postgres', pid: postgres.pid, children: true }] : []),
    ],
    async stop() {
      if (databaseGiven) await dropDatabase(adminUrl, database);
      await Promise.all([kafka?.stop(), postgres?.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
