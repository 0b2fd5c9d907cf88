import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';

/** An answer, or the parts of a CSV file. */
export type Answer<T> = { readonly json: T } | { readonly name: string; readonly csv: AsyncGenerator<string> };

/**
 * Answers from one snapshot of the ledger, as of one moment, however long a reader takes over a file.
 * @param read its file, if it makes one, is read from the client after it has returned
 */
export async function fromSnapshot<T>(
  pool: Pool,
  read: (client: PoolClient) => Promise<Answer<T>>,
): Promise<T | StreamableFile> {
  const client = await pool.connect();
  let streams = false;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // A reader that stalls doesn't keep it for ever.
    await client.query("SET LOCAL idle_in_transaction_session_timeout = '60s'");
    const answer = await read(client);
    if ('json' in answer) return answer.json;
    streams = true;
    const disposition = `attachment; filename="${answer.name.replaceAll(/[^\w.~-]/g, '_')}.csv"`;
    const type = 'text/csv; charset=utf-8; header=present';
    return new StreamableFile(streamed(client, answer.csv), { type, disposition });
  } finally {
    if (!streams) await end(client);
  }
}

/** Gives the connection back when all is read, or the reader has gone, even before the first line. */
function streamed(client: PoolClient, parts: AsyncGenerator<string>): Readable {
  let broken: Error | undefined;
  // The server ends a snapshot that nobody reads on with; without a listener that would end the process.
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  const stream = Readable.from(parts);
  stream.once('close', () => {
    client.off('error', onError);
    void end(client, broken);
  });
  return stream;
}

/** Never rejects: a connection that fails is dropped. */
async function end(client: PoolClient, broken?: Error): Promise<void> {
  try {
    if (!broken) await client.query('COMMIT');
    client.release(broken);
  } catch (error) {
    client.release(error as Error);
  }
}
