import type { Pool, PoolClient } from 'pg';

/** Advisory lock that a swap of the tables takes alone: a snapshot must not begin in the old and end in the new ones. */
export const readModelLock = 'slipstream/read_model';

/** Reads several statements at one moment of the read model. */
export async function inSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // A connection that breaks is told by the next query; without a listener it would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    // Before the transaction: its first statement fixes the moment, which must not lie before a swap that is waited for.
    await client.query('SELECT pg_advisory_lock_shared(hashtext($1))', [readModelLock]);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    // Ends the transaction whatever happened; after a COMMIT it does nothing.
    await client.query('ROLLBACK').catch((error: Error) => (broken = error));
    await client
      .query('SELECT pg_advisory_unlock_shared(hashtext($1))', [readModelLock])
      .catch((error: Error) => (broken = error));
    client.off('error', onError);
    client.release(broken);
  }
}
