import { partitionOf, record, streams, type ServiceName, type Stream } from '@slipstream/contracts';
import type { Outgoing } from './fold.js';
import type { LogRecord } from './log.js';

/** What can't be read goes there, whole, with where it lay and why; (topic, partition, offset) identifies it. */
export function deadLetter(
  service: ServiceName,
  from: Stream,
  partition: number,
  { offset, key, value }: LogRecord,
  reason: string,
): Outgoing {
  return {
    to: streams.deadLetters,
    record: record('DeadLetter', { service, topic: from.topic, partition, offset, reason, key, value }),
    key: service,
    partition: partitionOf(service, streams.deadLetters.partitions),
  };
}
