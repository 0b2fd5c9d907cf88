import type { PoolClient } from 'pg';
import { tableOf, type TableColumn } from './rows.js';

/** What to do when a row with the key is there: replace it (default), or SQL after `DO`. */
export interface UpsertOptions {
  readonly onConflict?: string;
}

/** A statement and its parameters; null where there is nothing to write. */
export type Statement = { readonly text: string; readonly values: unknown[] } | null;

/** Writes many rows of one table in one statement, see `upserted`. */
export async function upsert<R extends object>(
  client: PoolClient,
  entity: new () => R,
  rows: readonly R[],
  options: UpsertOptions = {},
): Promise<void> {
  const statement = upserted(entity, rows, options);
  if (statement !== null) await client.query(statement);
}

/** Runs statements one after the other; each is made while the database is at the one before. */
export async function inTurn(client: PoolClient, make: readonly (() => Statement)[]): Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  for (const one of make) {
    const statement = one();
    await running;
    if (statement !== null) {
      running = client.query(statement);
      // Told by the next turn.
      running.catch(() => undefined);
    }
  }
  await running;
}

/**
 * Writes many rows of one table in one statement. Keys within `rows` must differ.
 * @param rows by property name; money as text
 */
export function upserted<R extends object>(
  entity: new () => R,
  rows: readonly R[],
  options: UpsertOptions = {},
): Statement {
  if (rows.length === 0) return null;
  const { name, columns } = tableOf(entity);
  const keys = columns.filter(({ isKey }) => isKey).map(quoted);
  const set = columns.filter(({ isKey }) => !isKey).map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  return {
    text: `INSERT INTO ${name} AS t (${columns.map(quoted).join(', ')}) SELECT * FROM ${unnest(columns)}
     ON CONFLICT (${keys.join(', ')}) DO ${options.onConflict ?? `UPDATE SET ${set.join(', ')}`}`,
    values: arraysOf(columns, rows),
  };
}

/**
 * Changes some columns of many rows of one table in one statement; rows that aren't there are left out.
 * @param where a further condition on the table, `t`, so that only one of its partitions is looked at
 */
export function updated<R extends object>(
  entity: new () => R,
  rows: readonly R[],
  properties: readonly (keyof R)[],
  keys: readonly (keyof R)[],
  where = 'true',
): Statement {
  if (rows.length === 0) return null;
  const { name, columns } = tableOf(entity);
  const changed = columns.filter(({ property }) => properties.includes(property as keyof R));
  const keyed = columns.filter(({ property }) => keys.includes(property as keyof R));
  const given = [...keyed, ...changed];
  return {
    text: `UPDATE ${name} AS t SET ${changed.map((column) => `${quoted(column)} = e.${quoted(column)}`).join(', ')}
       FROM ${unnest(given)} AS e(${given.map(quoted).join(', ')})
      WHERE ${keyed.map((column) => `t.${quoted(column)} = e.${quoted(column)}`).join(' AND ')} AND ${where}`,
    values: arraysOf(given, rows),
  };
}

/** `unnest($1::text[], …)` over the columns, in their order. */
export const unnest = (columns: readonly TableColumn[]): string =>
  `unnest(${columns.map(({ type }, i) => `$${i + 1}::${type}[]`).join(', ')})`;

/** The parameters of `unnest`: one array per column, as PostgreSQL writes arrays. */
export function arraysOf<R extends object>(columns: readonly TableColumn[], rows: readonly R[]): string[] {
  return columns.map(({ property, type }) => {
    const element = type === 'text' ? quotedText : plainText;
    return `{${rows.map((row) => element((row as Record<string, Cell>)[property])).join(',')}}`;
  });
}

type Cell = string | number | boolean | null | undefined;
// pg escapes every element with regular expressions; this is most of what a bulk write costs in this process.
const plainText = (value: Cell): string => (value === null || value === undefined ? 'NULL' : String(value));
const quotedText = (value: Cell): string => {
  if (value === null || value === undefined) return 'NULL';
  const words = String(value);
  return /["\\]/.test(words) ? `"${words.replace(/["\\]/g, '\\$&')}"` : `"${words}"`;
};

/** `return` is a word of SQL. */
const quoted = ({ name }: TableColumn): string => `"${name}"`;
