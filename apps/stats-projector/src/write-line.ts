import type { ProviderStats } from '@slipstream/contracts';
import { maxDrawdown, netPnl, published, roiAll, text, winRate, type Decimal } from '@slipstream/domain';
import {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderDayRow,
  ProviderRow,
  ProviderStatsRow,
  upsert,
} from '@slipstream/read-model';
import type { PoolClient } from 'pg';
import type { Line, LineChanges, Provider } from './line.js';

/** Version of the formulas of all statistics; raised when one changes. */
export const formulaVersion = 1;

/** Writes what changed of a line: a statement per table, whatever the number of events. */
export async function writeLine(client: PoolClient, line: Line, changes: LineChanges): Promise<void> {
  const providers = [...changes.providers].map((id) => line.providers.get(id) as Provider);
  await upsert(
    client,
    ProviderRow,
    providers.map(({ row }) => row),
    { onConflict: 'NOTHING' },
  );
  await upsert(
    client,
    ProviderStatsRow,
    providers.map((provider) => statsRow(line.line, provider)),
  );
  await upsert(client, LeadPositionRow, [...changes.positions.values()]);
  await upsert(client, ProviderDayRow, [...changes.days.values()]);
  await upsert(
    client,
    LineMarkRow,
    [...changes.marks].map((instrument) => ({
      line: line.line,
      instrument,
      price: text(line.marks.get(instrument) as Decimal),
      contractSize: text(line.instruments(instrument).contractSize),
    })),
  );
  await upsert(client, LineRow, [{ line: line.line, watermark: line.watermark }]);
}

/** The figures of a provider as they are published. */
export function figuresOf(provider: Provider) {
  const { totals, closedPositions, wonPositions, series } = provider;
  return {
    fills: totals.fills,
    orders: totals.orders,
    grossPnl: text(totals.grossPnl),
    fees: text(totals.fees),
    netPnl: text(netPnl(totals)),
    closedPositions,
    wonPositions,
    winRate: published(winRate(wonPositions, closedPositions)),
    roiAll: published(roiAll(series)),
    maxDrawdown: published(maxDrawdown(series)),
  };
}

/** The public record of a provider. */
export const statsRecord = (line: number, provider: Provider): ProviderStats => ({
  type: 'ProviderStats',
  providerId: provider.row.providerId,
  asOf: provider.asOf,
  logPartition: line,
  logOffset: provider.logOffset,
  formulaVersion,
  ...figuresOf(provider),
});

const statsRow = (line: number, provider: Provider): ProviderStatsRow => ({
  providerId: provider.row.providerId,
  asOf: provider.asOf,
  logPartition: line,
  logOffset: provider.logOffset,
  formulaVersion,
  owed: provider.owed,
  ...figuresOf(provider),
  seriesDays: provider.series.days,
  seriesDayStartEquity: text(provider.series.dayStartEquity),
  seriesLastReturn: text(provider.series.lastReturn),
  seriesGrowth: text(provider.series.growth),
  seriesPeak: text(provider.series.peak),
  seriesDrawdown: text(provider.series.drawdown),
  seriesEnded: provider.series.ended,
  seriesBoundary: provider.seriesBoundary,
});
