import { join } from 'node:path';
import { stopStack, testDatabase, testKafka, uniquePrefix, type TestDatabase } from '@slipstream/testing';
import pg from 'pg';
import { dataFolder, describeWithData } from './data.js';
import { startPlatform } from './platform.js';
import { tool, type Ended } from './tool.js';

const seconds = 1000;

describeWithData('the ledger of a run over real fills', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  const verify = (): Promise<Ended> => tool('verify', ['--ledger'], env);

  beforeAll(async () => {
    const kafka = await testKafka();
    database = await testDatabase();
    env = { KAFKA_BROKERS: kafka, TOPIC_PREFIX: uniquePrefix(), DATABASE_URL: database.adminUrl };
    const fills = join(dataFolder, 'leader-fills.csv');
    const platform = startPlatform(['--fills', fills, '--followers', '40', '--speed', 'max'], { env });
    await platform.printed(/All fills of the source are sent/, 120 * seconds);
    // While it books on: what it has booked so far is compared.
    const live = await verify();
    expect(live).toMatchObject({
      code: 0,
      output: expect.stringContaining('the ledger is what the journal says') as unknown,
    });
    await platform.interrupt();
  }, 300 * seconds);

  afterAll(stopStack);

  /** Who may do everything, constraints and triggers away. */
  async function tamper(sql: string): Promise<void> {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    try {
      await admin.query(
        `ALTER TABLE settlement.postings DISABLE TRIGGER USER; ${sql}; ALTER TABLE settlement.postings ENABLE TRIGGER USER`,
      );
    } finally {
      await admin.end();
    }
  }

  test('postings, balances, chains and signed roots follow from the journal', async () => {
    const { code, output } = await verify();
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(output).toMatch(/\d+ records, [1-9]\d* days with a root; last root [0-9a-f]{64} of \d{4}-\d\d-\d\d/);
  }, 120_000);

  test('a posting that was raised by hand is named, and so is one that was removed', async () => {
    await tamper(
      `WITH one AS (SELECT * FROM settlement.postings WHERE kind = 'deposit' ORDER BY partition, "offset" LIMIT 1)
         UPDATE settlement.postings p SET amount = p.amount + 1 FROM one
          WHERE (p.partition, p."offset", p.leg) = (one.partition, one."offset", one.leg)`,
    );
    expect(await verify()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/accounts\.events\/\d+\/\d+ leg 0: amount is \S+, \S+ by the journal/) as unknown,
    });
    await tamper(`DELETE FROM settlement.postings WHERE kind = 'deposit'`);
    expect(await verify()).toMatchObject({
      code: 1,
      output: expect.stringMatching(/leg 0: missing, the journal has .*kind deposit, source external/) as unknown,
    });
  }, 120_000);
});
