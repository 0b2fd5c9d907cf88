import { decimal, text, zero, type Decimal } from '@slipstream/domain';
import type { ClientBase } from 'pg';

/** A place in a statement: lines are sorted by these, in this order. */
export interface Mark {
  readonly bookedAt: number;
  readonly partition: number;
  readonly offset: number;
  readonly leg: number;
}

/** Everything booked before a moment lies before it. */
export const markBefore = (moment: number): Mark => ({ bookedAt: moment, partition: -1, offset: -1, leg: -1 });

/** What a statement is of. */
export interface StatementOf {
  readonly account: string;
  readonly asset: string;
  /** bookedAt of its first moment, ms. */
  readonly from: number;
  /** First moment after it, ms. */
  readonly to: number;
}

/** The state of one of the account's chains. */
export interface ChainAt {
  readonly partition: number;
  readonly entries: number;
  readonly balance: string;
  /** Hex. */
  readonly hash: string;
}

/** One posting, as this account sees it. */
export interface StatementLine {
  /** bookedAt, ms. */
  readonly time: number;
  readonly kind: string;
  readonly counterAccount: string;
  /** Above zero: it came in. */
  readonly amount: string;
  /** Of the account, after the line. */
  readonly balance: string;
  readonly event: { readonly topic: string; readonly partition: number; readonly offset: number; readonly leg: number };
  /** The entry in the chain of the event's partition, see `entryLine`. */
  readonly chain: { readonly entry: number; readonly balance: string; readonly hash: string };
}

/** A part of a statement. */
export interface StatementPage {
  /** Balance before the first line of this page, and the chains at it. */
  readonly opening: string;
  readonly chains: readonly ChainAt[];
  readonly lines: readonly StatementLine[];
  /** Balance after the last line of this page. */
  readonly closing: string;
  /** Where the next page goes on; null: there is none. */
  readonly next: Mark | null;
}

/**
 * The lines after a mark, at most `limit`. Reads a few index ranges per chain, however long the account's history is.
 * @returns undefined when the account has no postings in the asset
 */
export async function readStatement(
  client: ClientBase,
  of: StatementOf,
  after: Mark,
  limit: number,
): Promise<StatementPage | undefined> {
  const partitions = await partitionsOf(client, of);
  if (partitions.length === 0) return undefined;
  const chains = await chainsAt(client, of, partitions, after);
  const balances = new Map(chains.map(({ partition, balance }) => [partition, decimal(balance)]));
  let balance = [...balances.values()].reduce((sum, one) => sum.plus(one), zero);
  const opening = text(balance);
  const found = await rowsAfter(client, of, partitions, after, limit + 1);
  const lines = found.slice(0, limit).map((row): StatementLine => {
    const chainBalance = decimal(row.balance);
    balance = balance.minus(balances.get(row.partition) ?? zero).plus(chainBalance);
    balances.set(row.partition, chainBalance);
    return lineOf(row, chainBalance, balance);
  });
  const last = found.length > limit ? lines.at(-1) : undefined;
  const next = last ? { bookedAt: last.time, ...placeOf(last.event) } : null;
  return { opening, chains, lines, closing: text(balance), next };
}

/** Balance of the account at a mark. */
export async function balanceAt(client: ClientBase, of: StatementOf, mark: Mark): Promise<string> {
  const chains = await chainsAt(client, of, await partitionsOf(client, of), mark);
  return text(chains.reduce((sum, { balance }) => sum.plus(decimal(balance)), zero));
}

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly leg: number;
  readonly kind: string;
  readonly booked_at: string;
  readonly counter: string;
  readonly amount: string;
  readonly entry: string;
  readonly balance: string;
  readonly hash: Buffer;
}

const placeOf = ({ partition, offset, leg }: StatementLine['event']) => ({ partition, offset, leg });

const lineOf = (row: Row, chainBalance: Decimal, balance: Decimal): StatementLine => ({
  time: Number(row.booked_at),
  kind: row.kind,
  counterAccount: row.counter,
  amount: text(decimal(row.amount)),
  balance: text(balance),
  event: { topic: row.topic, partition: row.partition, offset: Number(row.offset), leg: row.leg },
  chain: { entry: Number(row.entry), balance: text(chainBalance), hash: row.hash.toString('hex') },
});

async function partitionsOf(client: ClientBase, { account, asset }: StatementOf): Promise<number[]> {
  const { rows } = await client.query<{ partition: number }>(
    'SELECT partition FROM settlement.balances WHERE account = $1 AND asset = $2 ORDER BY partition',
    [account, asset],
  );
  return rows.map(({ partition }) => partition);
}

/** The two sides on which an account can be in a posting; each has an index. */
const sides = [
  `SELECT topic, partition, "offset", leg, kind, booked_at, destination AS counter, -amount AS amount,
          source_entry AS entry, source_balance AS balance, source_hash AS hash
     FROM settlement.postings WHERE source = $1`,
  `SELECT topic, partition, "offset", leg, kind, booked_at, source AS counter, amount,
          destination_entry, destination_balance, destination_hash
     FROM settlement.postings WHERE destination = $1`,
] as const;

/** Whether a posting of a partition lies after the mark ($3 bookedAt, $4 partition, $5 offset, $6 leg), as index bounds. */
function afterMark(partition: number, mark: Mark): string {
  if (partition === mark.partition) return '(booked_at, "offset", leg) > ($3, $5, $6)';
  return partition > mark.partition ? 'booked_at >= $3' : 'booked_at > $3';
}

function upToMark(partition: number, mark: Mark): string {
  if (partition === mark.partition) return '(booked_at, "offset", leg) <= ($3, $5, $6)';
  return partition > mark.partition ? 'booked_at < $3' : 'booked_at <= $3';
}

/** Rows of each side of each chain; the parameters have their types from here, whichever of them the conditions need. */
function branches(partitions: readonly number[], condition: (partition: number) => string, tail: string): string {
  const parts = partitions.flatMap((partition) =>
    sides.map(
      (side) => `(${side} AND asset = $2 AND partition = ${Number(partition)} AND ${condition(partition)} ${tail})`,
    ),
  );
  return parts.join(' UNION ALL ');
}

const typed =
  'WITH given AS (SELECT $1::text, $2::text, $3::bigint, $4::int, $5::bigint, $6::int, $7::bigint, $8::int)';

const parametersOf = (
  { account, asset, to }: StatementOf,
  { bookedAt, partition, offset, leg }: Mark,
  limit: number,
) => [...[account, asset, bookedAt, partition, offset, leg, to, limit]];

async function rowsAfter(
  client: ClientBase,
  of: StatementOf,
  partitions: readonly number[],
  mark: Mark,
  limit: number,
): Promise<Row[]> {
  const condition = (partition: number): string => `${afterMark(partition, mark)} AND booked_at < $7`;
  const { rows } = await client.query<Row>(
    `${typed} ${branches(partitions, condition, 'ORDER BY booked_at, "offset", leg LIMIT $8')}
       ORDER BY booked_at, partition, "offset", leg LIMIT $8`,
    parametersOf(of, mark, limit),
  );
  return rows;
}

/** The last entry of each chain up to a mark. */
async function chainsAt(
  client: ClientBase,
  of: StatementOf,
  partitions: readonly number[],
  mark: Mark,
): Promise<ChainAt[]> {
  if (partitions.length === 0) return [];
  const tail = 'ORDER BY booked_at DESC, "offset" DESC, leg DESC LIMIT 1';
  const { rows } = await client.query<Row>(
    `${typed} SELECT DISTINCT ON (partition) * FROM (${branches(partitions, (one) => upToMark(one, mark), tail)}) last
       ORDER BY partition, entry DESC`,
    parametersOf(of, mark, 1),
  );
  return rows.map(({ partition, entry, balance, hash }) => ({
    ...{ partition, entries: Number(entry), balance: text(decimal(balance)), hash: hash.toString('hex') },
  }));
}
