import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decimal } from '@slipstream/domain';
import { stopStack, testDatabase, testKafka, uniquePrefix, type TestDatabase } from '@slipstream/testing';
import pg from 'pg';
import { dataFolder, describeWithData } from './data.js';
import { startPlatform, type Platform, type Run } from './platform.js';
import { tool, type Ended } from './tool.js';

const seconds = 1000;

/** Asks for the leaderboard all the time; gives the status of each answer. */
function readOn(platform: Platform): { stop(): Promise<readonly number[]> } {
  const api = /API\s+(http:\S+)\/v1/.exec(platform.output())?.[1] ?? '';
  let stopped = false;
  const asked = (async () => {
    const statuses: number[] = [];
    while (!stopped) {
      const answer = await fetch(`${api}/v1/leaderboard?period=all&sort=roi`).catch(() => undefined);
      const page = answer?.ok ? ((await answer.json()) as { items: unknown[] }) : undefined;
      // Four providers are registered: a page without them would be of half-made tables.
      statuses.push(page?.items.length === 4 ? 200 : (answer?.status ?? 0));
      await sleep(20);
    }
    return statuses;
  })();
  return {
    stop: () => {
      stopped = true;
      return asked;
    },
  };
}

/** Resolves once the read model has stood still for a while, without an order that has no end. */
async function untilQuiet(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const now = async (): Promise<string> => {
      const { rows } = await client.query<{ state: string }>(
        `SELECT (SELECT sum(position) FROM read_model.projection_positions) || '/' || (SELECT count(*) FROM read_model.outcomes
           WHERE decision = 'placed' AND end_type IS NULL) AS state`,
      );
      return rows[0]?.state ?? '';
    };
    const deadline = Date.now() + 120 * seconds;
    for (let [before, still] = ['', 0]; still < 6 && Date.now() < deadline; await sleep(500)) {
      const state = await now();
      still = state === before && state.endsWith('/0') ? still + 1 : 0;
      before = state;
    }
  } finally {
    await client.end();
  }
}

describeWithData('the read model rebuilt while the platform runs', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let run: Run;
  let rebuilt: Ended;
  let answers: readonly number[];
  const providers = Object.keys(
    JSON.parse(readFileSync(join(dataFolder, 'leader-fills.expected.json'), 'utf8')) as object,
  );
  const verify = (): Promise<Ended> =>
    tool(
      'verify',
      providers.flatMap((id) => ['--provider', id]),
      env,
    );

  beforeAll(async () => {
    const kafka = await testKafka();
    database = await testDatabase();
    env = { KAFKA_BROKERS: kafka, TOPIC_PREFIX: uniquePrefix(), DATABASE_URL: database.adminUrl };
    const fills = join(dataFolder, 'leader-fills.csv');
    const platform = startPlatform(['--fills', fills, '--followers', '40', '--speed', 'max'], { env });
    await platform.printed(/seeded/i, 60 * seconds);
    const reads = readOn(platform);
    rebuilt = await tool('rebuild', [], env);
    answers = await reads.stop();
    await platform.printed(/All fills of the source are sent/, 120 * seconds);
    await untilQuiet(database.adminUrl);
    run = await platform.interrupt();
  }, 300 * seconds);

  afterAll(stopStack);

  test('it is swapped in, and no read failed or saw half of it', () => {
    expect(rebuilt).toMatchObject({ code: 0, output: expect.stringMatching(/Rebuilt from \d+ records/) as unknown });
    expect(answers.length).toBeGreaterThan(20);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
  });

  test('the run went on over it: totals are exact, each outcome is there once', () => {
    const expected = JSON.parse(readFileSync(join(dataFolder, 'leader-fills.expected.json'), 'utf8')) as Record<
      string,
      { gross_realized_pnl: string; fills: number; closed_positions: number }
    >;
    for (const provider of run.report!.providers) {
      const wanted = expected[provider.providerId]!;
      expect({ ...provider, grossPnl: decimal(provider.grossPnl).toString() }).toMatchObject({
        fills: wanted.fills,
        grossPnl: decimal(wanted.gross_realized_pnl).toString(),
        closedPositions: wanted.closed_positions,
      });
    }
    expect(run.report!.copies).toMatchObject({ missing: 0, duplicated: 0 });
  });

  test('a rebuild gives the very rows that were kept incrementally', async () => {
    const checked = await tool('rebuild', ['--check'], env);
    expect({ code: checked.code, output: checked.code === 0 ? '' : checked.output }).toEqual({ code: 0, output: '' });
  }, 120_000);

  test('every provider is verified from the journals alone, hash and all', async () => {
    const verified = await verify();
    expect({ code: verified.code, output: verified.code === 0 ? '' : verified.output }).toEqual({
      code: 0,
      output: '',
    });
    for (const id of providers) expect(verified.output).toContain(`${id}: `);
  }, 120_000);

  test('a row that was changed by hand is found by both, and a rebuild mends it', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    try {
      await admin.query(
        `UPDATE read_model.provider_periods SET total_pnl = total_pnl + 1 WHERE provider_id = $1 AND period = 'all'`,
        [providers[0]],
      );
    } finally {
      await admin.end();
    }
    const found = await verify();
    expect(found).toMatchObject({
      code: 1,
      output: expect.stringContaining('provider.periods.all.totalPnl') as unknown,
    });
    const refused = await tool('rebuild', ['--check'], env);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('provider_periods') as unknown });
    expect((await verify()).code).toBe(1);
    expect((await tool('rebuild', [], env)).code).toBe(0);
    expect((await verify()).code).toBe(0);
  }, 240_000);

  test('nobody of that id, or no task at all: one sentence says so', async () => {
    expect(await tool('verify', ['--provider', 'nobody'], env)).toMatchObject({
      code: 2,
      output: 'There is no provider nobody.\n',
    });
    expect(await tool('verify', [], env)).toMatchObject({
      code: 2,
      output: expect.stringContaining('usage') as unknown,
    });
  }, 60_000);
});
