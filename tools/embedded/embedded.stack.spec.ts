import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import pg from 'pg';
import { startKafka } from './kafka.ts';
import { prepareDatabase, startPostgres } from './postgres.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipstream-embedded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('Kafka keeps topics and its cluster id over SIGKILL and a second start, and makes no topic by itself', async () => {
  const dataDir = join(folder, 'kafka');
  const first = await startKafka({ dataDir, heapMb: 256 });
  const clusterId = await withAdmin(first.brokers, async (admin) => {
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }] });
    await expect(admin.fetchTopicMetadata({ topics: ['not-made'] })).rejects.toThrow();
    return (await admin.describeCluster()).clusterId;
  });
  first.kill();
  await expect(first.wait).resolves.toBe('SIGKILL');
  const second = await startKafka({ dataDir, heapMb: 256 });
  try {
    await withAdmin(second.brokers, async (admin) => {
      expect((await admin.describeCluster()).clusterId).toBe(clusterId);
      expect(await admin.listTopics()).toContain('kept');
    });
  } finally {
    await second.stop();
  }
}, 120_000);

test('PostgreSQL recovers what was committed after SIGKILL; roles keep their passwords', async () => {
  const dataDir = join(folder, 'postgres');
  const passwordFile = join(folder, 'passwords.json');
  const first = await startPostgres({ dataDir });
  const prepared = await prepareDatabase({ adminUrl: first.url, database: 'kept', passwordFile });
  await query(prepared.urls.settlement, 'CREATE TABLE settlement.t AS SELECT 42 AS answer');
  first.kill();
  await first.wait;
  const second = await startPostgres({ dataDir });
  try {
    const again = await prepareDatabase({ adminUrl: second.url, database: 'kept', passwordFile });
    expect(new URL(again.urls.settlement).password).toBe(new URL(prepared.urls.settlement).password);
    expect(await query(again.urls.settlement, 'SELECT answer FROM settlement.t')).toEqual([{ answer: 42 }]);
  } finally {
    await second.stop();
  }
}, 120_000);
