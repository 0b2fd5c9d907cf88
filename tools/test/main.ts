// npm test [-- --stage unit|stack|e2e] [path patterns]: builds, starts one Kafka and one PostgreSQL for all, and runs
// Jest in three stages. Ends with the line `N passed, N failed[, N skipped]`.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';
import { root, StartError } from '../embedded/common.ts';
import { startKafka } from '../embedded/kafka.ts';
import { startPostgres } from '../embedded/postgres.ts';
import { seconds, Steps } from '../start/steps.ts';
import { runStage, type StageResult } from './run-stage.ts';
import { parseTestArguments, type TestArguments } from './stages.ts';

const failureCharactersMax = 20_000;

interface Stack {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** One Kafka and one PostgreSQL for all stack tests; those of the environment where it names them. */
async function startStack(steps: Steps): Promise<Stack> {
  const given = { kafka: process.env['TEST_KAFKA_BROKERS'], postgres: process.env['TEST_DATABASE_URL'] };
  const folder = await mkdtemp(join(tmpdir(), 'slipstream-test-'));
  const [kafka, postgres] = await Promise.allSettled([
    given.kafka
      ? Promise.resolve(undefined)
      : steps.step('Kafka', () => startKafka({ dataDir: join(folder, 'kafka'), heapMb: 512 })),
    given.postgres
      ? Promise.resolve(undefined)
      : steps.step('PostgreSQL', () => startPostgres({ dataDir: join(folder, 'postgres') })),
  ]);
  const stop = async (): Promise<void> => {
    if (kafka.status === 'fulfilled') await kafka.value?.stop();
    if (postgres.status === 'fulfilled') await postgres.value?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  if (kafka.status === 'rejected' || postgres.status === 'rejected') {
    await stop();
    throw [kafka, postgres].find((server) => server.status === 'rejected')?.reason;
  }
  const env = {
    TEST_KAFKA_BROKERS: given.kafka || kafka.value?.brokers,
    TEST_DATABASE_URL: given.postgres || postgres.value?.url,
  };
  return { env, stop };
}

async function runStages({ stages, rest }: TestArguments, steps: Steps, signal: AbortSignal): Promise<StageResult[]> {
  const results: StageResult[] = [];
  const stack = stages.some((stage) => stage.needsStack) ? await startStack(steps) : undefined;
  try {
    for (const stage of stages) {
      if (signal.aborted) break;
      const env = { ...process.env, NODE_OPTIONS: '', ...stack?.env };
      const run = (): Promise<StageResult> => runStage(stage, rest, env, signal);
      results.push(await steps.step(`${stage.name} tests`, run, summary));
    }
    return results;
  } finally {
    await stack?.stop();
  }
}

const sum = (results: readonly StageResult[], field: 'passed' | 'failed' | 'skipped'): number =>
  results.reduce((total, result) => total + result[field], 0);

const summary = ({ passed, failed, skipped }: StageResult): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

function show(results: readonly StageResult[]): void {
  const text = results.flatMap((result) => result.failures).join('\n\n');
  if (text === '') return;
  console.log(`\n${text.slice(0, failureCharactersMax)}`);
  if (text.length > failureCharactersMax) console.log('… (all of it in test-results/)');
}

async function main(argv: readonly string[]): Promise<number> {
  const startedAtMs = Date.now();
  const steps = new Steps(process.stdout, 30_000);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  const wanted = parseTestArguments(argv);
  await mkdir(join(root, 'test-results'), { recursive: true });
  await steps.step(
    'build',
    () => build(),
    ({ files }) => (files === 0 ? 'up to date' : `${files} files`),
  );
  const results = await runStages(wanted, steps, interrupted.signal);
  show(results);
  console.log(`\nTests took ${seconds(Date.now() - startedAtMs)}; everything they printed is in test-results/.`);
  if (interrupted.signal.aborted) console.log('Interrupted: not all tests were run.');
  const total = { passed: sum(results, 'passed'), failed: sum(results, 'failed'), skipped: sum(results, 'skipped') };
  console.log(summary({ ...total, failures: [] }));
  return total.failed > 0 || total.passed === 0 || interrupted.signal.aborted ? 1 : 0;
}

const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error);
  console.log('0 passed, 1 failed');
  return 1;
});
process.stdout.write('', () => process.exit(exitCode));
