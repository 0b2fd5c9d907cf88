import { record, streams, type AnyRecord } from '@slipstream/contracts';
import { partitionOf } from '@slipstream/contracts';
import type { EdgeCommand } from '../../src/index.js';

export const providerIds = ['prov-a', 'prov-b', 'prov-c'] as const;

/** Followers, then rounds of orders with a mark to every line between them. Each line of this "file" has its source. */
export function input(options: {
  readonly followers: number;
  readonly rounds: number;
  readonly from?: number;
}): EdgeCommand[] {
  const commands: EdgeCommand[] = [];
  let line = options.from ?? 0;
  const add = (value: AnyRecord, key: string | null, partition: number, ordinal: number): void => {
    commands.push({
      to: streams.providersCommands,
      record: value,
      key,
      partition,
      source: `file:toy/0/${line}/${ordinal}/1`,
      correlationId: `toy-${line}`,
      receivedAtMs: 1,
    });
  };
  if (line === 0) {
    for (let i = 0; i < options.followers; i++, line++) {
      const providerId = providerIds[i % providerIds.length] as string;
      const accountId = `acc-${String(i).padStart(5, '0')}`;
      const copyId = `${accountId}~${providerId}~1`;
      add(
        record('AddFollower', { providerId, accountId, copyId, copyOpenPositions: false, ownerId: '', occurredAt: 0 }),
        providerId,
        partitionOf(providerId, streams.providersCommands.partitions),
        0,
      );
    }
  }
  for (let round = 0; round < options.rounds; round++, line++) {
    const marks = {
      at: (line + 1) * 20_000,
      boundary: false,
      line: null,
      marks: [{ instrument: 'BTC', price: String(line % 7) }],
    };
    for (let partition = 0; partition < streams.providersCommands.partitions; partition++) {
      add(record('MarkPrices', marks), null, partition, partition);
    }
    line++;
    for (const [ordinal, providerId] of providerIds.entries()) {
      const partition = partitionOf(providerId, streams.providersCommands.partitions);
      add(fillsOf(providerId, line), providerId, partition, ordinal);
    }
  }
  return commands;
}

export function fillsOf(providerId: string, sequence: number, instrument = 'BTC'): AnyRecord {
  const fill = {
    sequence,
    tradeId: null,
    price: '100',
    quantity: '2',
    fee: '0',
    feeAsset: 'USDT',
    realisedPnl: null,
    occurredAt: sequence,
  };
  return record('RecordProviderFills', {
    providerId,
    clientOrderId: null,
    venueOrderId: null,
    instrument,
    side: 'buy',
    positionSide: 'long',
    leverage: null,
    marginMode: null,
    fills: [fill],
  });
}
