// Works every receipt of a provider out anew: from its own figures, and from what accounts.events tells of its copies.
import { streams } from '@slipstream/contracts';
import {
  inSnapshot,
  MeasureRow,
  rowOf,
  SettlementRow,
  ShareFlowRow,
  SubscriptionChargeRow,
} from '@slipstream/read-model';
import type { JournalRecord } from '@slipstream/streams';
import type pg from 'pg';
import { readRecords, type JournalReader } from '../journal.ts';
import type { Verdict } from './decisions.ts';
import { wrongChains, wrongFlowSums, wrongMarks, wrongStarts } from './receipt-chains.ts';
import { journaledOf, wrongFlowRows, wrongPlaces } from './receipt-places.ts';
import { wrongSources } from './receipt-sources.ts';
import { wrongMonth, wrongSteps } from './receipt-steps.ts';
import { wrongSums } from './receipt-sums.ts';

export type Raw = Readonly<Record<string, string | number | null>>;

/** What the tables say of a provider's receipts at one moment. */
export interface Tables {
  readonly settlements: readonly SettlementRow[];
  readonly months: readonly SubscriptionChargeRow[];
  readonly flows: readonly ShareFlowRow[];
  readonly measures: readonly MeasureRow[];
  readonly shares: readonly Raw[];
  readonly earnings: readonly Raw[];
  readonly dues: readonly Raw[];
}

/** Records of the two journals, up to where the tables are; each partition in order. */
export interface Journals {
  readonly settlements: readonly JournalRecord[];
  readonly accounts: readonly JournalRecord[];
}

/**
 * The receipts of a provider: each row is what the journal says at its place, follows from its own inputs by the formulas of
 * libs/domain (settlement), has the hash it should have, and goes on where the receipt of the copy before it ended; its inputs are
 * what accounts.events tells of money, measures and charges; days, copies and what is due are the sums of them.
 */
export async function verifyReceipts(
  pool: pg.Pool,
  journal: JournalReader,
  providerId: string,
  verdict: Verdict,
): Promise<void> {
  const tables = await inSnapshot(pool, (client) => readTables(client, providerId));
  const settlements: JournalRecord[] = [];
  const accounts: JournalRecord[] = [];
  // Up to where each partition was projected about the provider, and what that answers.
  for (const due of tables.dues) {
    const [partition, end] = [Number(due['accounts_partition']), Number(due['log_offset']) + 1];
    const told = await readRecords(journal, streams.settlementsEvents, partition, 0, end);
    settlements.push(...told);
    const answered = told.reduce((last, { cause }) => Math.max(last, cause), -1);
    accounts.push(...(await readRecords(journal, streams.accountsEvents, partition, 0, answered + 1)));
  }
  const wrong = wrongReceipts(tables, { settlements, accounts }, providerId);
  verdict.differences.push(...wrong);
  const count = tables.settlements.length + tables.months.length;
  verdict.lines.push(
    `${count} receipts from ${settlements.length} records of ${tables.dues.length} partitions of settlements.events and ` +
      `${accounts.length} of accounts.events ${wrong.length === 0 ? 'follow from their figures, and these from the money' : 'differ'}`,
  );
}

/** Everything of a provider's receipts that isn't as it should be. */
export function wrongReceipts(tables: Tables, journals: Journals, providerId: string): string[] {
  const told = journaledOf(journals.settlements, providerId);
  return [
    ...tables.settlements.flatMap(wrongSteps),
    ...tables.months.flatMap(wrongMonth),
    ...wrongPlaces(tables.settlements, told.settlements, 'settlementId'),
    ...wrongPlaces(tables.months, told.months, 'chargeId'),
    ...wrongFlowRows(tables.flows, told.flows),
    ...wrongFlowSums(tables),
    ...wrongChains(tables.settlements),
    ...wrongStarts(tables.settlements, told.starts),
    ...wrongMarks(tables, journals.accounts),
    ...wrongSources(told, journals, providerId),
    ...wrongSums(tables),
  ];
}

/** Reads what the tables say of a provider's receipts; in a snapshot, so that it is of one moment. */
export async function readTables(client: Pick<pg.PoolClient, 'query'>, providerId: string): Promise<Tables> {
  // By the provider alone, so that a row that belongs to no copy is found too.
  const of = async (table: string): Promise<Raw[]> =>
    (await client.query<Raw>(`SELECT * FROM ${table} WHERE provider_id = $1`, [providerId])).rows;
  const measures = await client.query<Raw>(
    `SELECT * FROM measures WHERE (accounts_partition, log_offset) IN
       (SELECT log_partition, measured_at FROM settlements WHERE provider_id = $1)`,
    [providerId],
  );
  return {
    settlements: (await of('settlements')).map((raw) => rowOf(SettlementRow, raw)),
    months: (await of('subscription_charges')).map((raw) => rowOf(SubscriptionChargeRow, raw)),
    flows: (await of('share_flows')).map((raw) => rowOf(ShareFlowRow, raw)),
    measures: measures.rows.map((raw) => rowOf(MeasureRow, raw)),
    shares: await of('copy_shares'),
    earnings: await of('provider_earnings'),
    dues: await of('provider_dues'),
  };
}
