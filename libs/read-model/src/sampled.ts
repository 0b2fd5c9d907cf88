import { decimal, type Decimal } from '@slipstream/domain';
import type { Pool } from 'pg';

/**
 * What the database has sampled of a column (ANALYZE): the nulls and the common values with their part of all rows, and
 * bounds that cut the rest into equal parts. A hint for how to read, never for what is read.
 */
export interface SampledColumn {
  readonly nulls: number;
  readonly common: ReadonlyMap<string, number>;
  readonly bounds: readonly string[];
}

export interface SampledTable {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, SampledColumn>;
}

const keptMs = 60_000;
interface Kept {
  readonly untilMs: number;
  readonly table: Promise<SampledTable | undefined>;
}
/** By pool, then by table: few, and all of them hints. */
const kept = new WeakMap<object, Map<string, Kept>>();

/** What is known of a table, read at most once a minute; undefined when it was never analysed. */
export function sampledTable(pool: Pick<Pool, 'query'>, name: string): Promise<SampledTable | undefined> {
  let tables = kept.get(pool);
  if (tables === undefined) kept.set(pool, (tables = new Map<string, Kept>()));
  const found = tables.get(name);
  const nowMs = performance.now();
  if (found !== undefined && nowMs < found.untilMs) return found.table;
  const table = read(pool, name);
  tables.set(name, { untilMs: nowMs + keptMs, table });
  // Whoever waits for it is told; the next one tries again.
  table.catch(() => tables.delete(name));
  return table;
}

async function read(pool: Pick<Pool, 'query'>, name: string): Promise<SampledTable | undefined> {
  const { rows } = await pool.query<{
    column: string;
    nulls: number;
    common: string[] | null;
    parts: number[] | null;
    bounds: string[] | null;
    rows: number;
  }>(
    `SELECT attname::text AS column, null_frac AS nulls, most_common_vals::text::text[] AS common,
            most_common_freqs AS parts, histogram_bounds::text::text[] AS bounds,
            (SELECT reltuples FROM pg_class WHERE oid = to_regclass($1)) AS rows
       FROM pg_stats WHERE schemaname = current_schema() AND tablename = $1`,
    [name],
  );
  const columns = rows.map(({ column, nulls, common, parts, bounds }): readonly [string, SampledColumn] => [
    column,
    { nulls, common: new Map(common?.map((value, at) => [value, parts?.[at] ?? 0])), bounds: bounds ?? [] },
  ]);
  return rows[0] === undefined ? undefined : { rows: rows[0].rows, columns: new Map(columns) };
}

/** Part of the rows that is neither null nor common. */
function restOf({ nulls, common }: SampledColumn): number {
  let rest = 1 - nulls;
  for (const part of common.values()) rest -= part;
  return Math.max(0, rest);
}

/** Part of all rows, 0 to 1, with this value; what is not among the common ones is taken for rare. */
export const partWith = ({ common }: SampledColumn, value: string): number => common.get(value) ?? 0;

/** Part of all rows that contain a text. */
export function partContaining(column: SampledColumn, part: string): number {
  const { bounds, common } = column;
  let sum =
    bounds.length === 0 ? 0 : (restOf(column) * bounds.filter((one) => one.includes(part)).length) / bounds.length;
  for (const [value, rows] of common) if (value.includes(part)) sum += rows;
  return sum;
}

/** Part of all rows that is below the value, and below it or equal. */
interface Step {
  readonly value: Decimal;
  readonly below: number;
  readonly upTo: number;
}

const steps = new WeakMap<SampledColumn, readonly Step[]>();

/** The steps of a column of numbers, lowest first. */
function stepsOf(column: SampledColumn): readonly Step[] {
  let known = steps.get(column);
  if (known === undefined) steps.set(column, (known = madeSteps(column)));
  return known;
}

function madeSteps(column: SampledColumn): Step[] {
  const rest = restOf(column) / Math.max(1, column.bounds.length - 1);
  const bounds = column.bounds.map((bound, at) => ({ value: decimal(bound), before: at === 0 ? 0 : rest, equal: 0 }));
  const common = [...column.common].map(([value, equal]) => ({ value: decimal(value), before: 0, equal }));
  let upTo = 0;
  return [...bounds, ...common]
    .sort((a, b) => a.value.cmp(b.value))
    .map(({ value, before, equal }) => {
      const below = upTo + before;
      upTo = below + equal;
      return { value, below, upTo };
    });
}

/** How many of the steps come before the first one that doesn't match. */
function stepsWhile(all: readonly Step[], matches: (value: Decimal) => boolean): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches((all[middle] as Step).value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Part of all rows from a value on. */
export function partFrom(column: SampledColumn, value: Decimal): number {
  const all = stepsOf(column);
  return Math.max(0, 1 - column.nulls - (all[stepsWhile(all, (one) => one.lt(value)) - 1]?.upTo ?? 0));
}

/**
 * A value so far below (`desc`) or above (`asc`) another one that at least this part of all rows is thought to lie between.
 * @param from without it from the highest or lowest on
 * @returns undefined when fewer than that are left
 */
export function boundOf(
  column: SampledColumn,
  order: 'asc' | 'desc',
  part: number,
  from: Decimal | undefined,
): Decimal | undefined {
  const all = stepsOf(column);
  if (order === 'desc') {
    const above = from === undefined ? all.length : stepsWhile(all, (one) => one.lte(from));
    const most = (all[above - 1]?.upTo ?? 0) - part;
    return all.findLast(({ below }) => below <= most)?.value;
  }
  // Between two steps as many as are below the upper one may already have been passed.
  const passed = from === undefined ? 0 : (all[stepsWhile(all, (one) => one.lt(from))]?.below ?? 1);
  return all.find(({ upTo }) => upTo >= passed + part)?.value;
}
