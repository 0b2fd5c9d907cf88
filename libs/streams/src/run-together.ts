import type { Running, Status } from './options.js';

/**
 * Starts streams that belong to one process, one after the other, and shows them as one: a service that decides and
 * projects. When one can't be started those before it are stopped again.
 * @throws Error of the one that can't be started
 */
export async function runTogether(starts: readonly (() => Promise<Running>)[]): Promise<Running> {
  const all: Running[] = [];
  try {
    for (const start of starts) all.push(await start());
  } catch (error) {
    await Promise.allSettled(all.map((one) => one.stop()));
    throw error;
  }
  return {
    ready: async () => void (await Promise.all(all.map((one) => one.ready()))),
    status: () => all.map((one) => one.status()).reduce(together),
    stop: async () => void (await Promise.all(all.map((one) => one.stop()))),
    // The first that can't go on is the end of all.
    done: async () => void (await Promise.all(all.map((one) => one.done()))),
  };
}

const together = (a: Status, b: Status): Status => ({
  partitions: [...a.partitions, ...b.partitions],
  ready: a.ready && b.ready,
  live: a.live && b.live,
  failure: a.failure ?? b.failure,
  processedRecords: a.processedRecords + b.processedRecords,
  takeovers: a.takeovers + b.takeovers,
  saves: a.saves + b.saves,
});
