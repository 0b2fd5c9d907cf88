import { decimal, text, type Posting } from '@slipstream/domain';
import type { PoolClient } from 'pg';
import type { Chain } from './chain.js';

export type ChainKey = Pick<Chain, 'account' | 'asset' | 'partition'>;

/** A posting with its place in the journal and the chains after it. */
export interface BookedPosting extends Posting {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly leg: number;
  readonly bookedAt: number;
  readonly from: Chain;
  readonly to: Chain;
}

/** Rows of one statement: a settlement of very many copies is written in several. */
const rowsMax = 5000;

const columns = <T>(rows: readonly T[], of: readonly ((row: T) => unknown)[]): unknown[][] =>
  of.map((column) => rows.map(column));

/** The chains that exist, of those that are asked for. */
export async function loadChains(client: PoolClient, keys: readonly ChainKey[]): Promise<Chain[]> {
  const chains: Chain[] = [];
  for (let i = 0; i < keys.length; i += rowsMax) {
    const { rows } = await client.query<ChainRow>(
      `SELECT b.account, b.asset, b.partition, b.entries, b.balance, b.hash, b.day, b.closed
         FROM unnest($1::text[], $2::text[], $3::int[]) AS k(account, asset, partition)
         JOIN settlement.balances b USING (account, asset, partition)`,
      columns(keys.slice(i, i + rowsMax), [(key) => key.account, (key) => key.asset, (key) => key.partition]),
    );
    chains.push(...rows.map(chainOf));
  }
  return chains;
}

/** A row of balances. */
export interface ChainRow extends ChainKey {
  readonly entries: string;
  readonly balance: string;
  readonly hash: Buffer;
  readonly day: number;
  readonly closed: boolean;
}

const chainOf = ({ account, asset, partition, entries, balance, hash, day, closed }: ChainRow): Chain => ({
  ...{ account, asset, partition, entries: Number(entries), balance: decimal(balance), head: hash, day, closed },
});

const postingColumns: readonly ((posting: BookedPosting) => unknown)[] = [
  ({ topic }) => topic,
  ({ partition }) => partition,
  ({ offset }) => offset,
  ({ leg }) => leg,
  ({ kind }) => kind,
  ({ source }) => source,
  ({ destination }) => destination,
  ({ amount }) => amount,
  ({ asset }) => asset,
  ({ occurredAt }) => occurredAt,
  ({ bookedAt }) => bookedAt,
  ({ from }) => from.entries,
  ({ from }) => text(from.balance),
  ({ from }) => from.head,
  ({ to }) => to.entries,
  ({ to }) => text(to.balance),
  ({ to }) => to.head,
];

/** @throws DatabaseError (unique_violation) when one is there already: its record was booked before */
export async function writePostings(client: PoolClient, postings: readonly BookedPosting[]): Promise<void> {
  for (let i = 0; i < postings.length; i += rowsMax)
    await client.query(
      `INSERT INTO settlement.postings
         SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[],
                              $8::numeric[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::numeric[],
                              $14::bytea[], $15::bigint[], $16::numeric[], $17::bytea[])`,
      columns(postings.slice(i, i + rowsMax), postingColumns),
    );
}

const chainColumns: readonly ((chain: Chain) => unknown)[] = [
  ({ account }) => account,
  ({ asset }) => asset,
  ({ partition }) => partition,
  ({ balance }) => text(balance),
  ({ entries }) => entries,
  ({ head }) => head,
  ({ day }) => day,
  ({ closed }) => closed,
];

/** Writes chains as they are now. */
export async function writeChains(client: PoolClient, chains: readonly Chain[]): Promise<void> {
  for (let i = 0; i < chains.length; i += rowsMax)
    await client.query(
      `INSERT INTO settlement.balances AS b (account, asset, partition, balance, entries, hash, day, closed)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::numeric[], $5::bigint[], $6::bytea[], $7::int[],
                              $8::boolean[])
         ON CONFLICT (account, asset, partition) DO UPDATE
           SET balance = excluded.balance, entries = excluded.entries, hash = excluded.hash, day = excluded.day,
               closed = excluded.closed`,
      columns(chains.slice(i, i + rowsMax), chainColumns),
    );
}
