import type { PoolClient } from 'pg';
import { placeOf, type Notice, type Origin } from './notification.js';

/** The feed of a recipient, held by this transaction. */
export interface Held {
  /** Rows it has. */
  readonly kept: number;
  /** Whether a row is newer than all that is gone. */
  isKept(row: Notice & Origin): boolean;
}

/**
 * Holds the feeds of recipients until the end of the transaction: what a later statement reads of them is what all writers
 * before have committed. Rows are taken in their order, so that two writers never wait for each other in a circle.
 */
export async function holdRecipients(
  client: PoolClient,
  recipients: readonly string[],
): Promise<ReadonlyMap<string, Held>> {
  const { rows } = await client.query<{
    recipient: string;
    kept: number;
    gone_at: string | null;
    gone_place: string | null;
  }>(holdSql, [[...new Set(recipients)]]);
  return new Map(
    rows.map(({ recipient, kept, gone_at, gone_place }): [string, Held] => {
      const goneAt = gone_at === null ? -Infinity : Number(gone_at);
      const isKept = (row: Notice & Origin): boolean =>
        row.occurredAt > goneAt || (row.occurredAt === goneAt && placeOf(row) > (gone_place ?? ''));
      return [recipient, { kept, isKept }];
    }),
  );
}

const holdSql = `
  INSERT INTO recipients AS r (recipient, kept)
    SELECT recipient, 0 FROM unnest($1::text[]) AS n (recipient) ORDER BY recipient
    ON CONFLICT (recipient) DO UPDATE SET kept = r.kept
    RETURNING recipient, kept, gone_at, gone_place`;
