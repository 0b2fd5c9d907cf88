import { getMetadataArgsStorage } from 'typeorm';
import { CopiedLeadPositionRow, CopyRow, LatencyRow, OutcomeRow, OwnOrderRow } from './entities/copy.js';
import {
  AccountsMarkRow,
  ProviderCopiersRow,
  ProviderCopiesRow,
  ProviderOutcomeRow,
  ProviderSlippageRow,
} from './entities/copiers.js';
import {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderDayRow,
  ProviderMidnightRow,
  ProviderOrderRow,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
} from './entities/provider.js';
import {
  CopyShareRow,
  MeasureRow,
  ProviderDueRow,
  ProviderEarningRow,
  SettlementRow,
  ShareFlowRow,
  SubscriptionChargeRow,
} from './entities/settlement.js';

/** All tables of the read model. */
export const entities = [
  ProviderRow,
  ProviderStatsRow,
  ProviderPeriodRow,
  ProviderMidnightRow,
  LeadPositionRow,
  ProviderOrderRow,
  ProviderDayRow,
  LineRow,
  LineMarkRow,
  CopyRow,
  CopiedLeadPositionRow,
  OwnOrderRow,
  OutcomeRow,
  LatencyRow,
  ProviderCopiesRow,
  ProviderCopiersRow,
  ProviderOutcomeRow,
  ProviderSlippageRow,
  AccountsMarkRow,
  SettlementRow,
  SubscriptionChargeRow,
  CopyShareRow,
  ProviderEarningRow,
  ProviderDueRow,
  ShareFlowRow,
  MeasureRow,
] as const;

/** A table's column as its entity declares it. */
export interface TableColumn {
  readonly property: string;
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

/** What an entity's table looks like. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
}

const tables = new Map<new () => object, Table>();

/** Name and columns of an entity's table, for bulk statements: one place says what a table looks like. */
export function tableOf(entity: new () => object): Table {
  let table = tables.get(entity);
  if (table === undefined) tables.set(entity, (table = declaredTable(entity)));
  return table;
}

function declaredTable(entity: new () => object): Table {
  const storage = getMetadataArgsStorage();
  const table = storage.tables.find(({ target }) => target === entity);
  if (table?.name === undefined) throw new Error(`${entity.name} is not an entity`);
  const columns = storage.columns
    .filter(({ target }) => target === entity)
    .map(({ propertyName, options }) => ({
      property: propertyName,
      name: String(options.name),
      type: String(options.type),
      isKey: options.primary === true,
    }));
  return { name: table.name, columns };
}

const templates = new Map<new () => object, Readonly<Record<string, null>>>();

/**
 * A row with all properties of its entity. Rows are kept by the hundred thousand: copies of one that has all properties
 * share their layout, while an object that gets them one by one ends up as a hash table of its own, several times the size.
 */
function emptyRow(entity: new () => object): Record<string, unknown> {
  let template = templates.get(entity);
  if (template === undefined) {
    const properties = tableOf(entity).columns.map(({ property }) => `${JSON.stringify(property)}:null`);
    template = JSON.parse(`{${properties.join(',')}}`) as Record<string, null>;
    templates.set(entity, template);
  }
  return { ...template };
}

/** A row as pg gives it (snake case, int8 as text) as its entity. */
export function rowOf<R extends object>(entity: new () => R, raw: Readonly<Record<string, unknown>>): R {
  const row = emptyRow(entity);
  for (const { property, name, type } of tableOf(entity).columns) {
    const value = raw[name];
    row[property] = type === 'bigint' && value !== null ? Number(value) : value;
  }
  return row as R;
}

/** What a row says, in the order of its entity's columns. */
export const valuesOf = <R extends object>(entity: new () => R, row: R): unknown[] =>
  tableOf(entity).columns.map(({ property }) => row[property as keyof R]);

/** A row of its values in the order of its entity's columns. */
export function rowOfValues<R extends object>(entity: new () => R, values: readonly unknown[]): R {
  const row = emptyRow(entity);
  tableOf(entity).columns.forEach(({ property }, at) => (row[property] = values[at]));
  return row as R;
}
