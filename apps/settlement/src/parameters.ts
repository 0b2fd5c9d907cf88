import { BadRequestException } from '@nestjs/common';
import { accountKinds, kindOf, ledgerAsset } from '@slipstream/domain';
import { checked } from '@slipstream/streams';
import { z } from 'zod';
import { cursorMark } from './statement-text.js';
import type { Mark, StatementOf } from './statement.js';

export const linesMax = 1000;
const linesDefault = 200;
/** The last moment that a date can be: a period without an end. */
export const forEver = 8_640_000_000_000_000;

export const given = { error: 'give it once' };

/** A moment in UTC, ms. */
export const moment = z
  .string(given)
  .refine(
    (text) => /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text) && !Number.isNaN(Date.parse(text)),
    {
      error: 'must be a UTC date or time such as 2024-03-01 or 2024-03-01T12:00:00Z',
    },
  )
  .transform((text) => Date.parse(text));

/** How many of something are asked for. */
export const upTo = (most: number) =>
  z
    .string(given)
    .regex(/^\d{1,4}$/, { error: `must be a whole number from 1 to ${most}` })
    .transform(Number)
    .refine((count) => count >= 1 && count <= most, { error: `must be from 1 to ${most}` });

export const formatShape = z.enum(['json', 'csv'], { error: 'must be json or csv' }).optional();

/** CSV is given to who asks for text/csv. */
export const formatOf = (asked: 'json' | 'csv' | undefined, accept: string): 'json' | 'csv' =>
  asked ?? (/\btext\/csv\b/.test(accept) ? 'csv' : 'json');

const cursor = z.string(given).transform((text, context) => {
  const mark = cursorMark(text);
  if (mark === null) context.addIssue({ code: 'custom', message: 'is not the `next` of a page' });
  return mark;
});

const statementShape = z
  .strictObject({
    from: moment.optional(),
    to: moment.optional(),
    asset: z
      .string(given)
      .regex(/^[A-Za-z0-9]{1,20}$/, { error: 'must be an asset such as USDT' })
      .optional(),
    format: formatShape,
    cursor: cursor.optional(),
    limit: upTo(linesMax).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, { error: 'from must be before to' });

/** The statement that is asked for. */
export interface StatementQuery extends StatementOf {
  readonly cursor: Mark | null;
  readonly limit: number;
  readonly format: 'json' | 'csv';
}

/** An account by its name. @throws BadRequestException when there can't be such an account */
export function accountName(name: string): string {
  if (kindOf(name) !== undefined && name.length <= 300 && !name.includes('\0')) return name;
  const kinds = Object.keys(accountKinds).join(', ');
  throw new BadRequestException(
    `"${name.slice(0, 100)}" is no account: kinds are ${kinds}; wallet, copy and earnings have an id, as in wallet/<account>.`,
  );
}

/**
 * @param accept header; CSV is given to who asks for text/csv
 * @throws BadRequestException naming what is wrong
 */
export function statementQuery(account: string, query: unknown, accept = ''): StatementQuery {
  const read = checked(statementShape, query);
  const { from = 0, to = forEver, asset = ledgerAsset, limit = linesDefault, cursor: mark = null } = read;
  const format = formatOf(read.format, accept);
  return { account: accountName(account), asset, from, to, limit, format, cursor: mark };
}

const nothing = z.strictObject({});

/** For what takes no parameters. @throws BadRequestException naming those that are given */
export const asksNothing = (query: unknown): void => void checked(nothing, query);

/** A UTC day, such as 2024-03-01. @throws BadRequestException */
export function dayOf(text: string): string {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return text;
  throw new BadRequestException(`"${text.slice(0, 40)}" is no day: give one such as 2024-03-01.`);
}

const rootsMax = 400;
const rootsDefault = 50;

const rootsShape = z.strictObject({
  before: z.string(given).optional(),
  limit: upTo(rootsMax).optional(),
});

/** Which roots are asked for. @throws BadRequestException naming what is wrong */
export function rootsQuery(query: unknown): { readonly before: string | null; readonly limit: number } {
  const { before, limit = rootsDefault } = checked(rootsShape, query);
  return { before: before === undefined ? null : dayOf(before), limit };
}
