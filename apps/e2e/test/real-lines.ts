import { join } from 'node:path';
import { ProviderLine, type Instruments, type LineRecord } from '@slipstream/domain';
import { fileSteps } from '../../order-gateway/src/feed/file-steps.js';
import { dataFolder } from './data.js';

/** The lines of the real providers, each with 10,000 at the start, as the feed makes them of the file. */
export async function realLines(instruments: Instruments): Promise<ReadonlyMap<string, LineRecord[]>> {
  const lines = new Map<string, { provider: ProviderLine; records: LineRecord[] }>();
  const malformed = (): never => {
    throw new Error('a line of the real fills can’t be read');
  };
  for await (const step of fileSteps(join(dataFolder, 'leader-fills.csv'), 'real', null, malformed)) {
    const [{ record: first } = { record: null }, second] = step.commands;
    if (first?.type === 'MarkPrices') {
      // A mark for all partitions comes once to each provider; before an order it is for the order's provider alone.
      const only = second?.record.type === 'RecordProviderFills' ? second.record.providerId : null;
      if (only !== null && !lines.has(only))
        lines.set(only, { provider: new ProviderLine(only, '10000', instruments), records: [] });
      for (const [providerId, { provider, records }] of lines)
        if (only === null || only === providerId) records.push(...provider.take(first));
    }
    if (second?.record.type !== 'RecordProviderFills') continue;
    const line = lines.get(second.record.providerId);
    line?.records.push(...line.provider.take(second.record));
  }
  return new Map([...lines].map(([providerId, { records }]) => [providerId, records]));
}
