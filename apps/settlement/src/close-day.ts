import { decimal, headLine, openingDay, text } from '@slipstream/domain';
import type { ClientBase } from 'pg';
import { leafHash, merkleRoot } from './merkle.js';

/** The head of a chain as a day left it. */
export interface DayHead {
  readonly account: string;
  readonly asset: string;
  readonly entries: string;
  readonly balance: string;
  readonly hash: Buffer;
}

/** Its leaf in the tree of its partition. */
export const headLeaf = ({ account, asset, entries, balance, hash }: DayHead): Buffer =>
  leafHash(
    headLine({
      ...{ account, asset, entries: Number(entries) },
      ...{ balance: text(decimal(balance)), hash: hash.toString('hex') },
    }),
  );

/**
 * Closes a day of a partition: keeps the heads of the chains that went on in it and the root of the Merkle tree over them. All
 * postings of the day, and none of a later one, are written before. Needs an open transaction.
 * @param offset of the tick that closes it
 */
export async function closeDay(client: ClientBase, partition: number, day: number, offset: number): Promise<void> {
  // What came before the first tick of all belongs to the first day that closes.
  const { rows } = await client.query<DayHead>(
    `WITH heads AS (
       INSERT INTO settlement.day_heads
         SELECT partition, $2::int, account, asset, entries, balance, hash FROM settlement.balances
          WHERE partition = $1 AND day <= $2
            AND day > coalesce((SELECT max(day) FROM settlement.closings WHERE partition = $1), $3)
         RETURNING account, asset, entries, balance, hash)
     SELECT * FROM heads ORDER BY account, asset`,
    [partition, day, openingDay - 1],
  );
  await client.query('INSERT INTO settlement.closings VALUES ($1, $2, $3, $4, $5)', [
    ...[partition, day, offset, rows.length],
    merkleRoot(rows.map(headLeaf)),
  ]);
}
