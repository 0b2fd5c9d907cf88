import type pg from 'pg';
import { inTransaction } from './database.js';
import { InvariantBroken } from './errors.js';
import type { Mark } from './marks.js';
import type { Changes } from './store.js';

/** A partition as it was saved, and the epoch under which it is now owned. */
export interface Loaded {
  readonly epoch: number;
  readonly clusterId: string;
  readonly inboxPosition: number;
  readonly journalPosition: number;
  readonly marks: Readonly<Record<string, Mark>>;
  readonly values: readonly (readonly [id: string, json: unknown])[];
}

/** A partition at a point where all is answered, followed and acked. */
export interface Snapshot {
  readonly inboxPosition: number;
  readonly journalPosition: number;
  readonly marks: Readonly<Record<string, Mark>>;
  readonly changes: Changes;
}

interface Row {
  epoch: string;
  cluster_id: string;
  inbox_position: string;
  journal_position: string;
  marks: Record<string, Mark>;
}

const rowsPerStatement = 2000;

/** The tables of a fold in its service's schema. */
export class SavedState {
  constructor(
    private readonly pool: pg.Pool,
    /** Unique for each process, so that an owner knows its row even when the answer to a takeover was lost. */
    private readonly owner: string,
  ) {}

  /**
   * Raises the epoch and loads, in one transaction.
   * @param inDoubt take over only if this process still is the owner; otherwise in any case
   * @returns null when somebody else has taken over meanwhile
   * @throws InvariantBroken when the saved state belongs to another cluster
   */
  takeOver(partition: number, inDoubt: boolean, clusterId: string): Promise<Loaded | null> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await (!inDoubt
        ? client.query<Row>(
            `INSERT INTO partitions AS p VALUES ($1, 1, $2, $3, 0, 0, '{}')
             ON CONFLICT (partition) DO UPDATE SET epoch = p.epoch + 1, owner = $2
             RETURNING epoch, cluster_id, inbox_position, journal_position, marks`,
            [partition, this.owner, clusterId],
          )
        : client.query<Row>(
            `UPDATE partitions SET epoch = epoch + 1 WHERE partition = $1 AND owner = $2
             RETURNING epoch, cluster_id, inbox_position, journal_position, marks`,
            [partition, this.owner],
          ));
      const row = rows[0];
      if (!row) return null;
      checkCluster(row.cluster_id, clusterId);
      const values = await client.query<{ id: string; value: unknown }>(
        'SELECT id, value FROM aggregates WHERE partition = $1 ORDER BY id',
        [partition],
      );
      return {
        epoch: Number(row.epoch),
        clusterId,
        inboxPosition: Number(row.inbox_position),
        journalPosition: Number(row.journal_position),
        marks: row.marks,
        values: values.rows.map(({ id, value }) => [id, value] as const),
      };
    });
  }

  /** Whether the row still bears this owner's epoch. */
  async isMine(partition: number, epoch: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      'SELECT 1 FROM partitions WHERE partition = $1 AND epoch = $2 AND owner = $3',
      [partition, epoch, this.owner],
    );
    return rowCount === 1;
  }

  /**
   * Positions, marks and changed aggregates in one transaction that begins with the fence.
   * @returns false when the partition has another owner: nothing was written
   */
  save(partition: number, epoch: number, snapshot: Snapshot): Promise<boolean> {
    const changes = [...snapshot.changes].sort(([a], [b]) => (a < b ? -1 : 1));
    return inTransaction(this.pool, async (client) => {
      const fence = await client.query(
        `UPDATE partitions SET inbox_position = $3, journal_position = $4, marks = $5
         WHERE partition = $1 AND epoch = $2`,
        [partition, epoch, snapshot.inboxPosition, snapshot.journalPosition, JSON.stringify(snapshot.marks)],
      );
      if (fence.rowCount !== 1) return false;
      await writeChanges(client, partition, changes);
      return true;
    });
  }
}

export function checkCluster(saved: string, actual: string): void {
  if (saved === actual) return;
  throw new InvariantBroken(
    `The saved state belongs to Kafka cluster ${saved}, but KAFKA_BROKERS leads to cluster ${actual}: connect to the right cluster, or empty the service's database schema to begin anew.`,
  );
}

async function writeChanges(
  client: pg.PoolClient,
  partition: number,
  changes: readonly (readonly [string, object | null])[],
): Promise<void> {
  const deleted = changes.filter(([, value]) => value === null).map(([id]) => id);
  const set = changes.filter(([, value]) => value !== null);
  for (let i = 0; i < set.length; i += rowsPerStatement) {
    const rows = set.slice(i, i + rowsPerStatement);
    // One text: pg would escape each element of an array by regular expressions, which costs more than writing it.
    const values = rows.map(([id, value]) => `{"id":${JSON.stringify(id)},"value":${JSON.stringify(value)}}`);
    await client.query(
      `INSERT INTO aggregates SELECT $1, id, value FROM json_to_recordset($2::json) AS row (id text, value json)
       ON CONFLICT (partition, id) DO UPDATE SET value = excluded.value`,
      [partition, `[${values.join(',')}]`],
    );
  }
  if (deleted.length > 0) {
    await client.query('DELETE FROM aggregates WHERE partition = $1 AND id = ANY($2)', [partition, deleted]);
  }
}
