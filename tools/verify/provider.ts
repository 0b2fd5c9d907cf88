// Works a provider's statistics out anew from the journals, by the naive twins, and compares with the rows and their hash.
import { partitionOf, streams } from '@slipstream/contracts';
import { text, type Instruments } from '@slipstream/domain';
import { copiersProofOf, proofOf, readCopiers, readPublished, type PublishedStats } from '@slipstream/read-model';
import { openCodec, openKafkaJsLog, topicName } from '@slipstream/streams';
import pg from 'pg';
import { StartError } from '../embedded/common.ts';
import type { Installation } from '../installation.ts';
import { readRecords, type JournalReader } from '../journal.ts';
import type { Verdict } from './decisions.ts';
import { naiveCopiers } from './naive-copiers.ts';
import { naiveStats, type Told } from './naive-stats.ts';
import { verifyReceipts } from './receipts.ts';

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
  const topics = [streams.providersEvents, streams.accountsEvents, streams.settlementsEvents].map((stream) =>
    topicName(stream, prefix),
  );
  const crashed: { error?: Error } = {};
  const reader = await log.openReader(topics, (error) => (crashed.error = error));
  try {
    const journal = { reader, codec: await openCodec(process.env['SCHEMA_REGISTRY_URL']), prefix };
    const verdict: Verdict = { lines: [], differences: [] };
    const contractSize = await contractSizes();
    await verifyOwn(pool, journal, providerId, contractSize, verdict);
    await verifyCopiers(pool, journal, providerId, contractSize, verdict);
    await verifyReceipts(pool, journal, providerId, verdict);
    if (crashed.error) throw crashed.error;
    return verdict;
  } finally {
    await reader.close();
    await Promise.allSettled([log.close(), pool.end()]);
  }
}

type ContractSize = (instrument: string) => string;

/** Contract sizes as the projector is configured. */
async function contractSizes(): Promise<ContractSize> {
  const { loadInstruments } = await fromProjector<{ loadInstruments: (env: NodeJS.ProcessEnv) => Instruments }>(
    'config.js',
  );
  const instruments = loadInstruments(process.env);
  return (instrument) => text(instruments(instrument).contractSize);
}

/** The statistics of the provider's own trading, from its partition of providers.events. */
async function verifyOwn(
  pool: pg.Pool,
  journal: JournalReader,
  providerId: string,
  contractSize: ContractSize,
  verdict: Verdict,
): Promise<void> {
  const found = await readPublished(pool, providerId);
  if (found === undefined) throw new StartError(`There is no provider ${providerId}.`);
  const { stats, hash } = found;
  const { formulaVersion } = await fromProjector<{ formulaVersion: number }>('write-line.js');
  if (stats.formulaVersion !== formulaVersion)
    throw new StartError(
      `The row of ${providerId} has formula version ${stats.formulaVersion}, this code has ${formulaVersion}: run npm run rebuild.`,
    );
  const partition = partitionOf(providerId, streams.providersEvents.partitions);
  const records = await readRecords(journal, streams.providersEvents, partition, 0, stats.logOffset + 1);
  const naive = naiveStats(partition, records, providerId, contractSize);
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

/** What copies make of the provider, from the partitions of accounts.events. */
async function verifyCopiers(
  pool: pg.Pool,
  journal: JournalReader,
  providerId: string,
  contractSize: ContractSize,
  verdict: Verdict,
): Promise<void> {
  // The change of followers is the provider's own line's.
  const { proof, weeklyFollowerChange: _, ...shown } = await readCopiers(pool, providerId);
  const until = new Map(proof.positions.map(({ partition, offset }) => [partition, offset]));
  const partitions = new Map<number, readonly Told[]>();
  let records = 0;
  for (const [partition, offset] of until) {
    const told = await readRecords(journal, streams.accountsEvents, partition, 0, offset + 1);
    partitions.set(partition, told);
    records += told.length;
  }
  const { figures, positions } = naiveCopiers({ partitions, providerId, contractSize, until });
  const hash = copiersProofOf(figures, positions, proof.formulaVersion);
  const wrong = unequal(shown, figures, 'copiers');
  if (hash !== proof.hash) wrong.push(`hash of copiers: ${proof.hash} shown, ${hash} recomputed`);
  verdict.differences.push(...wrong);
  verdict.lines.push(
    `${figuresOf(figures)} figures of ${figures.copies} copies from ${records} records of ${until.size} partitions of accounts.events`,
    `hash ${hash} ${wrong.length === 0 ? 'is the one shown' : 'differs'}`,
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
