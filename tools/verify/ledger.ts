// Works the ledger out anew from accounts.events alone, by the naive twin, and compares every row, hash, root and signature.
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { streams } from '@slipstream/contracts';
import { openCodec, openKafkaJsLog, topicName } from '@slipstream/streams';
import pg from 'pg';
import { StartError } from '../embedded/common.ts';
import type { Installation } from '../installation.ts';
import { readRecords } from '../journal.ts';
import type { Verdict } from './decisions.ts';
import {
  dayText,
  naivePartition,
  naiveRoots,
  type NaiveChain,
  type NaivePartition,
  type Told,
} from './naive-ledger.ts';
import { said, sum } from './naive-numbers.ts';

const stream = streams.accountsEvents;

/**
 * As of one moment, also while the service books on.
 * @throws StartError when there is no ledger, or it is an older version's
 */
export async function verifyLedger({ brokers, databaseUrl, prefix }: Installation): Promise<Verdict> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  const log = openKafkaJsLog({ brokers: brokers.split(','), clientId: 'verify', logger: console });
  const crashed: { error?: Error } = {};
  const reader = await log.openReader([topicName(stream, prefix)], (error) => (crashed.error = error));
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const codec = await openCodec(process.env['SCHEMA_REGISTRY_URL']);
    const journal = { reader, codec, prefix };
    const verdict = await compareLedger(client, (partition, to) => readRecords(journal, stream, partition, 0, to));
    if (crashed.error) throw crashed.error;
    return verdict;
  } finally {
    await reader.close();
    await Promise.allSettled([log.close(), client.end()]);
  }
}

/**
 * Compares the rows that a client sees with the journal.
 * @param client in a transaction with one snapshot
 * @param read the records of a partition of accounts.events below an offset
 */
export async function compareLedger(
  client: pg.ClientBase,
  read: (partition: number, to: number) => Promise<readonly Told[]>,
): Promise<Verdict> {
  const verdict: Verdict = { lines: [], differences: [] };
  const clocks = await readClocks(client);
  const partitions: NaivePartition[] = [];
  let count = 0;
  for (let partition = 0; partition < stream.partitions; partition++) {
    const bookedTo = clocks.get(partition)?.bookedTo ?? -1;
    const records = await read(partition, bookedTo + 1);
    count += records.length;
    const naive = naivePartition(partition, records);
    verdict.differences.push(...(await comparePartition(client, partition, naive, clocks.get(partition))));
    // The postings are compared; only what the roots need is kept.
    partitions.push({ ...naive, postings: [] });
    verdict.lines.push(
      `${stream.topic}/${partition}: ${naive.postings.length} postings from ${records.length} records up to offset ${bookedTo}, ` +
        `${naive.chains.size} chains, ${naive.closings.length} days closed`,
    );
  }
  const roots = await compareRoots(client, partitions);
  verdict.differences.push(...roots.differences, ...unevenAssets(partitions), ...(await strayPostings(client)));
  const last = roots.last === null ? 'no day is closed by all partitions' : `last root ${roots.last}`;
  verdict.lines.push(`${count} records, ${roots.count} days with a root; ${last}`);
  verdict.lines.push(verdict.differences.length === 0 ? 'the ledger is what the journal says' : 'the ledger differs');
  return verdict;
}

/** Postings of no partition of the journal. */
async function strayPostings(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<Record<'topic' | 'partition' | 'offset' | 'leg', string>>(
    'SELECT * FROM settlement.postings WHERE topic <> $1 OR partition < 0 OR partition >= $2 LIMIT 100',
    [stream.topic, stream.partitions],
  );
  return rows.map(
    ({ topic, partition, offset, leg }) => `${topic}/${partition}/${offset} leg ${leg}: there is no such journal`,
  );
}

/** Each asset's balances sum to zero by the twin as well. */
function unevenAssets(partitions: readonly NaivePartition[]): string[] {
  const chains = partitions.flatMap((partition) => [...partition.chains.values()]);
  return [...new Set(chains.map(({ asset }) => asset))].flatMap((asset) => {
    const total = sum(chains.filter((chain) => chain.asset === asset).map(({ balance }) => balance));
    return total.eq(0) ? [] : [`${asset}: balances sum to ${said(total)} by the journal`];
  });
}

interface Clock {
  readonly bookedTo: number;
  readonly ticked_at: string | null;
  readonly booked_at: string | null;
}

async function readClocks(client: pg.ClientBase): Promise<Map<number, Clock>> {
  const found = await client.query<{ there: boolean }>(
    `SELECT to_regclass('settlement.turnovers') IS NOT NULL AS there`,
  );
  if (found.rows[0]?.there !== true)
    throw new StartError(
      'There is no ledger in this database, or an older version’s: let the settlement service run once.',
    );
  const { rows } = await client.query<{ partition: number; booked_to: string } & Omit<Clock, 'bookedTo'>>(
    'SELECT partition, booked_to, ticked_at, booked_at FROM settlement.clocks',
  );
  return new Map(rows.map(({ partition, booked_to, ...at }) => [partition, { ...at, bookedTo: Number(booked_to) }]));
}

/** A row by its columns, as text. */
type Row = Readonly<Record<string, string>>;

/**
 * What is in one list and not in the other, and which columns of rows under the same key differ; each difference names the row.
 * @param keyOf what identifies a row
 */
function unequalRows(shown: readonly Row[], again: readonly Row[], keyOf: (row: Row) => string): string[] {
  const rest = new Map(shown.map((row) => [keyOf(row), row]));
  const differences = again.flatMap((wanted): string[] => {
    const key = keyOf(wanted);
    const row = rest.get(key);
    rest.delete(key);
    if (row === undefined) return [`${key}: missing, the journal has ${columnsOf(wanted)}`];
    return Object.keys(wanted)
      .filter((column) => row[column] !== wanted[column])
      .map((column) => `${key}: ${column} is ${row[column] ?? 'absent'}, ${wanted[column] ?? ''} by the journal`);
  });
  return [...differences, ...[...rest].map(([key, row]) => `${key}: the journal doesn't have it: ${columnsOf(row)}`)];
}

const columnsOf = (row: Row): string =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${value}`)
    .join(', ');

const postingColumns = `kind, source, destination, trim_scale(amount) AS amount, asset, occurred_at, booked_at,
  source_entry, trim_scale(source_balance) AS source_balance, encode(source_hash, 'hex') AS source_hash,
  destination_entry, trim_scale(destination_balance) AS destination_balance,
  encode(destination_hash, 'hex') AS destination_hash`;

/** Every column as text, whatever its type. */
async function readRows(client: pg.ClientBase, sql: string, partition: number): Promise<Row[]> {
  const { rows } = await client.query<Record<string, unknown>>(sql, [partition]);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)])));
}

async function comparePartition(
  client: pg.ClientBase,
  partition: number,
  naive: NaivePartition,
  clock: Clock | undefined,
): Promise<string[]> {
  const where = `${stream.topic}/${partition}`;
  const postings = await readRows(
    client,
    `SELECT "offset", leg, ${postingColumns} FROM settlement.postings WHERE partition = $1 ORDER BY "offset", leg`,
    partition,
  );
  const balances = await readRows(
    client,
    `SELECT account, asset, entries, trim_scale(balance) AS balance, encode(hash, 'hex') AS hash, day, closed
       FROM settlement.balances WHERE partition = $1`,
    partition,
  );
  const closings = await readRows(
    client,
    `SELECT day, "offset", heads, encode(root, 'hex') AS root FROM settlement.closings WHERE partition = $1`,
    partition,
  );
  const heads = await readRows(
    client,
    `SELECT day, account, asset, entries, trim_scale(balance) AS balance, encode(hash, 'hex') AS hash
       FROM settlement.day_heads WHERE partition = $1`,
    partition,
  );
  const turnovers = await readRows(
    client,
    `SELECT day, kind, asset, trim_scale(came_in) AS came_in, trim_scale(went_out) AS went_out
       FROM settlement.turnovers WHERE partition = $1`,
    partition,
  );
  const times = { ticked_at: String(naive.tickedAt), booked_at: String(naive.bookedAt) };
  const shownTimes = { ticked_at: String(clock?.ticked_at ?? null), booked_at: String(clock?.booked_at ?? null) };
  return [
    ...unequalRows(postings, naive.postings, (row) => `${where}/${row['offset']} leg ${row['leg']}`),
    ...unequalRows(
      balances,
      [...naive.chains.values()].map(balanceRow),
      (row) => `${where} ${row['account']} ${row['asset']}`,
    ),
    ...unequalRows(
      closings,
      naive.closings.map(({ day, offset, heads: leaves, root }) => ({
        ...{ day: String(day), offset: String(offset), heads: String(leaves.length), root },
      })),
      (row) => `${where} day ${dayText(Number(row['day']))}`,
    ),
    ...unequalRows(
      heads,
      naive.closings.flatMap(({ day, heads: leaves }) =>
        leaves.map((head) => ({ day: String(day), ...headRow(head) })),
      ),
      (row) => `${where} day ${dayText(Number(row['day']))} ${row['account']} ${row['asset']}`,
    ),
    ...unequalRows(
      turnovers,
      naive.turnovers,
      (row) => `${where} turnover of ${row['kind']} ${row['asset']} on ${dayText(Number(row['day']))}`,
    ),
    ...unequalRows([shownTimes], [times], () => `${where} clock`),
  ];
}

const headRow = ({ account, asset, entries, balance, hash }: NaiveChain): Row => ({
  ...{ account, asset, entries: String(entries), balance: said(balance), hash },
});
const balanceRow = (chain: NaiveChain): Row => ({
  ...headRow(chain),
  ...{ day: String(chain.day), closed: String(chain.closed) },
});

async function compareRoots(
  client: pg.ClientBase,
  partitions: readonly NaivePartition[],
): Promise<{ differences: string[]; count: number; last: string | null }> {
  const again = naiveRoots(stream.topic, partitions);
  const { rows } = await client.query<Record<'tree' | 'previous' | 'root' | 'jws' | 'x', string> & { day: number }>(
    `SELECT r.day, encode(r.tree, 'hex') AS tree, encode(r.previous, 'hex') AS previous, encode(r.root, 'hex') AS root,
            coalesce(s.jws, '') AS jws, coalesce(k.public_key->>'x', '') AS x
       FROM settlement.roots r LEFT JOIN settlement.signatures s USING (day) LEFT JOIN settlement.signing_keys k USING (key_id)
      ORDER BY r.day`,
  );
  const keyOf = ({ day }: Row): string => `root of ${dayText(Number(day))}`;
  const shown = rows.map(({ day, tree, previous, root }) => ({ day: String(day), tree, previous, root }));
  const differences = unequalRows(
    shown,
    again.map((root) => ({ ...root, day: String(root.day) })),
    keyOf,
  );
  for (const { day, tree, previous, root, jws, x } of rows) {
    const wrong = wrongSignature(jws, x, { day: dayText(day), tree, previous, root });
    if (wrong !== null) differences.push(`root of ${dayText(day)}: ${wrong}`);
  }
  const last = again.at(-1);
  return { differences, count: again.length, last: last ? `${last.root} of ${dayText(last.day)}` : null };
}

/** @returns what is wrong with a signature; null: it is good, and says the root that is shown */
function wrongSignature(jws: string, x: string, wanted: Row): string | null {
  if (jws === '') return 'it isn’t signed';
  const [header = '', payload = '', signature = ''] = jws.split('.');
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x } satisfies JsonWebKey, format: 'jwk' });
    const isGood = verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    if (!isGood) return 'its signature isn’t that of its key';
  } catch {
    return 'its key or signature can’t be read';
  }
  const signed = Buffer.from(payload, 'base64url').toString();
  return signed === JSON.stringify(wanted) ? null : `what is signed is another root: ${signed}`;
}
