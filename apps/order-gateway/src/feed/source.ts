import type { FeedArguments } from './arguments.js';
import { demoDays, demoInstruments, demoProviders, demoStartAt, demoSteps } from './demo/demo-steps.js';
import { fileSteps } from './file-steps.js';
import type { Step } from './plan-steps.js';
import { UnreadableFile, type Malformed } from './read-fills.js';
import { scanFile } from './scan-file.js';
import type { ProviderPlan } from './seed-followers.js';

/** Where fills come from. */
export interface Source {
  /** Names the content in the `source` headers and in the state file. */
  readonly id: string;
  readonly providers: readonly ProviderPlan[];
  readonly instruments: readonly string[];
  /** Market time of the first fill. */
  readonly firstAt: number;
  /** From the first step, however often it is called. */
  steps(clockStart: number | null, onMalformed: (malformed: Malformed) => void): AsyncIterable<Step>;
}

/** The first malformed line of a file that may have none. */
export interface Stopped {
  readonly stoppedAt: Malformed;
}

/** @throws UnreadableFile */
export async function openSource(options: FeedArguments): Promise<Source | Stopped> {
  return options.fills === null ? demoSource(options) : fileSource(options.fills, options);
}

async function fileSource(path: string, options: FeedArguments): Promise<Source | Stopped> {
  const scan = await scanFile(path, options.strict);
  if (scan.malformed && options.strict) return { stoppedAt: scan.malformed };
  if (scan.firstAt === null && !scan.malformed) {
    throw new UnreadableFile(`The fills file ${path} has a header but no fills.`);
  }
  return {
    id: scan.id,
    providers: scan.providerIds.map((providerId) => ({
      providerId,
      displayName: providerId,
      startingCapital: options.startingCapital,
      profitShareRatio: '0.1',
    })),
    instruments: scan.instruments,
    firstAt: scan.firstAt ?? 0,
    steps: (clockStart, onMalformed) => fileSteps(path, scan.id, clockStart, onMalformed),
  };
}

function demoSource(options: FeedArguments): Source {
  const id = `demo-${options.seed}`;
  return {
    id,
    providers: demoProviders,
    instruments: demoInstruments,
    firstAt: demoStartAt,
    steps: (clockStart) => demoSteps({ id, seed: options.seed, clockStart, days: options.once ? demoDays : null }),
  };
}
