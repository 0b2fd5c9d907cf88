import type { Codec } from '@slipstream/contracts';
import type { Decider } from './decide.js';
import type { Fold } from './fold.js';
import type { Log, RangeReader, Subscription } from './log.js';
import type { FaultPoints, Logger } from './options.js';
import type { SavedState } from './saved-state.js';
import type { CommandWriter, JournalWriter } from './sender.js';

/** What the partitions of one running fold share. */
export interface Shell<S> {
  readonly fold: Fold<S>;
  readonly inboxTopic: string;
  readonly journalTopic: string;
  readonly prefix: string;
  readonly codec: Codec;
  readonly decider: Decider<S>;
  readonly log: Log;
  readonly journal: JournalWriter;
  readonly commands: CommandWriter;
  readonly saved: SavedState;
  readonly reader: () => Promise<RangeReader>;
  readonly subscription: () => Subscription;
  readonly faults: FaultPoints;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly stopping: () => boolean;
  fail(error: Error): void;
}

export interface Counters {
  records: number;
  events: number;
  commands: number;
  takeovers: number;
  saves: number;
  doubts: number;
  lastBatchAtMs: number;
  onBatch?: (records: number) => void;
  onSaved?: (milliseconds: number) => void;
}

export const newCounters = (): Counters => ({
  records: 0,
  events: 0,
  commands: 0,
  takeovers: 0,
  saves: 0,
  doubts: 0,
  lastBatchAtMs: Date.now(),
});
