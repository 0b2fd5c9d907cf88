import { join } from 'node:path';
import { defaultPolicy, instrumentTable, simulateCopy } from '@slipstream/domain';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { dataFolder, describeWithData } from './data.js';
import { runPlatform, type Run } from './platform.js';
import { readRun, type RanCopy } from './read-run.js';
import { expectSame } from './same-copy.js';

const seconds = 1000;

describeWithData('the real fills in step, copied by a mixed crowd', () => {
  let run: Run;
  let copies: RanCopy[];

  beforeAll(async () => {
    const [kafka, database, prefix] = [await testKafka(), await testDatabase(), uniquePrefix()];
    const env = { KAFKA_BROKERS: kafka, TOPIC_PREFIX: prefix, DATABASE_URL: database.adminUrl };
    const fills = join(dataFolder, 'leader-fills.csv');
    run = await runPlatform(['--once', '--fills', fills, '--followers', '32', '--speed', 'step'], { env });
    copies = await readRun(kafka, prefix);
  }, 900 * seconds);

  afterAll(stopStack);

  test('ends well: every outcome once, money conserved', () => {
    expect({ code: run.code, tail: run.code === 0 ? '' : run.stdout.slice(-2000) + run.stderr.slice(-2000) }).toEqual({
      code: 0,
      tail: '',
    });
    expect(run.report?.copies).toMatchObject({ missing: 0, duplicated: 0 });
    expect(run.report?.ledgerSum).toBe('0');
  });

  test('holds copies of every mode, and some that were guarded', () => {
    expect(new Set(copies.map(({ settings }) => settings.mode)).size).toBe(4);
    expect(copies).toHaveLength(32);
    const own = copies.flatMap(({ journal }) => journal.filter(({ type }) => type === 'CopyOrdersPlaced'));
    expect(own.length).toBeGreaterThan(5);
  });

  test('the what-if of each copy is what the platform did: the same decisions, orders, fills, fees and profit shares', () => {
    expect(copies.flatMap(({ settlements }) => settlements).filter((one) => one.providerGross !== '0')).not.toEqual([]);
    for (const { accountId, settings, copyTotalAmt, line, fees, ...ran } of copies) {
      const policy = { ...defaultPolicy, levels: null };
      const taken = fees ? { fees } : {};
      const asked = { accountId, settings, copyTotalAmt, instruments: instrumentTable(), policy, ...taken };
      const what = simulateCopy(line, asked);
      expect(what.decisions.length).toBeGreaterThan(0);
      expectSame(what, ran);
    }
  });
});
