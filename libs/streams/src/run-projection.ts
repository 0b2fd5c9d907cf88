import { Assignment } from './assignment.js';
import { connect, consume, type AnyRunOptions } from './connections.js';
import type { TopicPartition } from './log.js';
import type { Running } from './options.js';
import { ProjectedPartition, type ProjectionShell } from './projected-partition.js';
import type { Projection } from './projection.js';
import { ProjectionWriter, type Portion } from './projection-writer.js';
import { Runtime } from './runtime.js';
import { CommandWriter } from './sender.js';
import { topicName } from './topics.js';

/**
 * Runs a projection over the journal partitions its group is given.
 * @throws Error when a start check fails: schema registry, topics, database
 */
export async function runProjection(projection: Projection, options: AnyRunOptions): Promise<Running> {
  const { service, schema, journals } = projection;
  const connections = await connect(service, schema, journals, options);
  const { logger, log, pool, prefix } = connections;
  const deadLetters = new CommandWriter(log, { attempts: 15, logger });
  const streams = new Map(journals.map((stream) => [topicName(stream, prefix), stream]));
  const partitionOf = ({ topic, partition }: TopicPartition): ProjectedPartition => {
    const stream = streams.get(topic);
    if (!stream) throw new Error(`${topic} isn't projected`);
    return new ProjectedPartition(shell, stream, partition);
  };
  const assignment = new Assignment(partitionOf);
  const shell: ProjectionShell = {
    ...connections,
    projection,
    write: lanesOf(projection, () => new ProjectionWriter(pool, projection, logger, options.faults)),
    deadLetters,
    subscription: () => assignment.subscription,
    stopping: () => runtime.stopping,
    fail: (error) => runtime.fail(error),
  };
  const runtime = new Runtime({
    ...options,
    ...connections,
    inboxTopic: [...streams.keys()].join(', '),
    owned: () => assignment.all(),
    commit: async (positions) => assignment.joined?.commit(positions),
    close: async () => {
      await assignment.joined?.close();
      await deadLetters.close();
      await connections.close();
    },
  });

  const subscription = await consume(connections, service, options, {
    topics: [...streams.keys()],
    concurrency: journals.reduce((sum, stream) => sum + stream.partitions, 0),
    onAssigned: (assigned, now) => {
      assignment.change(assigned, now);
      runtime.assigned();
    },
    onBatch: async (batch) => assignment.get(batch)?.handle(batch),
    onCrash: (error) => runtime.fail(error),
  });
  assignment.join(subscription);
  runtime.start();
  return runtime;
}

/** A writer for each lane, made when its first partition comes. */
function lanesOf(projection: Projection, open: () => ProjectionWriter): (portion: Portion) => Promise<boolean> {
  const lanes = new Map<number, ProjectionWriter>();
  return (portion) => {
    const { stream, partition } = portion.partition;
    const lane = projection.laneOf?.(stream.topic, partition) ?? 0;
    let writer = lanes.get(lane);
    if (writer === undefined) lanes.set(lane, (writer = open()));
    return writer.write(portion);
  };
}
