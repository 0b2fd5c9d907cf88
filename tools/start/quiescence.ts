import { sleep, StartError } from '../embedded/common.ts';

/** A consumer group and a topic it reads to the end. */
export interface Reader {
  readonly group: string;
  readonly topic: string;
}

/** Offsets as the broker knows them, by partition. */
export interface Offsets {
  /** What the group has committed; nothing for a partition without a commit. */
  committed(reader: Reader): Promise<ReadonlyMap<number, number>>;
  /** First and next offset of each partition. */
  bounds(topic: string): Promise<ReadonlyMap<number, { readonly low: number; readonly end: number }>>;
}

export interface QuiescenceOptions {
  readonly readers: readonly Reader[];
  readonly offsets: Offsets;
  /** Orders placed that have no end yet in the read model. */
  readonly openOutcomes: () => Promise<number>;
  /** How much is still to be done, at each look. */
  readonly onProgress?: (left: { readonly records: number; readonly outcomes: number }) => void;
  readonly pollMs?: number;
  /** Without any movement for so long it is an error. */
  readonly stillMsMax?: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves when everything has been processed end to end: each reader has committed all there is, and each placed order
 * has its end. The commits are fetched before the ends: a record written between the two shows up as a difference.
 * @returns false when it was told to stop waiting
 * @throws StartError when nothing moves any more
 */
export async function untilQuiescent(options: QuiescenceOptions): Promise<boolean> {
  const { pollMs = 300, stillMsMax = 120_000, signal } = options;
  let [last, movedAt] = ['', Date.now()];
  while (signal?.aborted !== true) {
    const look = await lookAt(options);
    options.onProgress?.(look);
    if (look.records === 0 && look.outcomes === 0) return true;
    if (look.fingerprint !== last) [last, movedAt] = [look.fingerprint, Date.now()];
    else if (Date.now() - movedAt > stillMsMax) {
      throw new StartError(
        `Nothing has moved for ${stillMsMax / 1000} s, and ${left(look)}: see the services' logs, and start again to go on.`,
      );
    }
    await sleep(pollMs);
  }
  return false;
}

const left = (look: Look): string =>
  [...look.behind, look.outcomes > 0 ? `${look.outcomes} placed orders have no end` : ''].filter(Boolean).join(', ');

interface Look {
  readonly records: number;
  readonly outcomes: number;
  readonly behind: readonly string[];
  /** Changes whenever anything moves. */
  readonly fingerprint: string;
}

async function lookAt({ readers, offsets, openOutcomes }: QuiescenceOptions): Promise<Look> {
  const committed = await Promise.all(readers.map((reader) => offsets.committed(reader)));
  const topics = [...new Set(readers.map((reader) => reader.topic))];
  const bounds = new Map(await Promise.all(topics.map(async (topic) => [topic, await offsets.bounds(topic)] as const)));
  const lags = readers.map((reader, index) => {
    const partitions = [...(bounds.get(reader.topic) ?? [])];
    return partitions.reduce((sum, [p, { low, end }]) => sum + Math.max(0, end - (committed[index]?.get(p) ?? low)), 0);
  });
  const outcomes = await openOutcomes();
  const positions = committed.map((map) => [...map]);
  const behind = readers
    .map(({ group, topic }, index) =>
      (lags[index] ?? 0) > 0 ? `${group} is ${lags[index]} records behind in ${topic}` : '',
    )
    .filter(Boolean);
  const records = lags.reduce((sum, lag) => sum + lag, 0);
  return { records, outcomes, behind, fingerprint: JSON.stringify([positions, lags, outcomes]) };
}
