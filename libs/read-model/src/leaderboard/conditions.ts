import { decimal, text as toText, type Decimal } from '@slipstream/domain';
import { partContaining, partFrom, partWith, type SampledColumn } from '../sampled.js';
import type { LeaderboardFilters } from './query.js';

/** Window or places. */
export type Table = 'w' | 'p';

/** A condition on a column of one table, and which part of its rows, 0 to 1, is thought to fulfil it. */
export interface Condition {
  readonly table: Table;
  readonly column: string;
  readonly sql: string;
  /** Of a column of numbers: the lowest value that fulfils it. */
  readonly from?: Decimal;
  readonly partOf: (column: SampledColumn) => number;
}

/** Adds a value to a statement's parameters. @returns how the statement names it */
export type Parameter = (value: unknown, type: string) => string;

/** What a listed provider fulfils: the filters, and that it is public; private ones lead by invitation only. */
export function conditionsOf(filters: LeaderboardFilters, parameter: Parameter): Condition[] {
  const { minAum, minFollowers, maxDrawdown, riskLevel, strategy, status, listed, text } = filters;
  const conditions: Condition[] = [];
  const add = (column: string, sql: string, partOf: Condition['partOf']): void =>
    void conditions.push({ table: 'p', column, sql, partOf });
  const equal = (column: string, value: string): void =>
    add(column, `p.${column} = ${parameter(value, 'text')}`, (sampled) => partWith(sampled, value));
  const atLeast = (table: Table, column: string, from: Decimal, type: string): void => {
    const sql = `${table}.${column} >= ${parameter(toText(from), type)}`;
    conditions.push({ table, column, sql, from, partOf: (sampled) => partFrom(sampled, from) });
  };
  add('is_public', 'p.is_public', (sampled) => partWith(sampled, 't'));
  if (listed === 'ranked') add('ranked', 'p.ranked', (sampled) => partWith(sampled, 't'));
  if (listed === 'new') add('ranked', 'NOT p.ranked', (sampled) => partWith(sampled, 'f'));
  if (minFollowers !== undefined) atLeast('p', 'followers', decimal(String(minFollowers)), 'int');
  if (status !== undefined) equal('status', status);
  if (strategy !== undefined) equal('strategy', strategy);
  if (riskLevel !== undefined) equal('risk_level', riskLevel);
  if (minAum !== undefined) atLeast('p', 'aum', decimal(minAum), 'numeric');
  if (maxDrawdown !== undefined) atLeast('w', 'max_drawdown', decimal(maxDrawdown).neg(), 'numeric');
  if (text !== undefined) {
    // A text is looked for as it is: % and _ are no patterns.
    const pattern = parameter(`%${text.replace(/[\\%_]/g, '\\$&')}%`, 'text');
    add('searched', `p.searched LIKE lower(${pattern})`, (sampled) => partContaining(sampled, text.toLowerCase()));
  }
  return conditions;
}
