import { decimal, text, type Period } from '@slipstream/domain';
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
const generous = { times: 2, more: 60 };
const moreGenerous = { times: 8, more: 240 };
const candidatesMax = 900;

/**
 * Statements for the places of a page, the shortest first as far as samples of the tables tell, the plain join at the end.
 * One before it may give fewer rows than there are: then the next one is asked.
 */
export async function placesStatements(pool: Pick<Pool, 'query'>, query: LeaderboardQuery): Promise<readonly Asked[]> {
  const { lead, other, onOther } = partsOf(query);
  const ofLead = await sampledTable(pool, nameOf(lead, query.period));
  const ofOther = onOther.length === 0 ? undefined : await sampledTable(pool, nameOf(other, query.period));
  const plain = leaderboardStatement(query);
  if (ofLead === undefined || (onOther.length > 0 && ofOther === undefined)) return [plain];
  const ways = [generous, moreGenerous].map((reserve) => shortStatement(query, { ofLead, ofOther, reserve }));
  return [...ways.filter((way) => way !== undefined), plain];
}

interface Samples {
  readonly ofLead: SampledTable;
  readonly ofOther: SampledTable | undefined;
  readonly reserve: typeof generous;
}

/**
 * Sorts only rows up to a bound behind which the page is full, and looks those of the other table up one by one, best first,
 * until it is.
 * @returns undefined where that is not thought to be shorter than the plain join
 */
function shortStatement(query: LeaderboardQuery, { ofLead, ofOther, reserve }: Samples): Asked | undefined {
  const parts = partsOf(query);
  const { onOther, values } = parts;
  // Where the figure itself is filtered, what is read fulfils that.
  const name = sortedName(parts.column);
  const onLead = parts.onLead.filter(({ column, from }) => column !== name || from === undefined);
  const [leadPart, otherPart] = [passing(ofLead, onLead), ofOther === undefined ? 1 : passing(ofOther, onOther)];
  const likely = (query.limit + 1) / otherPart;
  const candidates = Math.ceil(likely * reserve.times) + reserve.more;
  if (likely > lookedUpMax || candidates > Math.min(candidatesMax, ofLead.rows * leadPart)) return undefined;
  const bound = boundCondition(query, parts, ofLead, candidates / leadPart);
  if (onOther.length > 0) return { sql: lookedUp(query, parts, bound, candidates), values };
  return bound.length === 0 ? undefined : { sql: joined(query, parts, bound), values };
}

/** OFFSET 0 keeps the lookup a lookup, row by row in the order of the first; so the last LIMIT ends it early. */
function lookedUp(query: LeaderboardQuery, parts: Parts, bound: readonly string[], candidates: number): string {
  const { lead, other, column, onLead, onOther, after } = parts;
  const conditions = [...bound, ...(after ? [after.sql] : []), ...sqlOf(onLead)];
  return `SELECT t.provider_id, t.figure::text AS sort_value
    FROM (SELECT ${lead}.provider_id, ${column} AS figure FROM ${nameOf(lead, query.period)} ${lead}
           ${where(conditions)} ${firstOf(query, column, candidates)}) t
    CROSS JOIN LATERAL
      (SELECT * FROM ${nameOf(other, query.period)} g WHERE g.provider_id = t.provider_id OFFSET 0) ${other}
    ${where(sqlOf(onOther))} ${firstOf(query, 't.figure', query.limit + 1)}`;
}

/** Which part of a table's rows is thought to fulfil all conditions, as if none had to do with another. */
function passing(table: SampledTable, conditions: readonly Condition[]): number {
  return conditions.reduce((part, one) => {
    const column = table.columns.get(one.column);
    return column === undefined ? part : part * one.partOf(column);
  }, 1);
}

/**
 * The condition that a figure is not beyond where so many rows are left behind: from the first one, or from the end of the
 * page before. None where that is no help.
 * @param rows how many of them must fulfil the conditions on other columns, divided by the part that does
 */
function boundCondition(query: LeaderboardQuery, parts: Parts, table: SampledTable, rows: number): string[] {
  const { lead, column, type, onLead, after, parameter } = parts;
  const part = rows / table.rows;
  // Behind the last figure there are only rows without.
  if (!(part <= boundPartMax) || after?.value === null) return [];
  const isNegative = column.startsWith('-');
  const name = sortedName(column);
  const sampled = table.columns.get(name);
  if (sampled === undefined) return [];
  const isDown = (query.order === 'desc') !== isNegative;
  let from = after === undefined ? undefined : decimal(after.value);
  if (isNegative) from = from?.neg();
  // Upwards those that the filter leaves out come first.
  for (const { column: filtered, from: lowest } of onLead)
    if (!isDown && filtered === name && lowest !== undefined && (from === undefined || from.lt(lowest))) from = lowest;
  const bound = boundOf(sampled, isDown ? 'desc' : 'asc', part, from);
  return bound === undefined ? [] : [`${lead}.${name} ${isDown ? '>=' : '<='} ${parameter(text(bound), type)}`];
}

const sortedName = (column: string): string => column.slice(column.indexOf('.') + 1);
