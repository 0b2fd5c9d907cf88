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
] as const;

/** A table's column as its entity declares it. */
export interface TableColumn {
  readonly property: string;
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

/** Name and columns of an entity's table, for bulk statements: one place says what a table looks like. */
export function tableOf(entity: new () => object): { readonly name: string; readonly columns: readonly TableColumn[] } {
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

/** A row as pg gives it (snake case, int8 as text) as its entity. */
export function rowOf<R extends object>(entity: new () => R, raw: Readonly<Record<string, unknown>>): R {
  const row: Record<string, unknown> = {};
  for (const { property, name, type } of tableOf(entity).columns) {
    const value = raw[name];
    row[property] = type === 'bigint' && value !== null ? Number(value) : value;
  }
  return row as R;
}
