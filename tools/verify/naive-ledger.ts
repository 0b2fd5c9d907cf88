// The ledger by a plain recomputation from the journal, as apps/settlement/README.md says it: nothing here is shared with the
// service but the contracts.
import { createHash } from 'node:crypto';
import type { AnyRecord } from '@slipstream/contracts';
import { dayMs, num, said, zero, type Num } from './naive-numbers.ts';

/** A record of accounts.events. */
export interface Told {
  readonly offset: number;
  readonly event: AnyRecord;
}

/** Why, from where, to where, how much (below zero: the other way), of what, when. */
type Move = readonly [kind: string, from: string, to: string, amount: string, asset: string, at: number];

const usdt = 'USDT';

function movesOf(event: AnyRecord): Move[] {
  switch (event.type) {
    case 'FundsDeposited':
      return [['deposit', 'external', `wallet/${event.accountId}`, event.amount, event.asset, event.occurredAt]];
    case 'FundsWithdrawn':
      return [['withdrawal', `wallet/${event.accountId}`, 'external', event.amount, event.asset, event.occurredAt]];
    case 'CopyRequested':
      return [intoCopy('allocation', event, event.copyTotalAmt)];
    case 'CopyFundsAdded':
      return [intoCopy('funds_added', event, event.amount)];
    case 'CopyRefused':
      return [outOfCopy('refusal', event, event.copyTotalAmt)];
    case 'CopyFundsTakenOut':
      return [outOfCopy('funds_taken_out', event, event.amount)];
    case 'CopyStopped':
      return [outOfCopy('return', event, event.returned)];
    case 'InsuranceDrawn':
      return [['insurance', 'insurance', `copy/${event.copyId}`, event.amount, usdt, event.occurredAt]];
    case 'CopyOrdersEnded':
      return event.ends.flatMap(({ copyId, fee, feeAsset, realisedPnl, commission, occurredAt }): Move[] => [
        ['fee', `copy/${copyId}`, 'fees', fee, feeAsset, occurredAt],
        ['realised_pnl', 'venue-clearing', `copy/${copyId}`, realisedPnl, usdt, occurredAt],
        ['commission', `copy/${copyId}`, 'platform-revenue', commission, usdt, occurredAt],
      ]);
    case 'ProfitShareCharged':
      return event.charges.flatMap((charge) => earned('profit_share', `copy/${charge.copyId}`, charge));
    case 'SubscriptionsCharged':
      return event.charges
        .filter(({ paid }) => paid)
        .flatMap((charge) => earned('subscription', `wallet/${charge.accountId}`, charge));
    default:
      return [];
  }
}

interface OfCopy {
  readonly accountId: string;
  readonly copyId: string;
  readonly occurredAt: number;
}

const intoCopy = (kind: string, { accountId, copyId, occurredAt }: OfCopy, amount: string): Move => [
  ...([kind, `wallet/${accountId}`, `copy/${copyId}`, amount, usdt, occurredAt] as const),
];
const outOfCopy = (kind: string, { accountId, copyId, occurredAt }: OfCopy, amount: string): Move => [
  ...([kind, `copy/${copyId}`, `wallet/${accountId}`, amount, usdt, occurredAt] as const),
];

interface Earned {
  readonly providerId: string;
  readonly providerNet: string;
  readonly platformFee: string;
  readonly occurredAt: number;
}

const earned = (kind: string, payer: string, of: Earned): Move[] => [
  [kind, payer, `earnings/${of.providerId}`, of.providerNet, usdt, of.occurredAt],
  ['platform_fee', payer, 'platform-revenue', of.platformFee, usdt, of.occurredAt],
];

/** A chain of an account and asset in one partition. */
export interface NaiveChain {
  readonly account: string;
  readonly asset: string;
  readonly entries: number;
  readonly balance: Num;
  /** Hex. */
  readonly hash: string;
  readonly day: number;
  readonly closed: boolean;
}

/** A row of postings by its columns, as text. */
export type NaivePosting = Readonly<Record<string, string>>;

/** A day that a partition has closed. */
export interface NaiveClosing {
  readonly day: number;
  readonly offset: number;
  /** In the order of their leaves. */
  readonly heads: readonly NaiveChain[];
  /** Hex. */
  readonly root: string;
}

/** What the ledger has of one journal partition. */
export interface NaivePartition {
  readonly postings: readonly NaivePosting[];
  readonly chains: ReadonlyMap<string, NaiveChain>;
  readonly closings: readonly NaiveClosing[];
  /** Rows of turnovers by their columns, as text. */
  readonly turnovers: readonly Readonly<Record<string, string>>[];
  readonly tickedAt: number | null;
  readonly bookedAt: number | null;
}

const sha256 = (...parts: readonly (string | Buffer)[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))))
    .digest();

const zeros = '00'.repeat(32);
const dayOf = (at: number): number => Math.floor(at / dayMs);
const before = -1;

/** Books the records of one partition, one after the other, each balance and hash by itself. */
export function naivePartition(partition: number, records: readonly Told[]): NaivePartition {
  const postings: NaivePosting[] = [];
  const chains = new Map<string, NaiveChain>();
  const closings: NaiveClosing[] = [];
  let tickedAt: number | null = null;
  let bookedAt: number | null = null;

  /** The account's side of a posting. */
  const enter = (account: string, asset: string, amount: Num, rest: readonly [...(string | number)[]]): NaiveChain => {
    const key = `${account} ${asset}`;
    const last = chains.get(key);
    const entries = (last?.entries ?? 0) + 1;
    const balance = (last?.balance ?? zero).plus(amount);
    const line = JSON.stringify([account, asset, partition, entries, ...rest, said(amount), said(balance)]);
    const hash = sha256(Buffer.from(last?.hash ?? zeros, 'hex'), line).toString('hex');
    const day = tickedAt === null ? before : dayOf(tickedAt);
    const next = { account, asset, entries, balance, hash, day, closed: last?.closed ?? false };
    chains.set(key, next);
    return next;
  };

  for (const { offset, event } of records) {
    if (event.type === 'MarketTicked') {
      if (tickedAt !== null && dayOf(event.at) > dayOf(tickedAt)) {
        const last = closings.at(-1)?.day ?? Number.NEGATIVE_INFINITY;
        const moved = [...chains.values()].filter(({ day }) => day > last).sort(byBytes);
        closings.push({ day: dayOf(tickedAt), offset, heads: moved, root: treeOf(moved.map(headLine)) });
      }
      tickedAt = Math.max(event.at, tickedAt ?? event.at);
      continue;
    }
    let leg = 0;
    for (const [kind, from, to, given, asset, occurredAt] of movesOf(event)) {
      const amount = num(given).round(8, 2);
      if (amount.eq(0)) continue;
      const [source, destination] = amount.gt(0) ? [from, to] : [to, from];
      bookedAt = Math.max(occurredAt, bookedAt ?? occurredAt, tickedAt ?? occurredAt);
      if (tickedAt !== null) bookedAt = Math.min(bookedAt, (dayOf(tickedAt) + 1) * dayMs - 1);
      const place = [offset, leg, bookedAt, kind];
      const out = enter(source, asset, amount.abs().neg(), [...place, destination]);
      const in_ = enter(destination, asset, amount.abs(), [...place, source]);
      const what = { kind, source, destination, amount: said(amount.abs()), asset };
      const when = { occurred_at: String(occurredAt), booked_at: String(bookedAt) };
      postings.push({
        ...{ offset: String(offset), leg: String(leg), ...what, ...when },
        ...{ source_entry: String(out.entries), source_balance: said(out.balance), source_hash: out.hash },
        ...{ destination_entry: String(in_.entries), destination_balance: said(in_.balance) },
        destination_hash: in_.hash,
      });
      leg += 1;
    }
    if (event.type === 'CopyStopped' || event.type === 'CopyRefused') {
      const key = `copy/${event.copyId} ${usdt}`;
      const chain = chains.get(key);
      if (chain !== undefined) chains.set(key, { ...chain, closed: true });
    }
  }
  return { postings, chains, closings, turnovers: turnoversOf(postings), tickedAt, bookedAt };
}

/** What came into and went out of each kind of account, per day of bookedAt. */
function turnoversOf(postings: readonly NaivePosting[]): NaivePartition['turnovers'] {
  const all = new Map<string, { in: Num; out: Num }>();
  for (const { source = '', destination = '', amount = '', asset = '', booked_at } of postings)
    for (const [account, side] of [[source, 'out'] as const, [destination, 'in'] as const]) {
      const key = JSON.stringify([String(dayOf(Number(booked_at))), account.replace(/\/.*/s, ''), asset]);
      const sums = all.get(key) ?? { in: zero, out: zero };
      all.set(key, { ...sums, [side]: sums[side].plus(num(amount)) });
    }
  return [...all].map(([key, { in: cameIn, out }]) => {
    const [day = '', kind = '', asset = ''] = JSON.parse(key) as string[];
    return { day, kind, asset, came_in: said(cameIn), went_out: said(out) };
  });
}

const byBytes = (a: NaiveChain, b: NaiveChain): number =>
  Buffer.compare(Buffer.from(a.account), Buffer.from(b.account)) ||
  Buffer.compare(Buffer.from(a.asset), Buffer.from(b.asset));

const headLine = ({ account, asset, entries, balance, hash }: NaiveChain): string =>
  JSON.stringify([account, asset, entries, said(balance), hash]);

/** Root of the Merkle tree over lines, RFC 6962, 2.1, by its words; hex. */
function treeOf(lines: readonly string[]): string {
  const root = (leaves: readonly Buffer[]): Buffer => {
    if (leaves.length === 0) return sha256('');
    if (leaves.length === 1) return leaves[0] as Buffer;
    let left = 1;
    while (left * 2 < leaves.length) left *= 2;
    return sha256(Buffer.from([1]), root(leaves.slice(0, left)), root(leaves.slice(left)));
  };
  return root(lines.map((line) => sha256(Buffer.from([0]), line))).toString('hex');
}

/** The root of a day, hashes as hex. */
export interface NaiveRoot {
  readonly day: number;
  readonly tree: string;
  readonly previous: string;
  readonly root: string;
}

/** A day on the wire. */
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The roots of all days that every partition is past, oldest first. */
export function naiveRoots(topic: string, partitions: readonly NaivePartition[]): NaiveRoot[] {
  if (partitions.some(({ tickedAt }) => tickedAt === null)) return [];
  const open = Math.min(...partitions.map(({ tickedAt }) => dayOf(tickedAt as number)));
  const days = new Set(partitions.flatMap(({ closings }) => closings.map(({ day }) => day)));
  const roots: NaiveRoot[] = [];
  for (const day of [...days].filter((one) => one < open).sort((a, b) => a - b)) {
    const lines = partitions.map(({ closings }, partition) => {
      const closing = closings.find((one) => one.day === day);
      const { offset = null, heads = [], root = treeOf([]) } = closing ?? {};
      return JSON.stringify([topic, partition, offset, heads.length, root]);
    });
    const tree = treeOf(lines);
    const previous = roots.at(-1)?.root ?? zeros;
    const line = JSON.stringify([dayText(day), tree]);
    roots.push({ day, tree, previous, root: sha256(Buffer.from(previous, 'hex'), line).toString('hex') });
  }
  return roots;
}
