import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Codec, lockIds, streams, type Stream } from '@slipstream/contracts';
import { testDatabase, testKafka, uniquePrefix, type TestDatabase } from '@slipstream/testing';
import assert from 'node:assert/strict';
import pg from 'pg';
import { ensureTopics, openEdge, openKafkaJsLog, topicName, type EdgeCommand } from '../src/index.js';
import { counts, header, headerText } from '../src/headers.js';
import type { Log, LogRecord, PartitionBatch } from '../src/log.js';
import { silent } from '../src/logger.js';
import { Marks, parseSource } from '../src/marks.js';
import { openCodec } from '../src/open-codec.js';
import { accounts } from './toy/accounts.js';
import { providers } from './toy/providers.js';
import { entryValues, twin, type Said } from './twin.js';

export const codec = new Codec(lockIds());
export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Topics of their own, and a database of its own. */
export interface World {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly database: Pick<TestDatabase, 'adminUrl' | 'urls'>;
  readonly log: Log;
  /** With ids from a registry; those of the lock file without. */
  readonly schemaRegistryUrl?: string;
}

export type Hop = 'providers' | 'accounts';
export const hops = {
  providers: {
    service: 'copy-engine',
    schema: 'copy_engine',
    inbox: streams.providersCommands,
    journal: streams.providersEvents,
    out: streams.accountsCommands,
  },
  accounts: {
    service: 'position-sizer',
    schema: 'position_sizer',
    inbox: streams.accountsCommands,
    journal: streams.accountsEvents,
    out: streams.ordersCommands,
  },
} as const;

const worlds: World[] = [];

/** On the shared servers, unless others are given. */
export async function newWorld(
  given: Partial<Pick<World, 'brokers' | 'database' | 'schemaRegistryUrl'>> = {},
): Promise<World> {
  const brokers = given.brokers ?? [await testKafka()];
  const topicPrefix = uniquePrefix();
  await ensureTopics(brokers, topicPrefix);
  const log = openKafkaJsLog({ brokers, clientId: `${topicPrefix}test`, logger: silent });
  const world = { ...given, brokers, topicPrefix, database: given.database ?? (await testDatabase()), log };
  worlds.push(world);
  return world;
}

export async function closeWorlds(): Promise<void> {
  await Promise.all(worlds.splice(0).map((world) => world.log.close()));
}

/** All records of a topic by partition, as they lie there; ids of a registry are replaced by those of the lock file. */
export async function readAll(world: World, stream: Stream): Promise<LogRecord[][]> {
  const topic = topicName(stream, world.topicPrefix);
  const all: LogRecord[][] = Array.from({ length: stream.partitions }, () => []);
  const reader = await world.log.openReader([topic], () => undefined);
  try {
    const ends = await world.log.ends(topic);
    await Promise.all(
      [...ends].map(([partition, { low, high }]) =>
        reader.read({ topic, partition }, low, high, (records) => void all[partition]?.push(...records)),
      ),
    );
  } finally {
    await reader.close();
  }
  if (world.schemaRegistryUrl === undefined) return all;
  const theirs = await openCodec(world.schemaRegistryUrl);
  await theirs.learn(all.flat().map((record) => record.value));
  return all.map((records) =>
    records.map((record) => ({ ...record, value: codec.encode(theirs.decode(record.value)) })),
  );
}

/** Copies a topic record by record into another world: same offsets, same headers. */
export async function copyTopic(from: World, to: World, stream: Stream): Promise<void> {
  const appender = await to.log.openAppender();
  const all = await readAll(from, stream);
  const batches: PartitionBatch[] = all.flatMap((records, partition) => {
    const messages = records.map(({ key, value, headers }) => ({
      key: key?.toString() ?? null,
      value: value as Buffer,
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name, headerText(headers, name) ?? ''])),
    }));
    return messages.length === 0 ? [] : [{ topic: topicName(stream, to.topicPrefix), partition, messages }];
  });
  if (batches.length > 0) await appender.append(batches);
  await appender.close();
}

/** Counting values of a journal by partition; how often nothing was decided depends on how batches were cut. */
export async function journalOf(world: World, hop: Hop): Promise<string[][]> {
  const all = await readAll(world, hops[hop].journal);
  return all.map((records) =>
    records
      .filter((record) => counts(record.offset, record.headers))
      .filter((record) => codec.decode(record.value).type !== 'Answered')
      .map((record) => (record.value as Buffer).toString('base64')),
  );
}

/** What readers of the outgoing topic make of it: repeats dropped by their marks, by the line it came from. */
export async function outgoingOf(world: World, hop: Hop): Promise<Said['outgoing']> {
  const all = await readAll(world, hops[hop].out);
  const outgoing: Said['outgoing'] = {};
  all.forEach((records, partition) => {
    const marks = new Marks();
    for (const record of records) {
      const text = headerText(record.headers, header.source);
      if (text === undefined) continue;
      const source = parseSource(text);
      if (source === null) throw new Error(`${text} is no source`);
      const seen = marks.pass(source);
      const from = source.log.slice(source.log.lastIndexOf('/') + 1);
      (outgoing[`${from}>${partition}`] ??= []).push(...entryValues(codec.decode(record.value), seen));
    }
  });
  return Object.fromEntries(Object.entries(outgoing).filter(([, values]) => values.length > 0));
}

/** From the same recorded inbox, journal and outgoing commands are what nothing but the rules would have said. */
export async function expectUndisturbed(of: World, hop: Hop): Promise<void> {
  const inbox = await readAll(of, hops[hop].inbox);
  const said = hop === 'providers' ? twin(providers(), inbox) : twin(accounts(), inbox);
  assert.deepEqual(await journalOf(of, hop), said.journal);
  assert.deepEqual(await outgoingOf(of, hop), said.outgoing);
  assert.ok(said.journal.flat().length > 20);
}

/** Waits until every inbox partition is saved to its end, and stays so. */
export async function settled(world: World, ...of: readonly Hop[]): Promise<void> {
  const client = new pg.Client({ connectionString: world.database.adminUrl });
  await client.connect();
  try {
    const until = Date.now() + 40_000;
    for (let quiet = 0; quiet < 2;) {
      const open = await Promise.all(of.map((hop) => behind(world, client, hop)));
      quiet = open.every((missing) => missing === 0) ? quiet + 1 : 0;
      if (Date.now() > until)
        throw new Error(`not settled: ${of.map((hop, i) => `${hop} ${open[i]}`).join(', ')} behind`);
      await pause(60);
    }
  } finally {
    await client.end();
  }
}

async function behind(world: World, client: pg.Client, hop: Hop): Promise<number> {
  const ends = await world.log.ends(topicName(hops[hop].inbox, world.topicPrefix));
  const rows = await client
    .query<{ partition: number; inbox_position: string }>(`SELECT * FROM ${hops[hop].schema}.partitions`)
    .then(
      (result) => result.rows,
      () => [],
    );
  const saved = new Map(rows.map((row) => [row.partition, Number(row.inbox_position)]));
  return [...ends].reduce((sum, [partition, { high }]) => sum + high - (saved.get(partition) ?? 0), 0);
}

/** What a child process is told. */
export interface ChildOptions {
  readonly hop: Hop;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly databaseUrl: string;
  readonly groupId?: string;
  readonly rules?: string;
  readonly skew?: number;
  readonly effects?: boolean;
  readonly sliceEntriesMax?: number;
  readonly saveIntervalMs?: number;
  /** At the n-th time this point is reached: kill the process, or park it until it is released. */
  readonly fault?: { readonly point: string; readonly nth: number; readonly action: 'kill' | 'park' };
  /** The read model instead of the hop. */
  readonly projection?: boolean;
  /** Sends only the first half of the n-th request's partitions, then kills the process. */
  readonly halfSend?: number;
}

/** A service in a process of its own, so that it can be killed at any instant. */
export class Child {
  readonly output: string[] = [];
  private readonly said = new Set<string>();
  private readonly process: ChildProcess;
  readonly exited: Promise<number | string>;

  constructor(world: World, options: Partial<ChildOptions> & { readonly hop: Hop }) {
    const { brokers, topicPrefix, database } = world;
    const databaseUrl = database.urls[options.projection === true ? 'stats-projector' : hops[options.hop].service];
    // A group of its own for each: a killed member would hold up its group until its session ends.
    const groupId = `${topicPrefix}${options.hop}-${++childCount}`;
    const all: ChildOptions = { saveIntervalMs: 300, brokers, topicPrefix, databaseUrl, groupId, ...options };
    this.process = spawn(process.execPath, ['--import', script('register.mjs'), script('fold.ts')], {
      env: { PATH: process.env['PATH'], CHILD: JSON.stringify(all) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process.stdout?.on('data', (data: Buffer) => this.output.push(data.toString()));
    this.process.stderr?.on('data', (data: Buffer) => this.output.push(data.toString()));
    this.process.on('message', (message) => this.said.add(message as string));
    this.exited = once(this.process, 'exit').then(([code, signal]) => (code as number | null) ?? (signal as string));
    children.add(this);
    void this.exited.then(() => children.delete(this));
  }

  /** Resolves once the child has said so; a child that ends first fails the test with its output. */
  async says(word: string): Promise<void> {
    for (const until = Date.now() + 25_000; !this.said.has(word);) {
      if (this.process.exitCode !== null || this.process.signalCode !== null || Date.now() > until)
        throw new Error(`never said ${word}:\n${this.output.join('')}`);
      await pause(20);
    }
  }

  release(): void {
    this.process.send('release');
  }

  async stop(): Promise<number | string> {
    this.process.kill('SIGTERM');
    return this.exited;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.exited;
  }
}

let childCount = 0;
const children = new Set<Child>();
export const killChildren = async (): Promise<void> =>
  void (await Promise.all([...children].map((child) => child.kill())));
const script = (name: string): string => fileURLToPath(new URL(`./child/${name}`, import.meta.url));

export async function send(to: World, commands: readonly EdgeCommand[]): Promise<void> {
  const edge = await openEdge(to);
  await edge.send(commands);
  await edge.close();
}
