import type { PoolClient } from 'pg';
import type { LogPosition } from '../proof.js';
import { plain } from '../report.js';
import { earnedOf, summed, type Earned, type Raw } from './earned.js';

export const earningsGroupings = ['period', 'follower', 'copy'] as const;
export type EarningsGrouping = (typeof earningsGroupings)[number];
export const earningsLimitMax = 100;

export interface EarningsQuery {
  readonly by: EarningsGrouping;
  /** UTC days, days since 1970-01-01: from the first, to before the second; null: without an end. */
  readonly from: number | null;
  readonly to: number | null;
  /** Group that the page before ended with. */
  readonly after?: readonly number[] | undefined;
  readonly limit: number;
}

/** What a provider has earned, added up. */
export interface Earnings extends Earned {
  /** Followers' copies still owe it, as of now. */
  readonly openDue: string;
}

/** A period, as far as it lies in the days asked for: its settlements, and the months that began in it. */
export interface PeriodEarnings extends Earned {
  readonly settlementPeriod: string;
  readonly from: string;
  readonly until: string;
  /** All of it lies in the days asked for. */
  readonly whole: boolean;
  /** What is due belongs to no period: it goes from one to the next. */
  readonly openDue: null;
}

/** A follower, or one of his copies, by the provider's own numbers: `<partition>-<follower>`, `-<copy>`. */
export interface FollowerEarnings extends Earnings {
  readonly follower: string;
  readonly copy?: string;
  readonly copies?: number;
}

export interface EarningsPage {
  readonly asOf: string | null;
  /** Up to where settlements.events was read about the provider. */
  readonly positions: readonly LogPosition[];
  readonly totals: Earnings;
  readonly items: readonly (PeriodEarnings | FollowerEarnings)[];
  readonly next: readonly number[] | null;
}

const dayMs = 86_400_000;
const time = (ms: number): string => new Date(ms).toISOString();

/**
 * What a provider has earned in some days, one page of its groups and the totals of all; undefined when nobody is registered
 * so. A settlement at midnight closes the day before; a month counts on the day on which it begins.
 * @param client in a snapshot: totals and groups are of one moment
 */
export async function readEarnings(
  client: Pick<PoolClient, 'query'>,
  providerId: string,
  query: EarningsQuery,
): Promise<EarningsPage | undefined> {
  const known = await client.query('SELECT 1 FROM providers WHERE provider_id = $1', [providerId]);
  if (known.rows.length === 0) return undefined;
  const days = [query.from ?? firstDay, query.to ?? lastDay] as const;
  const sums = await client.query<Raw>(
    `SELECT ${summed} FROM provider_earnings WHERE provider_id = $1 AND day >= $2 AND day < $3`,
    [providerId, ...days],
  );
  const dues = await client.query<Raw>('SELECT * FROM provider_dues WHERE provider_id = $1', [providerId]);
  const due = await client.query<Raw>('SELECT sum(due) AS due FROM provider_dues WHERE provider_id = $1', [providerId]);
  const asOf = dues.rows.map((row) => Number(row['as_of'])).sort((a, b) => b - a)[0];
  const positions = dues.rows
    .map((row) => ({ partition: Number(row['accounts_partition']), offset: Number(row['log_offset']) }))
    .sort((a, b) => a.partition - b.partition);
  const read = query.by === 'period' ? readPeriods : readFollowers;
  return {
    asOf: asOf === undefined ? null : time(asOf),
    positions,
    totals: { ...earnedOf(sums.rows[0] ?? {}), openDue: plain(due.rows[0]?.['due']) },
    ...(await read(client, providerId, query, days)),
  };
}

// Far enough on both sides, and still a time in milliseconds.
const firstDay = -1_000_000;
const lastDay = 10_000_000;

type Page = Pick<EarningsPage, 'items' | 'next'>;
type Days = readonly [from: number, to: number];

/** Newest first; when a provider changes from weekly to monthly, both kinds may end at one moment. */
async function readPeriods(
  client: Pick<PoolClient, 'query'>,
  providerId: string,
  { after, limit }: EarningsQuery,
  days: Days,
): Promise<Page> {
  const [before = Number.MAX_SAFE_INTEGER, beforeKind = 0] = after ?? [];
  const { rows } = await client.query<Raw>(
    `SELECT * FROM (SELECT period_until, settlement_period, (settlement_period = 'weekly')::int AS kind, ${summed}
         FROM provider_earnings WHERE provider_id = $1 AND day >= $2 AND day < $3 GROUP BY 1, 2) periods
      WHERE (period_until, kind) < ($4::bigint, $5::bigint) ORDER BY period_until DESC, kind DESC LIMIT $6`,
    [providerId, ...days, before, beforeKind, limit + 1],
  );
  const items = rows.slice(0, limit).map((row): PeriodEarnings => {
    const until = Number(row['period_until']);
    const settlementPeriod = String(row['settlement_period']);
    const from = settlementPeriod === 'weekly' ? until - 7 * dayMs : monthBefore(until);
    const [first, end] = [Math.max(from, days[0] * dayMs), Math.min(until, days[1] * dayMs)];
    return {
      settlementPeriod,
      ...{ from: time(first), until: time(end), whole: first === from && end === until },
      ...earnedOf(row),
      openDue: null,
    };
  });
  const last = rows[limit - 1];
  const next = rows.length > limit && last ? [Number(last['period_until']), Number(last['kind'])] : null;
  return { items, next };
}

function monthBefore(first: number): number {
  const day = new Date(first);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - 1, 1);
}

/**
 * A page of followers or of copies with the sums of their receipts. The page is cut first, so only the receipts of those on it
 * are read, however many there are.
 */
async function readFollowers(
  client: Pick<PoolClient, 'query'>,
  providerId: string,
  { by, after, limit }: EarningsQuery,
  days: Days,
): Promise<Page> {
  const keys = ['accounts_partition', 'follower_no', ...(by === 'copy' ? ['copy_no'] : [])];
  const place = keys.map((_, i) => after?.[i] ?? (i === 0 ? -1 : 0));
  const from = 4 + keys.length;
  const ofPage = keys.map((key) => `page.${key}`).join(', ');
  const { rows } = await client.query<Raw>(
    `WITH page AS MATERIALIZED (
       SELECT ${keys.join(', ')} FROM copy_shares
        WHERE provider_id = $1 AND (${keys.join(', ')}) > (${keys.map((_, i) => `$${i + 4}::bigint`).join(', ')})
        GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')} LIMIT $${from})
     SELECT ${ofPage}, count(*) AS copies, sum(c.due) AS due, ${summed}
       FROM page,
       LATERAL (SELECT copy_id, due FROM copy_shares
         WHERE provider_id = $1 AND (${keys.join(', ')}) = (${ofPage})) c,
       LATERAL (SELECT count(*) AS settlements, sum(new_profit) AS new_profit, sum(accrued) AS accrued,
            sum(provider_gross) AS provider_gross, sum(platform_fee) AS platform_fee, sum(provider_net) AS provider_net
          FROM settlements s WHERE s.copy_id = c.copy_id AND s.until_at > $2 AND s.until_at <= $3) earned,
       LATERAL (SELECT count(*) FILTER (WHERE paid) AS months_paid, count(*) FILTER (WHERE NOT paid) AS months_unpaid,
            sum(price) FILTER (WHERE paid) AS subscription_gross, sum(platform_fee) FILTER (WHERE paid) AS subscription_fee,
            sum(provider_net) FILTER (WHERE paid) AS subscription_net
          FROM subscription_charges m WHERE m.copy_id = c.copy_id AND m.from_at >= $2 AND m.from_at < $3) paid
      GROUP BY ${ofPage} ORDER BY ${ofPage}`,
    [providerId, days[0] * dayMs, days[1] * dayMs, ...place, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const items = shown.map((row): FollowerEarnings => {
    const numbers = keys.map((key) => Number(row[key]));
    const follower = numbers.slice(0, 2).join('-');
    return {
      follower,
      ...(by === 'copy' ? { copy: numbers.join('-') } : { copies: Number(row['copies']) }),
      ...earnedOf(row),
      openDue: plain(row['due']),
    };
  });
  const last = shown.at(-1);
  const next = rows.length > limit && last ? keys.map((key) => Number(last[key])) : null;
  return { items, next };
}
