import pg from 'pg';
import { StartError } from '../embedded/common.ts';
import { Feed, feedExit } from './feed.ts';
import type { StartOptions } from './options.ts';
import { layFoundation, startServices, topicPrefix, type Foundation } from './platform.ts';
import { preflight } from './preflight.ts';
import { untilQuiescent } from './quiescence.ts';
import { leaderboardTable, openOutcomes, writeReport, type Addresses } from './report.ts';
import type { Services } from './services.ts';
import { seconds, type Steps } from './steps.ts';

/** So long after Ctrl-C the services may still work off what was sent, for the report. */
const lastWorkMsMax = 15_000;

/**
 * Sets everything up, lets the fills flow, and stops all again.
 * @returns the exit code
 * @throws StartError for what the user can mend
 */
export async function run(
  options: StartOptions,
  dataDir: string,
  steps: Steps,
  startedAtMs: number,
  interrupted: AbortSignal,
): Promise<number> {
  await preflight(options);
  steps.line('Slipstream is being set up:');
  const foundation = await layFoundation(options, dataDir, steps);
  const diskError = Promise.withResolvers<never>();
  diskError.promise.catch(() => undefined);
  let services: Services | undefined;
  let feed: Feed | undefined;
  try {
    if (interrupted.aborted) return 0;
    services = await startServices(foundation, options, dataDir, steps, diskError.reject);
    if (interrupted.aborted) return 0;
    const setup = Date.now() - startedAtMs;
    feed = new Feed(options, steps, dataDir, foundation.brokers);
    services.noteAlso(feed.pid);
    steps.line(banner(services, dataDir, setup));
    const platform = { options, steps, foundation, services, feed, setup };
    const failed = Promise.race([services.failed(), foundation.failed, diskError.promise]);
    return await Promise.race([flow(platform, interrupted), failed]);
  } finally {
    steps.line('Stopping …');
    const stoppingAtMs = Date.now();
    await feed?.stop();
    await services?.stop();
    await foundation.stop();
    steps.line(`Stopped in ${seconds(Date.now() - stoppingAtMs)}; the data stay in ${dataDir}.`);
  }
}

interface Platform {
  readonly options: StartOptions;
  readonly steps: Steps;
  readonly foundation: Foundation;
  readonly services: Services;
  readonly feed: Feed;
  /** Milliseconds from the start to the banner. */
  readonly setup: number;
}

/** From the first fill to the end: of all work with --once or a strict stop, else until Ctrl-C. */
async function flow(platform: Platform, interrupted: AbortSignal): Promise<number> {
  const { options, steps, feed } = platform;
  const aborted = new Promise<null>((resolve) => interrupted.addEventListener('abort', () => resolve(null)));
  if (interrupted.aborted) return 0;
  const fedUntil = await Promise.race([feed.ended, aborted]);
  if (fedUntil === feedExit.stoppedAtMalformed) {
    steps.line('Stopped at the first malformed line (--strict); nothing of the file was sent.');
    return fedUntil;
  }
  if (options.once && fedUntil !== null) {
    const quiet = await processAll(platform, interrupted);
    if (quiet) return await finish(platform, fedUntil);
  } else if (fedUntil !== null) {
    steps.line('  All fills of the source are sent. The platform keeps running; Ctrl-C stops it.');
    await aborted;
  }
  return await finishInterrupted(platform, fedUntil ?? 0);
}

async function processAll({ steps, foundation }: Platform, signal: AbortSignal): Promise<boolean> {
  const { openOffsets, readersOf } = await import('./offsets.ts');
  const offsets = await openOffsets(foundation.brokers);
  const pool = new pg.Pool({ connectionString: foundation.database.urls['api-gateway'], max: 1 });
  pool.on('error', () => undefined);
  let shownAtMs = 0;
  const show = (left: { readonly records: number; readonly outcomes: number }): void => {
    if (!process.stdout.isTTY && Date.now() - shownAtMs < 5000) return;
    shownAtMs = Date.now();
    steps.live(`  … processing: ${left.records} records behind, ${left.outcomes} placed orders without an end`);
  };
  try {
    return await untilQuiescent({
      readers: readersOf(topicPrefix()),
      offsets,
      openOutcomes: () => openOutcomes(pool),
      onProgress: show,
      signal,
    });
  } finally {
    await Promise.allSettled([offsets.close(), pool.end()]);
  }
}

async function finish(platform: Platform, exitCode: number): Promise<number> {
  const { options, steps, feed, services, setup } = platform;
  const processing = feed.seededAtMs === null ? 0 : Date.now() - feed.seededAtMs;
  steps.line(`  ✓ ${'everything processed end to end'.padEnd(58)} ${seconds(processing)}`);
  steps.line(`\n${await leaderboardTable(services.url('api-gateway'))}\n`);
  if (options.report !== null) {
    await writeReport(options.report, addressesOf(platform), { setup, processing });
    steps.line(`  Report: ${options.report}`);
  }
  return exitCode;
}

/** After Ctrl-C: what was sent is still worked off for a moment when there is a report to write. */
async function finishInterrupted(platform: Platform, feedCode: number): Promise<number> {
  const { options, feed } = platform;
  await feed.stop();
  if (options.report === null) return feedCode;
  await processAll(platform, AbortSignal.timeout(lastWorkMsMax));
  const processing = feed.seededAtMs === null ? 0 : Date.now() - feed.seededAtMs;
  await writeReport(options.report, addressesOf(platform), { setup: platform.setup, processing });
  platform.steps.line(`  Report: ${options.report}`);
  return feedCode;
}

const addressesOf = ({ foundation, services }: Platform): Addresses => ({
  readModelUrl: foundation.database.urls['api-gateway'],
  apiUrl: services.url('api-gateway'),
  settlementUrl: services.url('settlement'),
});

function banner(services: Services, dataDir: string, setupMs: number): string {
  const [api, ledger, feeds] = [services.url('api-gateway'), services.url('settlement'), services.url('notifier')];
  if (api === '') throw new StartError('The HTTP API is not listening; see the log of api-gateway.');
  return [
    '',
    `  Slipstream is running (set up in ${seconds(setupMs)}). All of it is paper money: no real orders.`,
    '',
    `  API          ${api}/v1/leaderboard`,
    `               ${api}/v1/providers/{id}   (ids: see the leaderboard)`,
    `  Ledger       ${ledger}/statements/wallet/{account}   (JSON; CSV with ?format=csv)`,
    `               ${ledger}/trial-balance, signed days: ${ledger}/roots, keys: ${ledger}/keys`,
    `  Feeds        ${feeds}/feeds/account/{id}, webhooks: ${feeds}/webhooks`,
    '  Credentials  none yet: the API is read-only',
    `  Data folder  ${dataDir}`,
    `  Logs         ${services.logFolder}`,
    '',
    '  Ctrl-C stops everything; the next npm start goes on from the same data.',
    '',
  ].join('\n');
}
