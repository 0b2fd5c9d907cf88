import {
  Codec,
  createSchemaIds,
  streams,
  type AnyRecord,
  type CopySettings,
  type SettlementReceipt,
} from '@slipstream/contracts';
import type { LineRecord, SimulatedFees } from '@slipstream/domain';
import { counts, openKafkaJsLog } from '@slipstream/streams';
import { readTopics } from '../../../tools/verify/read-topics.ts';
import type { CopyThatWas } from './same-copy.js';

/** A copy of a run, and all that it saw. */
export interface RanCopy extends CopyThatWas {
  readonly copyId: string;
  readonly accountId: string;
  readonly settings: CopySettings;
  readonly copyTotalAmt: string;
  /** Orders and marks of its provider's line as they came to it, from its confirmation on. */
  readonly line: readonly LineRecord[];
  /** What its provider takes, as it was told at its confirmation. */
  readonly fees: SimulatedFees | null;
}

/** Copies of an installation whose services are at rest, from accounts.commands, accounts.events and settlements.events. */
export async function readRun(brokers: string, prefix: string): Promise<RanCopy[]> {
  const codec = new Codec(await createSchemaIds({}));
  const log = openKafkaJsLog({ brokers: brokers.split(','), clientId: 'read-run', logger: console });
  const [inbox, journal] = [prefix + streams.accountsCommands.topic, prefix + streams.accountsEvents.topic];
  try {
    const settled = prefix + streams.settlementsEvents.topic;
    const recorded = await readTopics(log, [inbox, journal, settled]);
    const copies: RanCopy[] = [];
    for (const [partition, events] of recorded.get(journal) ?? []) {
      const said = events
        .filter(({ offset, headers }) => counts(offset, headers))
        .map((each) => codec.decode(each.value));
      const receipts = (recorded.get(settled)?.get(partition) ?? [])
        .filter(({ offset, headers }) => counts(offset, headers))
        .map((each) => codec.decode(each.value))
        .flatMap((event) => (event.type === 'ProfitShareSettled' ? event.receipts : []));
      const heard = (recorded.get(inbox)?.get(partition) ?? []).map((each) => codec.decode(each.value));
      copies.push(
        ...said.flatMap((event) => (event.type === 'CopyRequested' ? [copyOf(event, said, heard, receipts)] : [])),
      );
    }
    return copies;
  } finally {
    await log.close();
  }
}

type Requested = AnyRecord & { readonly type: 'CopyRequested' };

function copyOf(
  requested: Requested,
  said: readonly AnyRecord[],
  heard: readonly AnyRecord[],
  receipts: readonly SettlementReceipt[],
): RanCopy {
  const { copyId, accountId, settings, copyTotalAmt } = requested;
  const journal = said.flatMap((event) => of(event, copyId));
  const ends = journal.flatMap((event) => (event.type === 'CopyOrdersEnded' ? event.ends : []));
  const confirmed = journal.find((event) => event.type === 'CopyConfirmed');
  const fees = confirmed?.fees
    ? { providerId: confirmed.providerId, terms: confirmed.fees, startedAt: confirmed.occurredAt }
    : null;
  const settlements = receipts.filter((receipt) => receipt.copyId === copyId);
  return { copyId, accountId, settings, copyTotalAmt, journal, ends, fees, settlements, line: lineOf(copyId, heard) };
}

/** What an event says of the copy alone; nothing where it isn't of it. */
function of(event: AnyRecord, copyId: string): AnyRecord[] {
  const own = <T extends { readonly copyId: string }>(list: readonly T[]): T[] =>
    list.filter((entry) => entry.copyId === copyId);
  switch (event.type) {
    case 'CopiesDecided': {
      const [placed, skipped] = [own(event.placed), own(event.skipped)];
      return placed.length + skipped.length === 0 ? [] : [{ ...event, placed, skipped }];
    }
    case 'CopyOrdersPlaced': {
      const placed = own(event.placed);
      return placed.length === 0 ? [] : [{ ...event, placed }];
    }
    case 'CopyOrdersEnded': {
      const ends = own(event.ends);
      return ends.length === 0 ? [] : [{ ...event, ends }];
    }
    default:
      return 'copyId' in event && event.copyId === copyId ? [event] : [];
  }
}

function lineOf(copyId: string, heard: readonly AnyRecord[]): LineRecord[] {
  const from = heard.findIndex((record) => record.type === 'ConfirmCopy' && record.copyId === copyId);
  const orders = heard.flatMap((record) =>
    record.type === 'CopyOrders' && isOf(record.copies, copyId) ? [record] : [],
  );
  const line = orders[0]?.line;
  // A command that was sent again after a doubt lies there twice.
  const numbers = new Set<number>();
  return heard.slice(from).flatMap((record): LineRecord[] => {
    if (record.type === 'MarkPrices') return record.line === line ? [record] : [];
    if (record.type !== 'CopyOrders' || !isOf(record.copies, copyId) || numbers.has(record.order.orderNo)) return [];
    numbers.add(record.order.orderNo);
    return [record.order];
  });
}

const isOf = (copies: readonly { readonly copyId: string }[], copyId: string): boolean =>
  copies.some((copy) => copy.copyId === copyId);
