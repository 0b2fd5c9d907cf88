import type { ProviderFundsRecorded } from '@slipstream/contracts';
import { afterFlow, decimal, noReturns, returnStats, type Decimal } from '@slipstream/domain';
import { runningDay, setProvider, type Line, type LineChanges, type Provider } from './line.js';

/**
 * Money of the provider's venue account besides fills. A deposit or withdrawal cuts the day and is no result; funding is
 * one. A figure of the venue's own that is lower than what was computed is a loss; one that is higher is taken as money that
 * came in, since nothing says that it was earned.
 */
export function countFunds(line: Line, event: ProviderFundsRecorded, offset: number, changes: LineChanges): void {
  const provider = line.providers.get(event.providerId);
  if (provider === undefined) throw new Error(`funds of ${event.providerId}, which is not registered`);
  const [before, after] = [decimal(event.equityBefore), decimal(event.equityAfter)];
  const moved = after.minus(before);
  const isFlow =
    event.kind === 'deposit' || event.kind === 'withdrawal' || (event.kind === 'equity' && after.gt(before));
  const flowed = isFlow ? withFlow(provider, before, after) : provider;
  setProvider(line, changes, {
    ...flowed,
    asOf: Math.max(provider.asOf, event.occurredAt, line.watermark),
    logOffset: offset,
    funds: provider.funds.plus(moved),
  });
}

function withFlow(provider: Provider, before: Decimal, after: Decimal): Provider {
  const { series, restarted } = afterFlow(provider.series, before, after);
  const dayFlows = provider.dayFlows.plus(after).minus(before);
  return restarted ? { ...withNewSeries(provider), series, dayFlows } : { ...provider, series, dayFlows };
}

/** Money has come after all was lost: a new series begins with the day that runs. */
export function withNewSeries(provider: Provider): Provider {
  const returns = returnStats(noReturns);
  const { windows } = provider;
  return {
    ...provider,
    seriesFrom: runningDay(provider),
    windows: {
      '7d': { ...windows['7d'], returns },
      '30d': { ...windows['30d'], returns },
      '90d': { ...windows['90d'], returns },
      all: { ...windows.all, returns },
    },
  };
}
