import { jest } from '@jest/globals';
import { Codec, lockIds, partitionOf, streams, type AnyRecord, type Stream } from '@slipstream/contracts';
import { ensureTopics, openKafkaJsLog, topicName } from '@slipstream/streams';
import { stopStack, testDatabase, testKafka, uniquePrefix, type TestDatabase } from '@slipstream/testing';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { FeedPage } from '../src/read-feed.js';
import { controls } from './examples.js';
import { isSignedBy, Receiver } from './receiver.js';
import { until } from './world.js';

jest.setTimeout(120_000);

const codec = new Codec(lockIds());
const silent = () => undefined;
const logger = { debug: silent, info: silent, warn: silent, error: silent };
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let brokers: string[];
let topicPrefix: string;
let database: TestDatabase;
let receiver: Receiver;
let pool: pg.Pool;
const services: Service[] = [];
const ends = new Map<string, number>();

beforeEach(async () => {
  [brokers, topicPrefix, database] = [[await testKafka()], uniquePrefix(), await testDatabase()];
  receiver = await Receiver.open();
  await ensureTopics(brokers, topicPrefix);
  pool = new pg.Pool({ connectionString: database.urls.notifier, max: 2 });
  ends.clear();
});
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.kill()));
  await receiver.close();
  await pool.end();
});
afterAll(stopStack);

/** The service as it is built, in a process of its own. */
class Service {
  port = 0;
  readonly output: string[] = [];
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env['PATH'],
        KAFKA_BROKERS: brokers.join(','),
        TOPIC_PREFIX: topicPrefix,
        DATABASE_URL: database.urls.notifier,
        WEBHOOKS_TO_LOOPBACK: 'true',
        WEBHOOK_TIMEOUT_MS: '2000',
        WEBHOOK_LEASE_MS: '3000',
        WEBHOOK_RETRY_DELAYS_MS: '50,50,50',
        WEBHOOK_POLL_MS: '50',
        SETTLEMENT_WEBHOOK_DELAY_SECONDS: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.output.push(data.toString());
        this.port ||= Number(/"port":(\d+)/.exec(data.toString())?.[1] ?? 0);
      });
    services.push(this);
  }

  /** Resolves once it listens and has its partitions. */
  async ready(): Promise<this> {
    await until(async () => {
      if (this.child.exitCode !== null) throw new Error(this.output.join(''));
      return this.port !== 0 && (await fetch(`${this.url}/health/ready`)).ok;
    }, 60_000);
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<unknown> {
    this.child.kill(signal);
    return this.exited;
  }
}

/** Appends events to a journal as its writer does, one record each, in the partition of their key. */
async function append(stream: Stream, key: string, ...events: readonly AnyRecord[]): Promise<void> {
  const log = openKafkaJsLog({ brokers, clientId: `${topicPrefix}test`, logger });
  const appender = await log.openAppender();
  const at = { topic: topicName(stream, topicPrefix), partition: partitionOf(key, stream.partitions) };
  const from = ends.get(`${at.topic}/${at.partition}`) ?? 0;
  const messages = events.map((event, i) => ({
    key,
    value: codec.encode(event),
    headers: { at: String(from + i), cause: String(from + i), rules: '1', corr: 'c' },
  }));
  expect(await appender.append([{ ...at, messages }])).toEqual([from]);
  ends.set(`${at.topic}/${at.partition}`, from + events.length);
  await appender.close();
  await log.close();
}

async function post<T>(url: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(201);
  return (await response.json()) as T;
}

const stopped = (accountId: string, occurredAt: number): AnyRecord => ({
  ...controls.CopyStopped,
  accountId,
  copyId: `${accountId}~p1~1`,
  providerId: 'p1',
  occurredAt,
});
const delivered = async (count: number): Promise<boolean> => {
  const { rows } = await pool.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM notifications.deliveries WHERE status = 'delivered'",
  );
  return rows[0]?.n === count;
};

test('all three journals reach the feeds of both sides, and the webhooks', async () => {
  const service = await new Service().ready();
  const { secret } = await post<{ secret: string }>(`${service.url}/webhooks`, {
    recipient: 'provider/p1',
    url: receiver.url('/p1'),
  });
  const [receipt] = controls.ProfitShareSettled.receipts;
  const receipts = ['f1', 'f2'].map((accountId) => ({
    ...receipt!,
    accountId,
    providerId: 'p1',
    until: 2,
    occurredAt: 2,
  }));
  await append(streams.settlementsEvents, 'f1', { ...controls.ProfitShareSettled, receipts });
  await append(streams.accountsEvents, 'f1', stopped('f1', 3));
  const retired = { ...controls.ProviderRetired, providerId: 'p1', occurredAt: 1 };
  await append(streams.providersEvents, 'p1', retired);
  await until(() => receiver.at('/p1').length === 2);
  for (const received of receiver.at('/p1')) expect(isSignedBy(secret, received)).toBe(true);
  const types = receiver.at('/p1').map(({ payload }) => (JSON.parse(payload) as { type: string }).type);
  expect(types.sort()).toEqual(['provider_retired', 'settlement']);
  const feedOf = async (recipient: string) => {
    const page = (await (await fetch(`${service.url}/feeds/${recipient}`)).json()) as FeedPage;
    return page.items.map(({ type }) => type);
  };
  await until(async () => (await feedOf('account/f1')).length === 2);
  expect(await feedOf('account/f1')).toEqual(['copy_stopped', 'settlement']);
  expect(await feedOf('account/f2')).toEqual(['settlement']);
  expect(await feedOf('provider/p1')).toEqual(['settlement', 'provider_retired']);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  expect(metrics).toMatch(/slipstream_webhook_attempts_total{outcome="delivered",.*} 2\n/);
  expect(metrics).toMatch(/slipstream_webhook_attempts_total{outcome="failed",.*} 0\n/);
  expect(metrics).toMatch(/slipstream_webhook_deliveries_pending{.*} 0\n/);
  expect(metrics).toMatch(/slipstream_webhook_oldest_due_seconds{.*} 0\n/);
  expect(metrics).toMatch(/slipstream_records_total{.*} 3\n/);
  expect(await service.kill('SIGTERM')).toEqual([0, null]);
});

test('killed between the send and its record: sent again under the same id, and nothing is lost', async () => {
  const first = await new Service().ready();
  // The first request is never answered: the process dies while it waits.
  const url = receiver.url('/f1', (nth) => (nth === 1 ? 'hang' : 204));
  const { secret } = await post<{ secret: string }>(`${first.url}/webhooks`, { recipient: 'account/f1', url });
  await append(streams.accountsEvents, 'f1', stopped('f1', 1));
  await until(() => receiver.received.length === 1);
  await first.kill();
  // Meanwhile the journal goes on.
  await append(streams.accountsEvents, 'f1', stopped('f1', 2), stopped('f1', 3));
  await new Service().ready();
  await until(() => delivered(3), 60_000);
  const [lost, ...rest] = receiver.received;
  expect(rest.map(({ id }) => id)).toContain(lost!.id);
  expect(new Set(rest.map(({ id }) => id)).size).toBe(3);
  expect(rest).toHaveLength(3);
  const again = rest.find(({ id }) => id === lost!.id)!;
  expect(again.payload).toBe(lost!.payload);
  expect(isSignedBy(secret, again)).toBe(true);
});

test('two instances, one killed in the middle: every notification is delivered, to the last one', async () => {
  const [one, two] = [new Service(), new Service()];
  await Promise.all([one.ready(), two.ready()]);
  const accounts = Array.from({ length: 12 }, (_, i) => `f${i}`);
  for (const id of accounts)
    await post(`${one.url}/webhooks`, { recipient: `account/${id}`, url: receiver.url(`/${id}`) });
  const events = 20;
  for (const id of accounts)
    await append(streams.accountsEvents, id, ...Array.from({ length: events }, (_, i) => stopped(id, i)));
  await until(() => receiver.received.length > 20);
  await one.kill();
  await until(() => delivered(accounts.length * events), 60_000);
  const ids = receiver.received.map(({ id }) => id);
  expect(new Set(ids).size).toBe(accounts.length * events);
  // Sent twice at most what was under way in the one that was killed.
  expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(16);
  const { rows } = await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM notifications.feed');
  expect(rows[0]?.n).toBe(accounts.length * events);
});
