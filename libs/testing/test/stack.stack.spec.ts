import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

afterAll(stopStack, 60_000);

test('a topic with a prefix of its own can be made on the test broker', async () => {
  const admin = new Kafka({ brokers: [await testKafka()], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topic = `${uniquePrefix()}providers.commands`;
  await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });
  expect((await admin.fetchTopicOffsets(topic)).map((entry) => entry.high)).toEqual(['0', '0']);
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}, 60_000);

describe("a service's schema", () => {
  const query = async (url: string, sql: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  test('is read by its own role only; the read model by the api-gateway too', async () => {
    const { urls } = await testDatabase();
    await query(urls['copy-engine'], 'CREATE TABLE copy_engine.saved (id int)');
    await query(urls['stats-projector'], 'CREATE TABLE read_model.provider (id int)');
    for (const [service, url] of Object.entries(urls)) {
      const saved = query(url, 'SELECT * FROM copy_engine.saved');
      if (service === 'copy-engine') await expect(saved).resolves.toEqual([]);
      else await expect(saved).rejects.toThrow('permission denied for schema copy_engine');
      const rows = query(url, 'SELECT * FROM read_model.provider');
      if (['stats-projector', 'api-gateway'].includes(service)) await expect(rows).resolves.toEqual([]);
      else await expect(rows).rejects.toThrow('permission denied for schema read_model');
    }
  }, 60_000);

  test('is written by nobody else, the reader of the read model included, and nobody uses public', async () => {
    const { urls } = await testDatabase();
    await query(urls['stats-projector'], 'CREATE TABLE read_model.provider (id int)');
    await expect(query(urls['api-gateway'], 'DELETE FROM read_model.provider')).rejects.toThrow('permission denied');
    await expect(query(urls['api-gateway'], 'CREATE TABLE read_model.mine (id int)')).rejects.toThrow('denied');
    await expect(query(urls['settlement'], 'CREATE TABLE public.mine (id int)')).rejects.toThrow('denied');
  }, 60_000);

  test("another database's roles can't even connect", async () => {
    const [one, other] = [await testDatabase(), await testDatabase()];
    const foreign = new URL(one.urls.settlement);
    foreign.pathname = new URL(other.urls.settlement).pathname;
    await expect(query(foreign.href, 'SELECT 1')).rejects.toThrow('permission denied for database');
  }, 60_000);
});
