import type { AnyRecord, ServiceName, Stream } from '@slipstream/contracts';
import type { Log } from './log.js';

/** Structured logger; pino fits. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Where a fault may be put: awaited exactly between the steps of the shell. Nothing by default. */
export interface FaultPoints {
  beforeAppend?(partition: number): Promise<void>;
  afterAppend?(partition: number): Promise<void>;
  beforeSend?(partition: number): Promise<void>;
  afterSend?(partition: number): Promise<void>;
  beforeSave?(partition: number): Promise<void>;
  afterSave?(partition: number): Promise<void>;
}

/** What an adapter of the log is opened with. */
export interface LogOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

/** What a fold or a projection needs to run. */
export interface RunOptions {
  readonly brokers: readonly string[];
  readonly databaseUrl: string;
  /** Before every topic and group name; '' by default. */
  readonly topicPrefix?: string;
  /** Name of this process, for logs and the owner column. */
  readonly instance?: string;
  readonly saveIntervalMs?: number;
  /** Version of code and configuration, written with every event. */
  readonly rules?: string;
  readonly logger?: Logger;
  /** Another consumer group than `prefix + service`: tests of two owners at once. */
  readonly groupId?: string;
  /** A process that is silent for so long has lost its partitions; 10,000 by default. */
  readonly sessionTimeoutMs?: number;
  /** Database schema; the service's name with underscores by default. */
  readonly schema?: string;
  readonly faults?: FaultPoints;
  /** Entries of commands after which a slice is answered and sent; 5,000 by default. How a batch is cut changes nothing. */
  readonly sliceEntriesMax?: number;
  /** Records wait and no batch comes for so long: `live` is false; 30,000 by default. */
  readonly stuckMs?: number;
  /** Where schema ids come from; the checked-in lock file by default. */
  readonly schemaRegistryUrl?: string | null;
  /** Another log than kafkajs over `brokers`: a second adapter, or one that fails on purpose. */
  readonly openLog?: (options: LogOptions) => Log;
  /** Called once when it can't go on; the process should end. */
  readonly onFailure?: (error: Error) => void;
}

/** What one partition is doing. */
export interface PartitionStatus {
  readonly topic: string;
  readonly partition: number;
  readonly phase: 'taking_over' | 'owned' | 'lost';
  /** Next offset to be processed. */
  readonly position: number;
  /** Records waiting behind it, as far as known. */
  readonly lag: number;
}

export interface Status {
  readonly partitions: readonly PartitionStatus[];
  readonly ready: boolean;
  /** False when records wait and no batch came for 30 s, or after a failure. */
  readonly live: boolean;
  readonly failure: string | null;
  readonly processedRecords: number;
  readonly takeovers: number;
  readonly saves: number;
}

/** A fold or projection at work. */
export interface Running {
  /** Resolves once every partition of the first assignment is taken over and caught up. */
  ready(): Promise<void>;
  status(): Status;
  /** Stops consuming, saves, commits, leaves the group. */
  stop(): Promise<void>;
  /** Resolves after `stop`, rejects when it can't go on. */
  done(): Promise<void>;
}

/** A command of a writer that isn't a fold: HTTP edge, feed, tests. */
export interface EdgeCommand {
  readonly to: Stream;
  readonly record: AnyRecord;
  readonly key: string | null;
  /** Computed from the key where absent. */
  readonly partition?: number;
  /** `<log>/<partition>/<offset>/<firstOrdinal>/<count>` where the command comes from a log (a file is one). */
  readonly source?: string;
  readonly correlationId: string;
  readonly receivedAtMs?: number;
}

/** Writes commands in order, acks=all. */
export interface Edge {
  /** Resolves when all are written. @throws Error naming the broker when it can't be done in time */
  send(commands: readonly EdgeCommand[]): Promise<void>;
  close(): Promise<void>;
}

export type { ServiceName };
