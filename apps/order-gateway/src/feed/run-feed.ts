import { openEdge, type Edge } from '@slipstream/streams';
import type { FeedArguments } from './arguments.js';
import { loadCheckpoint, saveCheckpoint, type Checkpoint, type SourceProgress } from './checkpoint.js';
import type { Connection } from './connection.js';
import { exitCodes, type ExitCode, type Tell } from './messages.js';
import { openBacklog } from './backlog.js';
import type { Step } from './plan-steps.js';
import type { Malformed } from './read-fills.js';
import { seed } from './seed.js';
import { sendSteps, type Totals } from './send-steps.js';
import { openSource, type Source } from './source.js';

/** A loss of so much is sent again and dropped. */
const checkpointIntervalMs = 500;
const tellIntervalMs = 500;

/**
 * Brings the fills of a source into providers.commands, from where an earlier run of the same source ended.
 * @returns the exit code of the process
 * @throws an error whose message says what is wrong
 */
export async function runFeed(
  options: FeedArguments,
  connection: Connection,
  tell: Tell,
  signal: AbortSignal,
): Promise<ExitCode> {
  const opened = await openSource(options);
  const tellMalformed = (malformed: Malformed): void =>
    tell({ event: 'malformed', file: options.fills ?? '', ...malformed });
  if ('stoppedAt' in opened) {
    tellMalformed(opened.stoppedAt);
    return exitCodes.stoppedAtMalformed;
  }
  const state = new FeedState(options.stateFile, opened.id, await loadCheckpoint(options.stateFile));
  const edge = await openEdge({ ...connection, clientId: 'feed' });
  try {
    const at = Math.max(opened.firstAt, state.marketTime ?? 0);
    await state.seeded(await seed({ connection, edge, tell, signal }, opened, options, state.progress, at));
    if (signal.aborted) return exitCodes.finished;
    return await send(opened, state, edge, options, connection, { tell, tellMalformed, signal });
  } finally {
    await state.save();
    await edge.close();
  }
}

/** Whom to tell, and when to stop. */
interface Listeners {
  readonly tell: Tell;
  readonly tellMalformed: (malformed: Malformed) => void;
  readonly signal: AbortSignal;
}

async function send(
  source: Source,
  state: FeedState,
  edge: Edge,
  options: FeedArguments,
  connection: Connection,
  { tell, tellMalformed, signal }: Listeners,
): Promise<ExitCode> {
  let malformed = 0;
  let toldAtMs = 0;
  const steps = source.steps(state.progress.clockStart, (line) => {
    malformed += 1;
    tellMalformed(line);
  });
  const watched = typeof options.speed === 'string' ? openBacklog(connection) : null;
  try {
    const totals = await sendSteps(steps, {
      edge,
      backlog: watched?.backlog ?? null,
      speed: options.speed,
      doneSteps: state.progress.step,
      signal,
      acknowledged: async (last, { orders, fills }) => {
        await state.acknowledged(last);
        if (Date.now() - toldAtMs < tellIntervalMs) return;
        toldAtMs = Date.now();
        tell({ event: 'progress', orders, fills, marketTime: last.at });
      },
    });
    if (signal.aborted) return exitCodes.finished;
    return finish(totals, malformed, state, tell);
  } finally {
    await watched?.close();
  }
}

function finish(totals: Totals, malformed: number, state: FeedState, tell: Tell): ExitCode {
  tell({ event: 'finished', ...totals, malformed, marketTime: state.marketTime ?? 0 });
  return malformed > 0 ? exitCodes.malformedLines : exitCodes.finished;
}

/** The checkpoint of one source, written now and then. */
class FeedState {
  private savedAtMs = 0;
  private changed = false;

  constructor(
    private readonly path: string,
    private readonly id: string,
    private checkpoint: Checkpoint,
  ) {}

  get marketTime(): number | null {
    return this.checkpoint.marketTime;
  }

  get progress(): SourceProgress {
    const start = { step: 0, clockStart: this.marketTime, registered: false, followers: 0 };
    return this.checkpoint.sources[this.id] ?? start;
  }

  /** From here on the source exists, with the market time at which it began. */
  async seeded(progress: SourceProgress): Promise<void> {
    this.set(progress, this.marketTime);
    await this.save();
  }

  async acknowledged(last: Step): Promise<void> {
    this.set({ ...this.progress, step: last.n }, Math.max(last.at, this.marketTime ?? 0));
    if (Date.now() - this.savedAtMs >= checkpointIntervalMs) await this.save();
  }

  async save(): Promise<void> {
    if (!this.changed) return;
    await saveCheckpoint(this.path, this.checkpoint);
    this.changed = false;
    this.savedAtMs = Date.now();
  }

  private set(progress: SourceProgress, marketTime: number | null): void {
    const sources = { ...this.checkpoint.sources, [this.id]: progress };
    this.checkpoint = { ...this.checkpoint, marketTime, sources };
    this.changed = true;
  }
}
