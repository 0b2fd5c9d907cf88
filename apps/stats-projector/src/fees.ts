import { decimal, isZero, text, zero, type Decimal } from '@slipstream/domain';
import {
  CopyShareRow,
  rowOf,
  type SettlementRow,
  type ShareFlowRow,
  type SubscriptionChargeRow,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import type { PoolClient } from 'pg';

/** Whose a copy is. */
export interface CopyIds {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
}

/** What a slice of a partition of settlements.events is about, as its rows say. Nothing of it is kept. */
export interface Fees {
  readonly partition: number;
  readonly copies: Map<string, CopyShareRow>;
  /** As they were loaded. */
  readonly before: ReadonlyMap<string, CopyShareRow>;
  /** Numbers by provider and account. */
  readonly followers: Map<string, Numbered>;
  /** How many followers of a provider were numbered. */
  readonly counts: Map<string, number>;
  /** Receipts and months that are there already. */
  readonly told: Set<string>;
}

interface Numbered {
  readonly followerNo: number;
  copies: number;
}

/** Sums of receipts to be added to a day of a provider. */
export interface Earning {
  readonly providerId: string;
  readonly day: number;
  readonly settlementPeriod: string;
  readonly counts: Record<'settlements' | 'monthsPaid' | 'monthsUnpaid', number>;
  readonly sums: Record<EarningSum, Decimal>;
}

export const earningSums = [
  'newProfit',
  'accrued',
  'providerGross',
  'platformFee',
  'providerNet',
  'subscriptionGross',
  'subscriptionFee',
  'subscriptionNet',
] as const;
export type EarningSum = (typeof earningSums)[number];

/** What changed since the last write. */
export interface FeesChanges {
  readonly copies: Set<string>;
  readonly settlements: Map<string, SettlementRow>;
  readonly flows: ShareFlowRow[];
  readonly charges: Map<string, SubscriptionChargeRow>;
  readonly earnings: Map<string, Earning>;
  /** By how much what is due to a provider has moved, and the last record that was about it. */
  readonly providers: Map<string, { readonly due: Decimal; readonly asOf: number; readonly logOffset: number }>;
}

/** A slice and what is to be written of it. */
export interface FeesLeft {
  readonly fees: Fees;
  readonly changes: FeesChanges;
}

export const noFeesChanges = (): FeesChanges => ({
  copies: new Set(),
  settlements: new Map(),
  flows: [],
  charges: new Map(),
  earnings: new Map(),
  providers: new Map(),
});

/** A line break is in no id. */
export const followerKey = ({ providerId, accountId }: Pick<CopyIds, 'providerId' | 'accountId'>): string =>
  `${providerId}\n${accountId}`;

/** Loads the rows that records are about. */
export async function loadFees(
  client: PoolClient,
  partition: number,
  records: readonly JournalRecord[],
): Promise<Fees> {
  const { copyIds, owners } = mentioned(records);
  const { rows } = await client.query<Record<string, unknown>>('SELECT * FROM copy_shares WHERE copy_id = ANY ($1)', [
    [...copyIds],
  ]);
  const copies = new Map(rows.map((raw) => rowOf(CopyShareRow, raw)).map((row) => [row.copyId, row]));
  const before = new Map(copies);
  const fees: Fees = { partition, copies, before, followers: new Map(), counts: new Map(), told: new Set() };
  const strangers = [...owners.values()].filter(({ copyId }) => !copies.has(copyId));
  if (strangers.length > 0) await loadNumbers(client, fees, strangers);
  await loadTold(client, fees, records);
  return fees;
}

/** Numbers of the followers whose copies aren't there yet. */
async function loadNumbers(client: PoolClient, fees: Fees, strangers: readonly CopyIds[]): Promise<void> {
  const asked = [strangers.map(({ providerId }) => providerId), strangers.map(({ accountId }) => accountId)];
  const numbered = await client.query<{ provider_id: string; account_id: string; no: number; copies: number }>(
    `SELECT provider_id, account_id, max(follower_no) AS no, max(copy_no) AS copies
       FROM copy_shares JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) asked (provider_id, account_id)
         USING (provider_id, account_id) GROUP BY 1, 2`,
    asked,
  );
  for (const { provider_id: providerId, account_id: accountId, no: followerNo, copies } of numbered.rows)
    fees.followers.set(followerKey({ providerId, accountId }), { followerNo, copies });
  const counted = await client.query<{ provider_id: string; followers: number }>(
    'SELECT provider_id, followers FROM provider_dues WHERE provider_id = ANY ($1) AND accounts_partition = $2',
    [asked[0], fees.partition],
  );
  for (const { provider_id: providerId, followers } of counted.rows) fees.counts.set(providerId, followers);
}

/**
 * Which receipts and months are there already. Those of a copy come in the order of their moments, so only one that isn't
 * later than the last is looked for.
 */
async function loadTold(client: PoolClient, fees: Fees, records: readonly JournalRecord[]): Promise<void> {
  const suspects: { settlements: string[]; charges: string[] } = { settlements: [], charges: [] };
  for (const { event } of records) {
    if (event.type === 'ProfitShareDue')
      for (const { settlementId, copyId, at } of event.charges)
        if (at <= (fees.copies.get(copyId)?.lastSettlement ?? -Infinity)) suspects.settlements.push(settlementId);
    if (event.type === 'ProfitShareSettled')
      for (const { settlementId, copyId, until } of event.receipts)
        if (until <= (fees.copies.get(copyId)?.lastSettlement ?? -Infinity)) suspects.settlements.push(settlementId);
    if (event.type === 'SubscriptionSettled')
      for (const { chargeId, copyId, from } of event.receipts)
        if (from <= (fees.copies.get(copyId)?.lastMonth ?? -Infinity)) suspects.charges.push(chargeId);
  }
  if (suspects.settlements.length + suspects.charges.length === 0) return;
  const { rows } = await client.query<{ id: string }>(
    `SELECT settlement_id AS id FROM settlements WHERE settlement_id = ANY ($1)
     UNION ALL SELECT charge_id FROM subscription_charges WHERE charge_id = ANY ($2)`,
    [suspects.settlements, suspects.charges],
  );
  for (const { id } of rows) fees.told.add(id);
}

/** Copies that records name, and whose they are where a record says it. */
function mentioned(records: readonly JournalRecord[]): { copyIds: Set<string>; owners: Map<string, CopyIds> } {
  const copyIds = new Set<string>();
  const owners = new Map<string, CopyIds>();
  const note = (ids: CopyIds): void => void (copyIds.add(ids.copyId), owners.set(ids.copyId, ids));
  for (const { event } of records)
    switch (event.type) {
      case 'CopyShareStarted':
        if (event.carriedFrom !== null) copyIds.add(event.carriedFrom);
        note(event);
        break;
      case 'ShareTermsAnnounced':
        for (const { copyId } of event.copies) copyIds.add(copyId);
        break;
      case 'ProfitShareDue':
        for (const charge of event.charges) note(charge);
        break;
      case 'ProfitShareSettled':
      case 'SubscriptionSettled':
        for (const receipt of event.receipts) note(receipt);
        break;
      case 'CopyShareMoved':
      case 'SubscriptionStarted':
      case 'SubscriptionEnded':
        note(event);
        break;
      default:
    }
  return { copyIds, owners };
}

/** The row of a copy; one that nothing is known of begins with nothing and no terms. */
export function copyOf(fees: Fees, ids: CopyIds): CopyShareRow {
  return fees.copies.get(ids.copyId) ?? { ...bare, ...ids, ...numberOf(fees, ids), accountsPartition: fees.partition };
}

/** Followers of a provider are numbered as they come, and their copies: a provider is shown these and no ids. */
function numberOf(fees: Fees, ids: CopyIds): Pick<CopyShareRow, 'followerNo' | 'copyNo'> {
  const key = followerKey(ids);
  let numbered = fees.followers.get(key);
  if (numbered === undefined) {
    const followerNo = (fees.counts.get(ids.providerId) ?? 0) + 1;
    fees.counts.set(ids.providerId, followerNo);
    fees.followers.set(key, (numbered = { followerNo, copies: 0 }));
  }
  return { followerNo: numbered.followerNo, copyNo: ++numbered.copies };
}

/** Puts a copy's row in the place of the one before; what is due to its provider moves with it. */
export function putCopy(fees: Fees, changes: FeesChanges, row: CopyShareRow, at: number, logOffset: number): void {
  const before = fees.copies.get(row.copyId)?.due ?? '0';
  fees.copies.set(row.copyId, { ...row, logOffset });
  changes.copies.add(row.copyId);
  const known = changes.providers.get(row.providerId);
  const due = (known?.due ?? zero).plus(decimal(row.due)).minus(decimal(before));
  changes.providers.set(row.providerId, { due, asOf: Math.max(known?.asOf ?? at, at), logOffset });
}

/** Text of a + b. */
export const added = (a: string, b: string | Decimal): string =>
  text(decimal(a).plus(typeof b === 'string' ? decimal(b) : b));

/** A moment's day of a provider. */
export function earningOf(
  changes: FeesChanges,
  { providerId, day, settlementPeriod }: Pick<Earning, 'providerId' | 'day' | 'settlementPeriod'>,
): Earning {
  const key = `${day}\n${settlementPeriod}\n${providerId}`;
  let earning = changes.earnings.get(key);
  if (earning === undefined) {
    const sums = Object.fromEntries(earningSums.map((name) => [name, zero])) as Earning['sums'];
    const counts = { settlements: 0, monthsPaid: 0, monthsUnpaid: 0 };
    changes.earnings.set(key, (earning = { providerId, day, settlementPeriod, counts, sums }));
  }
  return earning;
}

/** Adds amounts to the sums of a day. */
export function earn({ sums }: Earning, amounts: Partial<Record<EarningSum, string>>): void {
  for (const [name, amount] of Object.entries(amounts) as [EarningSum, string][]) {
    const value = decimal(amount);
    if (!isZero(value)) sums[name] = sums[name].plus(value);
  }
}

const bare: Omit<CopyShareRow, keyof CopyIds | 'followerNo' | 'copyNo' | 'accountsPartition'> = {
  logOffset: 0,
  status: 'running',
  feeModel: 'profit_share',
  profitShareRatio: '0',
  settlementPeriod: 'monthly',
  announced: null,
  startedWith: '0',
  startedAt: 0,
  carriedFrom: null,
  carriedGap: '0',
  carriedDue: '0',
  startedOffset: null,
  begun: 0,
  deposited: '0',
  withdrawn: '0',
  gap: '0',
  equity: '0',
  due: '0',
  settledAt: 0,
  retirementSettled: false,
  openingEquity: '0',
  openingGap: '0',
  openingDeposits: '0',
  openingWithdrawals: '0',
  openingGapWithdrawn: '0',
  pending: '[]',
  settlements: 0,
  newProfit: '0',
  accrued: '0',
  providerGross: '0',
  platformFee: '0',
  providerNet: '0',
  lastSettlement: null,
  subscriptionId: null,
  subscriptionStatus: null,
  subscriptionPrice: null,
  paidUntil: null,
  monthsPaid: 0,
  monthsUnpaid: 0,
  subscriptionGross: '0',
  subscriptionFee: '0',
  subscriptionNet: '0',
  lastMonth: null,
};
