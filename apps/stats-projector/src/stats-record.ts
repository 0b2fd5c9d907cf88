import type { ProviderStats } from '@slipstream/contracts';
import { decimal, periods, text } from '@slipstream/domain';
import type { PoolClient } from 'pg';
import { formulaVersion, type Told } from './write-line.js';

/** What is published of a provider's copies, as of the line's last write. */
export type PublishedCopiers = Pick<ProviderStats, 'aum' | 'copierPnl' | 'copierReturn' | 'copiersInProfit'>;
const noCopiers: PublishedCopiers = { aum: null, copierPnl: null, copierReturn: null, copiersInProfit: null };

/** Copiers of providers, by provider. */
export async function readCopiersOf(
  client: PoolClient,
  providerIds: readonly string[],
): Promise<(providerId: string) => PublishedCopiers> {
  if (providerIds.length === 0) return () => noCopiers;
  const { rows } = await client.query<Record<string, string | null>>(
    `SELECT provider_id, aum, realised_pnl, realised_return, profit_share FROM provider_copiers
      WHERE provider_id = ANY ($1)`,
    [providerIds],
  );
  const plain = (value: string | null | undefined): string | null => (value ? text(decimal(value)) : null);
  const known = new Map(
    rows.map((row): [string, PublishedCopiers] => [
      row['provider_id'] ?? '',
      {
        aum: plain(row['aum']),
        copierPnl: plain(row['realised_pnl']),
        copierReturn: plain(row['realised_return']),
        copiersInProfit: plain(row['profit_share']),
      },
    ]),
  );
  return (providerId) => known.get(providerId) ?? noCopiers;
}

/** The public record of a provider. */
export function statsRecord({ stats, hash }: Told, copiers: PublishedCopiers): ProviderStats {
  const { all } = stats.periods;
  const { providerId, asOf, logPartition, logOffset, status, strategy, ranked, followers } = stats;
  return {
    type: 'ProviderStats',
    ...{ providerId, asOf, logPartition, logOffset, formulaVersion },
    fills: all.fills,
    orders: all.orders,
    grossPnl: all.grossPnl,
    fees: all.fees,
    netPnl: all.totalPnl,
    closedPositions: all.totalTrades,
    wonPositions: all.wonTrades,
    winRate: all.winRate,
    roiAll: all.roi,
    maxDrawdown: all.maxDrawdown,
    ...{ status, strategy, ranked, followers },
    risk: stats.risk,
    riskLevel: stats.riskLevel,
    hash,
    periods: periods.map((period) => ({ period, ...stats.periods[period] })),
    ...copiers,
  };
}
