import { dayNumber, decimal, text, type PartitionClosing } from '@slipstream/domain';
import type { Pool } from 'pg';
import { headLeaf, type DayHead } from './close-day.js';
import { closingLeaves, closingsOf, dayText, type ClosingRow } from './day-roots.js';
import { inclusionProof, type ProofStep } from './merkle.js';
import type { PublicKey } from './signing-key.js';

/** The root of a day; hashes are lowercase hex. */
export interface DayRoot {
  /** Such as 2024-03-01. */
  readonly day: string;
  /** Root of the tree over the closings of all partitions. */
  readonly tree: string;
  /** Root of the last day before it that has one; zeros: there is none. */
  readonly previous: string;
  /** SHA-256(previous ‖ `rootLine`). */
  readonly root: string;
  readonly keyId: string;
  /** Compact JWS over day, tree, previous and root. */
  readonly jws: string;
}

/** A step of a proof on the wire. */
export interface WireStep {
  readonly side: ProofStep['side'];
  readonly hash: string;
}

/** Where a chain stood at the end of a day, and what proves it. */
export interface HeadProof {
  readonly account: string;
  readonly asset: string;
  readonly entries: number;
  readonly balance: string;
  readonly hash: string;
  /** From the leaf of the head (`headLine`) up to `closing.root`. */
  readonly path: readonly WireStep[];
  readonly closing: PartitionClosing;
  /** From the leaf of the closing (`closingLine`) up to the day's `tree`. */
  readonly closingPath: readonly WireStep[];
}

interface RootRow {
  readonly day: number;
  readonly tree: Buffer;
  readonly previous: Buffer;
  readonly root: Buffer;
  readonly key_id: string;
  readonly jws: string;
}

const numberOfDay = (day: string): number => dayNumber(Date.parse(day));

const rootOf = ({ day, tree, previous, root, key_id: keyId, jws }: RootRow): DayRoot => ({
  ...{ day: dayText(day), tree: tree.toString('hex'), previous: previous.toString('hex'), root: root.toString('hex') },
  ...{ keyId, jws },
});

/** Roots of days, the latest first. @param before a day such as 2024-03-01; null: from the latest on */
export async function readRoots(pool: Pool, before: string | null, limit: number): Promise<DayRoot[]> {
  const { rows } = await pool.query<RootRow>(
    `SELECT r.*, s.key_id, s.jws FROM settlement.roots r JOIN settlement.signatures s USING (day)
      WHERE $1::int IS NULL OR day < $1 ORDER BY day DESC LIMIT $2`,
    [before === null ? null : numberOfDay(before), limit],
  );
  return rows.map(rootOf);
}

/** The root of a day and the closings it is over; undefined: there is none (yet). */
export async function readRoot(
  pool: Pool,
  day: string,
): Promise<(DayRoot & { readonly closings: readonly PartitionClosing[] }) | undefined> {
  const { rows } = await pool.query<RootRow>(
    'SELECT r.*, s.key_id, s.jws FROM settlement.roots r JOIN settlement.signatures s USING (day) WHERE day = $1',
    [numberOfDay(day)],
  );
  const [row] = rows;
  return row && { ...rootOf(row), closings: await readClosings(pool, day) };
}

async function readClosings(pool: Pool, day: string): Promise<PartitionClosing[]> {
  const { rows } = await pool.query<ClosingRow>('SELECT * FROM settlement.closings WHERE day = $1', [numberOfDay(day)]);
  return closingsOf(rows);
}

const wire = (steps: readonly ProofStep[]): WireStep[] =>
  steps.map((step) => ({ side: step.side, hash: step.hash.toString('hex') }));

/** Proofs of the account's heads of a day with a root, by partition and asset; []: it had no postings in that day. */
export async function readProofs(pool: Pool, day: string, account: string): Promise<HeadProof[]> {
  const { rows: own } = await pool.query<{ partition: number }>(
    'SELECT DISTINCT partition FROM settlement.day_heads WHERE account = $1 AND day = $2 ORDER BY 1',
    [account, numberOfDay(day)],
  );
  const closings = await readClosings(pool, day);
  const closed = closingLeaves(closings);
  const proofs: HeadProof[] = [];
  // One partition's leaves at a time: an account that all partitions share would else hold those of the whole day.
  for (const { partition } of own) {
    const { rows } = await pool.query<DayHead>(
      'SELECT * FROM settlement.day_heads WHERE partition = $1 AND day = $2 ORDER BY account, asset',
      [partition, numberOfDay(day)],
    );
    const leaves = rows.map(headLeaf);
    const closing = closings[partition] as PartitionClosing;
    const closingPath = wire(inclusionProof(closed, partition));
    rows.forEach((row, index) => {
      if (row.account !== account) return;
      const { asset, entries, balance, hash } = row;
      proofs.push({
        ...{ account, asset, entries: Number(entries), balance: text(decimal(balance)), hash: hash.toString('hex') },
        ...{ path: wire(inclusionProof(leaves, index)), closing, closingPath },
      });
    });
  }
  return proofs;
}

/** The last day with a root, up to a day, in which the account had postings; undefined: there is none. */
export async function lastDayOf(pool: Pool, account: string, upTo: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ day: number | null }>(
    'SELECT max(day) AS day FROM settlement.day_heads JOIN settlement.roots USING (day) WHERE account = $1 AND day <= $2',
    [account, numberOfDay(upTo)],
  );
  const day = rows[0]?.day ?? null;
  return day === null ? undefined : dayText(day);
}

/** A public key in a JSON Web Key Set (RFC 7517). */
export interface PublishedKey extends PublicKey {
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** All keys that roots were signed with, or will be, the first first. */
export async function readKeys(pool: Pool): Promise<PublishedKey[]> {
  const { rows } = await pool.query<{ key_id: string; public_key: PublicKey }>(
    'SELECT key_id, public_key FROM settlement.signing_keys ORDER BY added',
  );
  return rows.map(({ key_id: kid, public_key: key }) => ({ ...key, kid, alg: 'EdDSA', use: 'sig' }));
}
