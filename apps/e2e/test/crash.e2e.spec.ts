import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decimal } from '@slipstream/domain';
import { stopStack, testDatabase, testKafka, uniquePrefix, type TestDatabase } from '@slipstream/testing';
import { dataFolder, describeWithData } from './data.js';
import { startPlatform, type Platform, type Run } from './platform.js';
import { childrenOf } from './processes.js';
import { fingerprints, rebuild } from './rebuild.js';
import { tool } from './tool.js';

const seconds = 1000;
const victims = ['copy-engine', 'position-sizer', 'order-gateway', 'stats-projector', 'settlement', 'notifier'];

/** SIGKILL to each service in turn, twice around, while the fills flow. */
async function killInTurn(platform: Platform): Promise<number> {
  let killed = 0;
  for (const service of [...victims, ...victims]) {
    await sleep(700);
    if (platform.process.exitCode !== null) break;
    for (const pid of childrenOf(platform.process.pid!, `apps/${service}/dist/main.js`)) {
      process.kill(pid, 'SIGKILL');
      killed += 1;
    }
  }
  return killed;
}

describeWithData('each service killed by SIGKILL again and again in the middle of a replay', () => {
  let run: Run;
  let killed = 0;
  let env: Record<string, string>;
  let database: TestDatabase;

  beforeAll(async () => {
    const kafka = await testKafka();
    database = await testDatabase();
    env = { KAFKA_BROKERS: kafka, TOPIC_PREFIX: uniquePrefix(), DATABASE_URL: database.adminUrl };
    const fills = join(dataFolder, 'leader-fills.csv');
    const options = ['--once', '--fills', fills, '--followers', '40', '--copy-mode', 'fixed_amount', '--speed', 'max'];
    const platform = startPlatform(options, { env });
    await platform.printed(/seeded|fills sent|processing/i, 60 * seconds);
    killed = await killInTurn(platform);
    run = await platform.ended();
  }, 240 * seconds);

  afterAll(stopStack);

  test('services were really killed and the run still ended well', () => {
    expect(killed).toBeGreaterThanOrEqual(5);
    expect({ code: run.code, tail: run.code === 0 ? '' : run.stdout.slice(-3000) + run.stderr.slice(-3000) }).toEqual({
      code: 0,
      tail: '',
    });
  });

  test('provider totals and order counts are those of an undisturbed run', () => {
    const expected = JSON.parse(readFileSync(join(dataFolder, 'leader-fills.expected.json'), 'utf8')) as Record<
      string,
      { gross_realized_pnl: string; fees_paid: string; fills: number; closed_positions: number }
    >;
    for (const provider of run.report!.providers) {
      const wanted = expected[provider.providerId]!;
      expect({ ...provider, grossPnl: decimal(provider.grossPnl).toString() }).toMatchObject({
        fills: wanted.fills,
        grossPnl: decimal(wanted.gross_realized_pnl).toString(),
        fees: decimal(wanted.fees_paid).toString(),
        closedPositions: wanted.closed_positions,
      });
    }
  });

  test('one outcome for each copy owed one: none missing, none doubled, money conserved', () => {
    const orders = run.report!.providers.reduce((sum, provider) => sum + provider.orders, 0);
    expect(run.report!.copies).toMatchObject({ expectedOutcomes: orders * 10, missing: 0, duplicated: 0 });
    expect(run.report!.ledgerSum).toBe('0');
  });

  test(
    'from the recorded inboxes, journals and outgoing commands equal an undisturbed run byte for byte',
    async () => {
      const result = await tool('verify', ['--decisions'], env);
      expect({ code: result.code, output: result.code === 0 ? '' : result.output }).toEqual({ code: 0, output: '' });
    },
    120 * seconds,
  );

  test(
    'read models and ledger built anew from the same journals are the same, row for row',
    async () => {
      const anew = await testDatabase();
      const wanted = await fingerprints(database.adminUrl);
      await rebuild(anew, env, wanted);
      expect(await fingerprints(anew.adminUrl)).toEqual(wanted);
    },
    120 * seconds,
  );
});
