import { streams, type ProviderStats } from '@slipstream/contracts';
import { instrumentTable, type Instruments } from '@slipstream/domain';
import type { JournalRecord, Projection } from '@slipstream/streams';
import type { PoolClient } from 'pg';
import { closeDays, rollWindows } from './close-days.js';
import { loadCopies, noCopiesChanges, type Copies, type CopiesLeft } from './copies.js';
import { countProviderEvent } from './count-order.js';
import { loadLine, noLineChanges, type Line, type LineChanges, type LineLeft } from './line.js';
import type { FeesLeft } from './fees.js';
import { recordAccountEvent } from './record-outcome.js';
import { writeCopies } from './write-copies.js';
import { recordSettlements, writeSettlements } from './write-settlements.js';
import { readCopiersOf, statsRecord, type PublishedCopiers } from './stats-record.js';
import { toldOf, writeDays, writeLines, type Told } from './write-line.js';

/** Sends the newest statistics of providers to the world. */
export type PublishStats = (stats: readonly ProviderStats[], correlationId: string) => Promise<void>;

export interface StatsOptions {
  readonly publish: PublishStats;
  readonly instruments?: Instruments;
  /** Called when statistics could not be published; they are sent again with the next ones. */
  readonly onUnpublished?: (error: unknown) => void;
}

/**
 * The read models as a projection of providers.events, accounts.events and settlements.events. Each row is written from one
 * journal partition only, so partitions need not wait for each other.
 */
export function statsProjection(options: StatsOptions): Projection<Left> {
  const { publish, instruments = instrumentTable(), onUnpublished = () => undefined } = options;
  const lines = new Map<number, Line>();
  const accounts = new Map<number, Copies>();
  /** By line and provider: what is to be published of it, null when that is still to be worked out. */
  const unpublished = new Map<number, Map<string, Told | null>>();
  const copiers = new Map<number, (providerId: string) => PublishedCopiers>();
  const isProviders = (topic: string): boolean => topic === streams.providersEvents.topic;
  return {
    service: 'stats-projector',
    journals: [streams.providersEvents, streams.accountsEvents, streams.settlementsEvents],
    schema: 'read_model',
    // Lines share no rows, so while the database writes one half of them the other is worked out; copies are summed over all
    // partitions; receipts are in tables of their own.
    laneOf: (topic, partition) => (isProviders(topic) ? 1 + (partition % 2) : isOfSettlements(topic) ? 3 : 0),
    async open(topic, partition, client) {
      if (isProviders(topic)) {
        const line = await loadLine(client, partition, instruments);
        lines.set(partition, line);
        // What the owner before wrote, it may not have published.
        unpublished.set(partition, new Map([...line.providers.keys()].map((id) => [id, null])));
      } else if (topic === streams.accountsEvents.topic)
        accounts.set(partition, await loadCopies(client, partition, instruments));
    },
    async apply(records, client) {
      const [first] = records;
      if (first === undefined) return {};
      if (isProviders(first.topic)) {
        const line = opened(lines, first);
        return { line: { line, changes: await changesOfLine(client, line, records) } };
      }
      if (isOfSettlements(first.topic)) return { fees: await recordSettlements(client, first.partition, records) };
      const [copies, changes] = [opened(accounts, first), noCopiesChanges()];
      for (const record of records) recordAccountEvent(copies, record, changes);
      return { copies: { copies, changes } };
    },
    async finish(left, client) {
      const changed = left.flatMap(({ line }) => line ?? []);
      for (const { line, provider, stats, hash } of await writeLines(client, changed))
        unpublished.get(line.line)?.set(provider.row.providerId, { stats, hash });
      await writeCopies(
        client,
        left.flatMap(({ copies }) => copies ?? []),
      );
      await writeSettlements(client, left.map(feesOf));
      const ids = changed.flatMap(({ line }) => [...(unpublished.get(line.line)?.keys() ?? [])]);
      const copiersOf = await readCopiersOf(client, ids);
      for (const { line } of changed) copiers.set(line.line, copiersOf);
    },
    async committed(records) {
      const [first] = records;
      if (first === undefined || !isProviders(first.topic)) return;
      const line = opened(lines, first);
      const waiting = opened(unpublished, first);
      const copiersOf = opened(copiers, first);
      const stats = [...waiting].flatMap(([id, told]) => {
        const provider = line.providers.get(id);
        return provider ? [statsRecord(told ?? toldOf(line.line, provider), copiersOf(id))] : [];
      });
      if (stats.length === 0) return;
      try {
        await publish(stats, first.correlationId);
        waiting.clear();
      } catch (error) {
        // The rows are written; the newest figures go out with the next ones.
        onUnpublished(error);
      }
    },
  };
}

const isOfSettlements = (topic: string): boolean => topic === streams.settlementsEvents.topic;

/** What a partition's records leave to be written. */
interface Left {
  readonly line?: LineLeft;
  readonly copies?: CopiesLeft;
  readonly fees?: FeesLeft;
}

const feesOf = ({ fees }: Left): FeesLeft | undefined => fees;

/** Days are written before windows are made of them; all else once, at the end. */
async function changesOfLine(client: PoolClient, line: Line, records: readonly JournalRecord[]): Promise<LineChanges> {
  const changes = noLineChanges();
  for (const record of records) {
    countProviderEvent(line, record, changes);
    const { event, offset } = record;
    if (event.type !== 'MarketTicked' || !event.boundary) continue;
    const closed = closeDays(line, event, offset, changes);
    if (closed.length === 0) continue;
    await writeDays(client, changes);
    await rollWindows(client, line, event.at, closed, changes);
  }
  return changes;
}

function opened<T>(known: ReadonlyMap<number, T>, { topic, partition }: JournalRecord): T {
  const state = known.get(partition);
  if (state === undefined) throw new Error(`${topic}/${partition} was not opened`);
  return state;
}
