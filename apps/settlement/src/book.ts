import { streams } from '@slipstream/contracts';
import { postingsOf, type Posting } from '@slipstream/domain';
import type { JournalRecord, Projection } from '@slipstream/streams';
import type { PoolClient } from 'pg';

/** The double-entry ledger as a projection of accounts.events: it books what the journal says happened, nothing else. */
export function ledgerProjection(): Projection {
  return {
    service: 'settlement',
    journals: [streams.accountsEvents],
    schema: 'settlement',
    open: () => Promise.resolve(),
    apply: book,
  };
}

interface Leg extends Posting {
  readonly record: JournalRecord;
  readonly leg: number;
}

/** Books the postings of the records and their effect on the balances; a leg that is booked already changes nothing. */
export async function book(records: readonly JournalRecord[], client: PoolClient): Promise<void> {
  const legs: Leg[] = records.flatMap((record) =>
    postingsOf(record.event).map((posting, leg) => ({ ...posting, record, leg })),
  );
  if (legs.length === 0) return;
  const columns = columnsOf.map((column) => legs.map(column));
  await client.query(bookSql, columns);
}

const columnsOf: ((leg: Leg) => string | number)[] = [
  ({ record }) => record.topic,
  ({ record }) => record.partition,
  ({ record }) => record.offset,
  ({ leg }) => leg,
  ({ kind }) => kind,
  ({ source }) => source,
  ({ destination }) => destination,
  ({ amount }) => amount,
  ({ asset }) => asset,
  ({ occurredAt }) => occurredAt,
];

const bookSql = `
  WITH booked AS (
    INSERT INTO settlement.postings
      SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[],
                           $8::numeric[], $9::text[], $10::bigint[])
      ON CONFLICT DO NOTHING
      RETURNING partition, source, destination, amount, asset)
  INSERT INTO settlement.balances AS b
    SELECT account, asset, partition, sum(change)
      FROM (SELECT destination AS account, asset, partition, amount AS change FROM booked
            UNION ALL SELECT source, asset, partition, -amount FROM booked) changes
     GROUP BY account, asset, partition ORDER BY account, asset, partition
    ON CONFLICT (account, asset, partition) DO UPDATE SET balance = b.balance + excluded.balance`;
