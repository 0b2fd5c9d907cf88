import type { OnApplicationShutdown } from '@nestjs/common';
import { streams, type ProviderStats } from '@slipstream/contracts';
import { openEdge, type Edge, type ServiceConfig } from '@slipstream/streams';

/** Writes statistics to providers.stats: compacted, so that the newest of each provider stays. */
export class StatsPublisher implements OnApplicationShutdown {
  private edge: Promise<Edge> | undefined;

  /** Connects at the first call; a failed connection is tried again at the next. */
  async publish(config: ServiceConfig, stats: readonly ProviderStats[], correlationId: string): Promise<void> {
    const { brokers, topicPrefix, schemaRegistryUrl } = config;
    this.edge ??= openEdge({ brokers, topicPrefix, schemaRegistryUrl, clientId: 'stats-projector-publisher' });
    const edge = await this.edge.catch((error: unknown) => {
      this.edge = undefined;
      throw error;
    });
    await edge.send(
      stats.map((record) => ({ to: streams.providersStats, record, key: record.providerId, correlationId })),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    const edge = await this.edge?.catch(() => undefined);
    await edge?.close();
  }
}
