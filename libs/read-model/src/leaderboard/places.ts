import { decimal, text, type Decimal, type Period } from '@slipstream/domain';
import type { Pool } from 'pg';
import { windowTables } from '../card.js';
import { boundOf, sampledTable, type SampledTable } from '../sampled.js';
import { conditionsOf, type Condition, type Parameter, type Table } from './conditions.js';
import { readCursor } from './cursor.js';
import { leaderboardSorts, wholeSorts, type LeaderboardQuery } from './query.js';

/** A statement and its parameters. */
export interface Asked {
  readonly sql: string;
  readonly values: unknown[];
}

const nameOf = (table: Table, period: Period): string => (table === 'w' ? windowTables[period] : 'provider_places');
const where = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

/** What a page is made of: the table that is sorted, and conditions on it and on the other one. */
interface Parts {
  readonly lead: Table;
  readonly other: Table;
  readonly column: string;
  /** Compared as what it is: bigint or numeric. */
  readonly type: string;
  readonly values: unknown[];
  readonly parameter: Parameter;
  readonly onLead: readonly Condition[];
  readonly onOther: readonly Condition[];
  /** Where the page before ended. */
  readonly after: { readonly value: string | null; readonly sql: string } | undefined;
}

function partsOf(query: LeaderboardQuery): Parts {
  const { sort, order, cursor } = query;
  const values: unknown[] = [];
  const parameter: Parameter = (value, type) => `$${values.push(value)}::${type}`;
  const column = leaderboardSorts[sort];
  const [lead, other]: [Table, Table] = column.includes('w.') ? ['w', 'p'] : ['p', 'w'];
  const [isWhole, conditions] = [wholeSorts.includes(sort), conditionsOf(query, parameter)];
  const type = isWhole ? 'bigint' : 'numeric';
  const on = (table: Table): Condition[] => conditions.filter((one) => one.table === table);
  const parts = { lead, other, column, type, values, parameter, onLead: on(lead), onOther: on(other) };
  if (cursor === undefined) return { ...parts, after: undefined };
  const { value, id } = readCursor(cursor, query, isWhole);
  const at = value === null ? null : parameter(value, type);
  const sql = pageAfter(column, `${lead}.provider_id`, order, at, parameter(id, 'text'));
  return { ...parts, after: { value, sql } };
}

/** @param at the parameters of the last row's figure, null for none, and of its id: `after` */
function pageAfter(column: string, idColumn: string, order: 'asc' | 'desc', at: string | null, after: string): string {
  if (at === null) return `${column} IS NULL AND ${idColumn} > ${after}`;
  const beyond = order === 'asc' ? '>' : '<';
  return `(${column} ${beyond} ${at} OR ${column} IS NULL OR (${column} = ${at} AND ${idColumn} > ${after}))`;
}

const sqlOf = (conditions: readonly Condition[]): string[] => conditions.map(({ sql }) => sql);
const firstOf = ({ order }: LeaderboardQuery, column: string, rows: number): string =>
  `ORDER BY ${column} ${order} NULLS LAST, 1 LIMIT ${rows}`;

/**
 * The places of a page, `provider_id` and `sort_value` as text, and the one behind it: the plain join of what is sorted and
 * what is filtered, true whatever the database knows about its tables.
 */
export function leaderboardStatement(query: LeaderboardQuery): Asked {
  const parts = partsOf(query);
  return { sql: joined(query, parts, []), values: parts.values };
}

/** @param bound a further condition, or none */
function joined(query: LeaderboardQuery, parts: Parts, bound: readonly string[]): string {
  const { lead, other, column, onLead, onOther, after } = parts;
  const join = onOther.length === 0 ? '' : `JOIN ${nameOf(other, query.period)} ${other} USING (provider_id)`;
  const conditions = [...bound, ...(after ? [after.sql] : []), ...sqlOf(onLead), ...sqlOf(onOther)];
  return `SELECT ${lead}.provider_id, (${column})::text AS sort_value FROM ${nameOf(lead, query.period)} ${lead} ${join}
    ${where(conditions)} ${firstOf(query, column, query.limit + 1)}`;
}

/** Where more single rows than this are likely to be looked up, to join the whole table takes no longer and can't fail. */
const lookedUpMax = 150;
/** A bound that isn't below this part of the rows spares next to nothing. */
const boundPartMax = 0.5;
/** Filters and figures hang together, and samples are old: how many times the likely rows are taken, and how many more. */
const reserve = { times: 2, more: 60 };
/** Where those didn't suffice; then not by a bound, since that may be what was wrong. */
const largeReserve = { times: 8, more: 240 };
const largeMax = 900;

/**
 * Statements for the places of a page, the shortest first as far as samples of the tables tell, the plain join at the end.
 * One before it may give fewer rows than there are: then the next one is asked.
 */
export async function placesStatements(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<readonly Asked[]> {
  const parts = partsOf(query);
  const { onOther, column } = parts;
  const plain = leaderboardStatement(query);
  const ofLead = await sampledTable(pool, nameOf(parts.lead, query.period));
  const ofOther = onOther.length === 0 ? undefined : await sampledTable(pool, nameOf(parts.other, query.period));
  if (ofLead === undefined || (onOther.length > 0 && ofOther === undefined)) return [plain];
  // Where the figure itself is filtered, what is read fulfils that.
  const onLead = parts.onLead.filter((one) => one.column !== sortedName(column) || one.from === undefined);
  const [leadPart, otherPart] = [passing(ofLead, onLead), ofOther === undefined ? 1 : passing(ofOther, onOther)];
  const likely = (query.limit + 1) / otherPart;
  const rowsOf = ({ times, more }: typeof reserve): number => Math.ceil(likely * times) + more;
  if (likely > lookedUpMax || rowsOf(reserve) > ofLead.rows * leadPart) return [plain];
  const bound = boundOfPage(query, parts, ofLead, rowsOf(reserve) / leadPart);
  if (onOther.length === 0) return bound === undefined ? [plain] : [bounded(query, bound), plain];
  const many = rowsOf(largeReserve);
  const again = many <= Math.min(largeMax, ofLead.rows * leadPart) ? [lookedUp(query, undefined, many)] : [];
  return [lookedUp(query, bound, rowsOf(reserve)), ...again, plain];
}

function bounded(query: LeaderboardQuery, bound: Bound): Asked {
  const parts = partsOf(query);
  return { sql: joined(query, parts, conditionOf(bound, parts)), values: parts.values };
}

/**
 * The first of one table, of which those of the other are looked up by their keys, best first, until the page is full: OFFSET 0
 * keeps the lookup a lookup, row by row in the order of the first, so that the last LIMIT ends it early.
 */
function lookedUp(query: LeaderboardQuery, bound: Bound | undefined, candidates: number): Asked {
  const parts = partsOf(query);
  const { lead, other, column, onLead, onOther, after, values } = parts;
  const conditions = [...conditionOf(bound, parts), ...(after ? [after.sql] : []), ...sqlOf(onLead)];
  const sql = `SELECT t.provider_id, t.figure::text AS sort_value
    FROM (SELECT ${lead}.provider_id, ${column} AS figure FROM ${nameOf(lead, query.period)} ${lead}
           ${where(conditions)} ${firstOf(query, column, candidates)}) t
    CROSS JOIN LATERAL
      (SELECT * FROM ${nameOf(other, query.period)} g WHERE g.provider_id = t.provider_id OFFSET 0) ${other}
    ${where(sqlOf(onOther))} ${firstOf(query, 't.figure', query.limit + 1)}`;
  return { sql, values };
}

/** Which part of a table's rows is thought to fulfil all conditions, as if none had to do with another. */
function passing(table: SampledTable, conditions: readonly Condition[]): number {
  return conditions.reduce((part, one) => {
    const column = table.columns.get(one.column);
    return column === undefined ? part : part * one.partOf(column);
  }, 1);
}

/** The last value that has to be sorted. */
interface Bound {
  readonly value: Decimal;
  readonly isLowest: boolean;
}

const conditionOf = (bound: Bound | undefined, { lead, column, type, parameter }: Parts): readonly string[] => {
  if (bound === undefined) return [];
  const value = parameter(text(bound.value), type);
  return [`${lead}.${sortedName(column)} ${bound.isLowest ? '>=' : '<='} ${value}`];
};

/**
 * The value at which so many rows are left behind, from the first one or from the end of the page before; undefined where that
 * is no help.
 */
function boundOfPage(query: LeaderboardQuery, parts: Parts, table: SampledTable, rows: number): Bound | undefined {
  const { column, onLead, after } = parts;
  const part = rows / table.rows;
  const name = sortedName(column);
  const sampled = table.columns.get(name);
  // Behind the last figure there are only rows without.
  if (sampled === undefined || !(part <= boundPartMax) || after?.value === null) return undefined;
  const isNegative = column.startsWith('-');
  const isLowest = (query.order === 'desc') !== isNegative;
  let from = after === undefined ? undefined : decimal(after.value);
  if (isNegative) from = from?.neg();
  // Upwards those that the filter leaves out come first.
  for (const { column: filtered, from: lowest } of onLead)
    if (!isLowest && filtered === name && lowest !== undefined && (from === undefined || from.lt(lowest)))
      from = lowest;
  const value = boundOf(sampled, isLowest ? 'desc' : 'asc', part, from);
  return value === undefined ? undefined : { value, isLowest };
}

/** The column of a table that a figure is made of. */
const sortedName = (column: string): string => column.slice(column.indexOf('.') + 1);
