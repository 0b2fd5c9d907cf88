import { kindOf } from '@slipstream/domain';
import { checked } from '@slipstream/streams';
import { z } from 'zod';
import { formatOf, formatShape, given, moment, upTo } from './parameters.js';
import type { AccountMark } from './period-accounts.js';
import type { Days } from './period-balance.js';
import { lastDay } from './period-text.js';

const dayMs = 86_400_000;
export const accountsMax = 500;
const accountsDefault = 100;

/** A trial balance of some days. */
export interface PeriodQuery {
  readonly of: 'period';
  readonly days: Days;
  /** Whether accounts are listed too, after which, and how many. */
  readonly accounts: boolean;
  readonly cursor: AccountMark | null;
  readonly limit: number;
  readonly format: 'json' | 'csv';
}

/** Of now, with a look at all postings or without. */
export interface PresentQuery {
  readonly of: 'present';
  readonly check: boolean;
}

/** A place in the list of accounts as the cursor of a page; opaque for who gets it. */
export const accountCursor = ({ account, asset }: AccountMark): string =>
  Buffer.from(JSON.stringify([account, asset])).toString('base64url');

/** @returns null when the text is no cursor of ours */
function accountMark(cursor: string): AccountMark | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const read = z.tuple([z.string().max(300), z.string().max(20)]).safeParse(parsed);
    if (!read.success) return null;
    const [account, asset] = read.data;
    return kindOf(account) === undefined || /\0/.test(account + asset) ? null : { account, asset };
  } catch {
    return null;
  }
}

const day = moment
  .refine((ms) => ms % dayMs === 0, {
    error: 'must be the start of a UTC day, such as 2024-03-01: days are whole here',
  })
  .transform((ms) => ms / dayMs);

const shape = z
  .strictObject({
    check: z.enum(['postings'], { error: 'must be postings' }).optional(),
    from: day.optional(),
    to: day.optional(),
    accounts: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .transform((asked) => asked === 'true')
      .optional(),
    cursor: z
      .string(given)
      .transform((text, context) => {
        const mark = accountMark(text);
        if (mark === null) context.addIssue({ code: 'custom', message: 'is not the `next` of a page' });
        return mark;
      })
      .optional(),
    limit: upTo(accountsMax).optional(),
    format: formatShape,
  })
  .refine(({ from = 0, to = lastDay }) => from < to, { error: 'from must be before to' })
  .refine(({ accounts = false, cursor, limit }) => accounts || (cursor === undefined && limit === undefined), {
    error: 'cursor and limit are of the list of accounts: ask with accounts=true',
  })
  .refine(({ check, ...period }) => check === undefined || !asksPeriod(period, ''), {
    error: 'check=postings is of now: leave out from, to, accounts and format=csv',
  });

const asksPeriod = (
  {
    from,
    to,
    accounts,
    format,
  }: { from?: unknown; to?: unknown; accounts?: unknown; format?: 'json' | 'csv' | undefined },
  accept: string,
): boolean => [from, to, accounts].some((asked) => asked !== undefined) || formatOf(format, accept) === 'csv';

/**
 * What is asked of the trial balance: with days, a list of accounts or CSV a period, by default from the first day on; else now.
 * @param accept header; CSV is given to who asks for text/csv
 * @throws BadRequestException naming what is wrong
 */
export function trialBalanceQuery(query: unknown, accept = ''): PeriodQuery | PresentQuery {
  const read = checked(shape, query);
  const { check, from = 0, to = lastDay, accounts = false, cursor = null, limit = accountsDefault } = read;
  if (check !== undefined || !asksPeriod(read, accept)) return { of: 'present', check: check !== undefined };
  return { of: 'period', days: { from, to }, accounts, cursor, limit, format: formatOf(read.format, accept) };
}
