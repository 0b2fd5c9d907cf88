import { partitionOf, type Codec } from '@slipstream/contracts';
import { header } from './headers.js';
import { openKafkaJsLog } from './kafkajs-log.js';
import { keyOf, type PartitionBatch } from './log.js';
import { silent } from './logger.js';
import { openCodec } from './open-codec.js';
import type { Edge, EdgeCommand, Logger } from './options.js';
import { CommandWriter } from './sender.js';
import { topicName } from './topics.js';

export interface EdgeOptions {
  readonly brokers: readonly string[];
  readonly topicPrefix?: string;
  readonly clientId?: string;
  readonly logger?: Logger;
  /** Where schema ids come from; the checked-in lock file by default. */
  readonly schemaRegistryUrl?: string | null;
}

/**
 * Opens a writer of commands for what isn't a fold: HTTP, files, tests. Order per partition is the order of the calls.
 * @throws Error naming the brokers when they can't be reached
 */
export async function openEdge(options: EdgeOptions): Promise<Edge> {
  const logger = options.logger ?? silent;
  const prefix = options.topicPrefix ?? '';
  const codec = await openCodec(options.schemaRegistryUrl);
  const log = openKafkaJsLog({ brokers: options.brokers, clientId: options.clientId ?? 'slipstream-edge', logger });
  try {
    await log.clusterId();
  } catch (error) {
    await log.close();
    throw new Error(
      `No Kafka broker answers at ${options.brokers.join(', ')}; check KAFKA_BROKERS and that the broker is up.`,
      { cause: error },
    );
  }
  const writer = new CommandWriter(log, { attempts: 12, logger });
  return {
    send: (commands) => writer.send(batchesOf(commands, codec, prefix)),
    close: async () => {
      await writer.close();
      await log.close();
    },
  };
}

function batchesOf(commands: readonly EdgeCommand[], codec: Codec, prefix: string): PartitionBatch[] {
  const batches = new Map<string, PartitionBatch>();
  for (const command of commands) {
    const partition = command.partition ?? partitionFor(command);
    const at = { topic: topicName(command.to, prefix), partition };
    let batch = batches.get(keyOf(at));
    if (!batch) batches.set(keyOf(at), (batch = { ...at, messages: [] }));
    batch.messages.push({ key: command.key, value: codec.encode(command.record), headers: headersOf(command) });
  }
  return [...batches.values()];
}

function partitionFor({ to, key, record }: EdgeCommand): number {
  if (key === null) throw new Error(`${record.type} for ${to.topic} needs a key or a partition.`);
  return partitionOf(key, to.partitions);
}

function headersOf({ correlationId, source, receivedAtMs }: EdgeCommand): Record<string, string> {
  return {
    [header.correlationId]: correlationId,
    ...(source === undefined ? {} : { [header.source]: source }),
    ...(receivedAtMs === undefined ? {} : { [header.receivedAt]: String(receivedAtMs) }),
  };
}
