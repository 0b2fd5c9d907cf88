import type { Edge } from '@slipstream/streams';
import type { FeedArguments } from './arguments.js';
import type { SourceProgress } from './checkpoint.js';
import type { Connection } from './connection.js';
import type { Tell } from './messages.js';
import { accountIdOf, providerOf, registerProvider, startFollower, type Crowd } from './seed-followers.js';
import type { Source } from './source.js';
import { copyKey, waitForCopies } from './wait-for-copies.js';

const commandsPerSend = 500;
const tellIntervalMs = 500;

/** What seeding needs to work with. */
export interface Seeding {
  readonly connection: Connection;
  readonly edge: Edge;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/**
 * Registers the providers and starts the followers that aren't confirmed yet, and waits until they are.
 * @param at market time
 * @returns the progress with what is seeded
 * @throws CopiesMissing
 */
export async function seed(
  seeding: Seeding,
  source: Source,
  options: FeedArguments,
  progress: SourceProgress,
  at: number,
): Promise<SourceProgress> {
  const { edge, tell, signal } = seeding;
  if (!progress.registered) await edge.send(source.providers.map((provider) => registerProvider(provider, at)));
  const total = source.providers.length === 0 ? 0 : options.followers;
  if (total > progress.followers) {
    const crowd: Crowd = { ...source, at, seed: options.seed, copyMode: options.copyMode };
    const numbers = Array.from({ length: total - progress.followers }, (_, i) => progress.followers + i + 1);
    await sendFollowers(edge, numbers, crowd, signal);
    const wanted = new Set(numbers.map((n) => copyKey(accountIdOf(n), providerOf(n, crowd).providerId)));
    let toldAtMs = 0;
    await waitForCopies(
      seeding.connection,
      wanted,
      (confirmed) => {
        if (Date.now() - toldAtMs < tellIntervalMs && confirmed < wanted.size) return;
        toldAtMs = Date.now();
        tell({ event: 'seeding', done: progress.followers + confirmed, total });
      },
      signal,
    );
  }
  if (signal.aborted) return progress;
  tell({ event: 'seeded', providers: source.providers.length, followers: total });
  return { ...progress, registered: true, followers: Math.max(total, progress.followers) };
}

async function sendFollowers(edge: Edge, numbers: readonly number[], crowd: Crowd, signal: AbortSignal): Promise<void> {
  for (let from = 0; from < numbers.length && !signal.aborted; from += commandsPerSend) {
    await edge.send(numbers.slice(from, from + commandsPerSend).flatMap((number) => startFollower(number, crowd)));
  }
}
