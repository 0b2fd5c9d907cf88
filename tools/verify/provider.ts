// Works a provider's statistics out anew from the journals, by the naive twins, and compares with the rows and their hash.
import { partitionOf, streams } from '@slipstream/contracts';
import { text, type Instruments } from '@slipstream/domain';
import { proofOf, readPublished, type PublishedStats } from '@slipstream/read-model';
import { openCodec, openKafkaJsLog, topicName } from '@slipstream/streams';
import pg from 'pg';
import { StartError } from '../embedded/common.ts';
import type { Installation } from '../installation.ts';
import { readRecords, type JournalReader } from '../journal.ts';
import type { Verdict } from './decisions.ts';
import { naiveStats } from './naive-stats.ts';

const fromProjector = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../../apps/stats-projector/dist/${path}`, import.meta.url).href)) as T;

/**
 * @throws StartError when nobody of that id is registered
 */
export async function verifyProvider(installation: Installation, providerId: string): Promise<Verdict> {
  const { brokers, databaseUrl, prefix } = installation;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1, options: '-c search_path=read_model' });
  pool.on('error', () => undefined);
  const log = openKafkaJsLog({ brokers: brokers.split(','), clientId: 'verify', logger: console });
  const topics = [topicName(streams.providersEvents, prefix)];
  const crashed: { error?: Error } = {};
  const reader = await log.openReader(topics, (error) => (crashed.error = error));
  try {
    const journal = { reader, codec: await openCodec(process.env['SCHEMA_REGISTRY_URL']), prefix };
    const verdict: Verdict = { lines: [], differences: [] };
    await verifyOwn(pool, journal, providerId, verdict);
    if (crashed.error) throw crashed.error;
    return verdict;
  } finally {
    await reader.close();
    await Promise.allSettled([log.close(), pool.end()]);
  }
}

/** The statistics of the provider's own trading, from its partition of providers.events. */
async function verifyOwn(pool: pg.Pool, journal: JournalReader, providerId: string, verdict: Verdict): Promise<void> {
  const found = await readPublished(pool, providerId);
  if (found === undefined) throw new StartError(`There is no provider ${providerId}.`);
  const { stats, hash } = found;
  const { formulaVersion } = await fromProjector<{ formulaVersion: number }>('write-line.js');
  if (stats.formulaVersion !== formulaVersion)
    throw new StartError(
      `The row of ${providerId} has formula version ${stats.formulaVersion}, this code has ${formulaVersion}: run npm run rebuild.`,
    );
  const { loadInstruments } = await fromProjector<{ loadInstruments: (env: NodeJS.ProcessEnv) => Instruments }>(
    'config.js',
  );
  const instruments = loadInstruments(process.env);
  const partition = partitionOf(providerId, streams.providersEvents.partitions);
  const records = await readRecords(journal, streams.providersEvents, partition, 0, stats.logOffset + 1);
  const naive = naiveStats(partition, records, providerId, (id) => text(instruments(id).contractSize));
  if (naive === null) {
    verdict.differences.push(`providers.events/${partition} doesn't know ${providerId}`);
    return;
  }
  const again: PublishedStats = { ...naive, formulaVersion };
  const wrong = unequal(stats, again, 'provider');
  verdict.differences.push(...wrong);
  if (proofOf(again) !== hash) verdict.differences.push(`hash: ${hash} shown, ${proofOf(again)} recomputed`);
  verdict.lines.push(
    `${providerId}: ${figuresOf(again)} figures from ${records.length} records of providers.events/${partition} up to offset ` +
      `${stats.logOffset}, as of ${new Date(stats.asOf).toISOString()}, formula version ${formulaVersion}`,
    `hash ${proofOf(again)} ${verdict.differences.length === 0 ? 'is the one shown' : 'differs'}`,
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Every figure that isn't the same, by its path. */
export function unequal(shown: unknown, again: unknown, path: string): string[] {
  if (isObject(shown) && isObject(again)) {
    const names = new Set([...Object.keys(shown), ...Object.keys(again)]);
    return [...names].flatMap((name) => unequal(shown[name], again[name], `${path}.${name}`));
  }
  return shown === again ? [] : [`${path}: ${JSON.stringify(shown)} shown, ${JSON.stringify(again)} recomputed`];
}

/** How many single values there are. */
export const figuresOf = (value: unknown): number =>
  isObject(value) ? Object.values(value).reduce<number>((sum, one) => sum + figuresOf(one), 0) : 1;
