import { Assignment } from './assignment.js';
import { connect, consume, type AnyRunOptions, type Connections } from './connections.js';
import { schemaOf } from './database.js';
import { Decider } from './decide.js';
import type { Fold } from './fold.js';
import type { RangeReader } from './log.js';
import type { RunOptions, Running } from './options.js';
import { OwnedPartition } from './owned-partition.js';
import { Runtime } from './runtime.js';
import { SavedState } from './saved-state.js';
import { CommandWriter, JournalWriter } from './sender.js';
import type { Shell } from './shell.js';
import { topicName } from './topics.js';

/**
 * Runs a fold over the inbox partitions its group is given: the shell of ARCHITECTURE section 2.
 * @throws Error when a start check fails: schema registry, topics, database
 */
export async function runFold<S>(fold: Fold<S>, options: AnyRunOptions): Promise<Running> {
  const schema = options.schema ?? schemaOf(fold.service);
  const connections = await connect(fold.service, schema, [fold.inbox, fold.journal], options);
  const assignment: Assignment<OwnedPartition<S>> = new Assignment((of) => new OwnedPartition(shell, of.partition));
  const shell: OpenShell<S> = shellOf(fold, options, connections, {
    subscription: () => assignment.subscription,
    stopping: (): boolean => runtime.stopping,
    fail: (error) => runtime.fail(error),
  });
  const runtime: Runtime = runtimeOf(options, shell, assignment, connections);

  // Opened before it is needed: joining its group takes a moment.
  shell.reader().catch((error: unknown) => runtime.fail(error as Error));
  const subscription = await consume(connections, fold.service, options, {
    topics: [shell.inboxTopic],
    concurrency: fold.inbox.partitions,
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

type Control<S> = Pick<Shell<S>, 'subscription' | 'stopping' | 'fail'>;

/** The shell and what has to be closed with it. */
type OpenShell<S> = Shell<S> & { closeReader(): Promise<void> };

function shellOf<S>(
  fold: Fold<S>,
  options: RunOptions,
  { codec, prefix, log, pool, owner, logger, counters }: Connections,
  control: Control<S>,
): OpenShell<S> {
  const journalTopic = topicName(fold.journal, prefix);
  const { rules = '1', sliceEntriesMax } = options;
  const limit = sliceEntriesMax === undefined ? {} : { sliceEntriesMax };
  let reader: Promise<RangeReader> | undefined;
  return {
    ...control,
    fold,
    inboxTopic: topicName(fold.inbox, prefix),
    journalTopic,
    prefix,
    codec,
    decider: new Decider(fold, { codec, prefix, rules, logger, ...limit }),
    log,
    journal: new JournalWriter(log),
    commands: new CommandWriter(log, { attempts: 15, logger }),
    saved: new SavedState(pool, owner),
    reader: () => (reader ??= log.openReader([journalTopic], control.fail)),
    closeReader: async () => (await reader?.catch(() => undefined))?.close(),
    faults: options.faults ?? {},
    logger,
    counters,
  };
}

function runtimeOf<S>(
  options: RunOptions,
  shell: OpenShell<S>,
  assignment: Assignment<OwnedPartition<S>>,
  connections: Connections,
): Runtime {
  return new Runtime({
    ...options,
    ...connections,
    inboxTopic: shell.inboxTopic,
    owned: () => assignment.all(),
    commit: async (positions) => assignment.joined?.commit(positions),
    close: async () => {
      await assignment.joined?.close();
      await shell.closeReader();
      await shell.journal.close();
      await shell.commands.close();
      await connections.close();
    },
  });
}
