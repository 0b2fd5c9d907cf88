import type { AnyRecord, ServiceName, Stream } from '@slipstream/contracts';
import type { PoolClient } from 'pg';

/** One journal record that counts (it lies at its `at`), with what its headers say. */
export interface JournalRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly event: AnyRecord;
  readonly correlationId: string;
  /** Wall clock, milliseconds; for latency only. */
  readonly receivedAtMs: number | null;
  readonly appendedAtMs: number;
  /** Offset of the inbox record it answers. */
  readonly cause: number;
  /** Version of the code and configuration that decided. */
  readonly rules: string;
}

/**
 * A read model: rows and position are written in one fenced transaction, so that each journal record counts once.
 * `apply` gets the counting records of one journal partition in order; an open transaction in `client` is committed
 * together with the position when it resolves. Memory kept between calls must be what a load would give:
 * `open` is called at takeover and after any failure.
 */
export interface Projection<Left = unknown> {
  readonly service: ServiceName;
  readonly journals: readonly Stream[];
  /** Schema that holds the rows and the table of positions. */
  readonly schema: string;
  /**
   * Partitions of different lanes are written by different transactions at once; all share one by default. Two lanes must not
   * write the same rows, or take locks in different orders.
   */
  laneOf?(topic: string, partition: number): number;
  open(topic: string, partition: number, client: PoolClient): Promise<void>;
  /** @returns what is left to be written by `finish` */
  apply(records: readonly JournalRecord[], client: PoolClient): Promise<Left>;
  /**
   * Ends each transaction: writes what all of its partitions left, so that their rows share their statements. A statement waits
   * for the database longer than a row.
   */
  finish?(left: readonly Left[], client: PoolClient): Promise<void>;
  /**
   * Called after the commit of `apply` (to publish what was written), again after a failure that passes. A crash between
   * the two leaves it out, so whoever is told must not depend on being told of each.
   */
  committed?(records: readonly JournalRecord[]): Promise<void>;
}
