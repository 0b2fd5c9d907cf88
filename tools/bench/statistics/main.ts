// npm run bench -- --stats: the leaderboard and the statistics of 10,000 providers with 200,000 copies, under load.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { streams } from '@slipstream/contracts';
import { ensureTopics } from '@slipstream/streams';
import pg from 'pg';
import { builtService, startChild, type Child } from '../child.ts';
import type { Watched } from '../cpu.ts';
import { machine } from '../report.ts';
import { startServers, type Servers } from '../servers.ts';
import { watchBusy } from './busy.ts';
import { JournalWriter } from './journal.ts';
import { load, midnight, prepare, type Prepared, type Writers } from './load.ts';
import { watchMemory } from './memory.ts';
import { timePages, timeSimilar } from './pages.ts';
import { Random } from './random.ts';
import { isMet, table, targets, type Findings } from './report.ts';
import { dayMs } from './seed-providers.ts';
import { seed, type Seeded } from './seed.ts';

export interface StatisticsOptions {
  /** Fewer pages are read. */
  readonly quick: boolean;
  /** How long the load goes on. */
  readonly seconds: number;
  readonly json?: string | undefined;
  /** Writes a CPU profile of the projector under load. */
  readonly profile?: string | undefined;
  readonly say: (line: string) => void;
}

const scale = { providers: 10_000, copies: 200_000 };
const rates = { fillsPerSecond: 2000, accountRecordsPerSecond: 50 };
const warmUpSeconds = 10;
const pagesQuick = 3000;
const midnightLoadSeconds = 10;

/** @returns whether all targets are met */
export async function benchStatistics(options: StatisticsOptions): Promise<boolean> {
  const script = builtService('stats-projector');
  options.say('starting Kafka and PostgreSQL');
  const servers = await startServers();
  try {
    const findings = await measure(servers, script, options);
    console.log(`\n${table(findings)}`);
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify({ machine: machine(), targets, ...findings }, null, 2)}\n`);
    return isMet(findings);
  } finally {
    await servers.stop();
  }
}

async function measure(
  servers: Servers,
  script: string,
  { quick, seconds, profile, say }: StatisticsOptions,
): Promise<Findings> {
  const { brokers, urls } = servers;
  const prefix = `bench${randomBytes(4).toString('hex')}.`;
  await ensureTopics(brokers.split(','), prefix);
  const env = { KAFKA_BROKERS: brokers, DATABASE_URL: urls['stats-projector'], TOPIC_PREFIX: prefix, PORT: '0' };
  const start = (): Promise<Child> => startChild('stats-projector', script, { env, profiled: profile !== undefined });
  // The first start makes the tables and ends; what is seeded then is loaded by the second.
  await (await start()).stop();
  say(`seeding ${scale.providers} providers and ${scale.copies} copies`);
  const seededAtMs = performance.now();
  const seeded = await seedInto(urls['stats-projector']);
  await settle(servers.adminUrl);
  const seedMs = performance.now() - seededAtMs;
  const writers: Writers = {
    providers: await JournalWriter.open(streams.providersEvents, brokers, prefix),
    accounts: await JournalWriter.open(streams.accountsEvents, brokers, prefix),
  };
  const [reader, watcher] = [pool(urls['api-gateway']), pool(urls['api-gateway'])];
  let projector: Child | undefined;
  try {
    const random = new Random(3);
    await timePages(reader, random, 500);
    say('reading the leaderboard');
    const busy = watchBusy(processesOf(servers));
    const pages = await timePages(reader, random, quick ? pagesQuick : undefined);
    const pagesBusy = busy();
    const ids = seeded.traders.map(({ providerId }) => providerId);
    const similar = await timeSimilar(reader, ids, 500, random);
    projector = await start();
    const run = { seeded, writers, reader, watcher, projector, servers, random, ids };
    return {
      scale,
      seedMs,
      dayRows: seeded.dayRows,
      pages,
      pagesBusy,
      similar,
      ...(await underLoad(run, seconds, profile, say)),
    };
  } finally {
    await projector?.stop();
    await Promise.allSettled([reader.end(), watcher.end(), writers.providers.close(), writers.accounts.close()]);
  }
}

async function seedInto(connectionString: string): Promise<Seeded> {
  const owner = new pg.Pool({ connectionString, max: 1, options: '-c search_path=read_model' });
  const client = await owner.connect();
  try {
    return await seed(client, scale);
  } finally {
    client.release();
    await owner.end();
  }
}

/** Has the seed on the disk: else what is measured waits for it. */
async function settle(connectionString: string): Promise<void> {
  const admin = new pg.Client({ connectionString });
  await admin.connect();
  try {
    await admin.query('CHECKPOINT');
  } finally {
    await admin.end();
  }
}

interface Run {
  readonly seeded: Seeded;
  readonly writers: Writers;
  readonly reader: pg.Pool;
  readonly watcher: pg.Pool;
  readonly projector: Child;
  readonly servers: Servers;
  readonly random: Random;
  readonly ids: readonly string[];
}

async function underLoad(
  { seeded, writers, reader, watcher, projector, servers, random, ids }: Run,
  seconds: number,
  profile: string | undefined,
  say: (line: string) => void,
): Promise<Omit<Findings, 'scale' | 'seedMs' | 'dayRows' | 'pages' | 'pagesBusy' | 'similar'>> {
  let at = seeded.midnight + 3_600_000;
  const next = (length: number): Prepared => {
    const prepared = prepare(seeded, writers, rates, length, at);
    at += length * 1000;
    return prepared;
  };
  const [warmUp, steady] = [next(warmUpSeconds), next(seconds)];
  const [reading, rolling] = [next(midnightLoadSeconds), next(midnightLoadSeconds)];
  const both = <T>(work: Promise<T>): Promise<T> => Promise.race([projector.failed, work]);

  say(`warming up: ${rates.fillsPerSecond} fills a second`);
  await both(load(writers, watcher, warmUp));
  say(`the same for ${seconds} s`);
  const busy = watchBusy(processesOf(servers, projector));
  const memory = watchMemory(projector.pid);
  await projector.profiler?.start();
  const times = await both(load(writers, watcher, steady));
  if (profile !== undefined) await projector.profiler?.stop(profile);
  const found = { load: times, memory: memory.end(), loadBusy: busy() };
  say('the same with readers');
  const loaded = load(writers, watcher, reading);
  const pagesUnderLoad = await timePages(reader, random, 500);
  const similarUnderLoad = await timeSimilar(reader, ids, 100, random);
  await both(loaded);
  say('midnights');
  const midnightMs = await both(midnight(seeded, writers, watcher, seeded.midnight + dayMs));
  const flowing = load(writers, watcher, rolling);
  const midnightUnderLoadMs = await both(midnight(seeded, writers, reader, seeded.midnight + 2 * dayMs));
  const midnightLoad = await both(flowing);
  return { ...found, pagesUnderLoad, similarUnderLoad, midnightMs, midnightUnderLoadMs, midnightLoad };
}

function processesOf(servers: Servers, projector?: Child): Watched[] {
  const bench = { name: 'bench', pid: process.pid };
  return [...(projector ? [{ name: 'stats-projector', pid: projector.pid }] : []), ...servers.watched, bench];
}

function pool(connectionString: string): pg.Pool {
  const made = new pg.Pool({ connectionString, max: 1 });
  made.on('error', () => undefined);
  return made;
}
