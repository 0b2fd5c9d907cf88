/** Which broker, and what stands before every topic name. */
export interface Connection {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  /** Where schema ids come from; the lock file without it. */
  readonly schemaRegistryUrl?: string | null;
}

/** The environment lacks what the feed needs; the message is the sentence to show. */
export class BadEnvironment extends Error {}

/** @throws BadEnvironment */
export function connectionOf(environment: NodeJS.ProcessEnv): Connection {
  const brokers = (environment['KAFKA_BROKERS'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  if (brokers.length === 0) {
    throw new BadEnvironment('KAFKA_BROKERS is not set; it takes a comma-separated list such as 127.0.0.1:9092.');
  }
  const schemaRegistryUrl = environment['SCHEMA_REGISTRY_URL'] || null;
  return { brokers, topicPrefix: environment['TOPIC_PREFIX'] ?? '', schemaRegistryUrl };
}
