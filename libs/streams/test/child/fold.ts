// Not the index: without Nest a child starts in half the time.
import { openKafkaJsLog } from '../../src/kafkajs-log.js';
import type { Log } from '../../src/log.js';
import type { FaultPoints, LogOptions, Running } from '../../src/options.js';
import { runFold } from '../../src/run-fold.js';
import { runProjection } from '../../src/run-projection.js';
import { accounts } from '../toy/accounts.js';
import { migrateCounts, readModel } from '../toy/read-model.js';
import { providers } from '../toy/providers.js';
import type { ChildOptions } from '../world.js';

const options = JSON.parse(process.env['CHILD'] ?? '') as ChildOptions;
const log = (level: string) => (fields: object, message: string) =>
  console.log(JSON.stringify({ level, message, ...fields }));
const logger = { debug: () => undefined, info: log('info'), warn: log('warn'), error: log('error') };
const say = (word: string): void => void process.send?.(word);
const released = new Promise<void>((resolve) => process.on('message', (word) => word === 'release' && resolve()));

function faults(): FaultPoints {
  const { fault } = options;
  if (!fault) return {};
  let times = 0;
  return {
    [fault.point]: async () => {
      if (++times !== fault.nth) return;
      if (fault.action === 'kill') process.kill(process.pid, 'SIGKILL');
      say('parked');
      await released;
    },
  };
}

/** Half of the partitions of a request reach the log, then the process is gone. */
function halfSending(nth: number): (of: LogOptions) => Log {
  return (of) => {
    const whole = openKafkaJsLog(of);
    let times = 0;
    return {
      ...whole,
      openAppender: async () => {
        const appender = await whole.openAppender();
        return {
          ...appender,
          append: async (batches) => {
            if (batches.length < 2 || !batches[0]?.topic.endsWith('.commands') || ++times !== nth)
              return appender.append(batches);
            await appender.append(batches.slice(0, batches.length / 2));
            process.kill(process.pid, 'SIGKILL');
            return [];
          },
        };
      },
    };
  };
}

const { brokers, topicPrefix, databaseUrl, groupId, rules, sliceEntriesMax, saveIntervalMs } = options;
const run = {
  brokers,
  topicPrefix,
  databaseUrl,
  logger,
  faults: faults(),
  ...(groupId === undefined ? {} : { groupId }),
  ...(rules === undefined ? {} : { rules }),
  ...(sliceEntriesMax === undefined ? {} : { sliceEntriesMax }),
  ...(saveIntervalMs === undefined ? {} : { saveIntervalMs }),
  ...(options.halfSend === undefined ? {} : { openLog: halfSending(options.halfSend) }),
};
async function start(): Promise<Running> {
  if (options.projection === true) {
    await migrateCounts(databaseUrl);
    return runProjection(readModel(), run);
  }
  if (options.hop === 'providers') return runFold(providers({ skew: options.skew ?? 0 }), run);
  return runFold(accounts({ effects: options.effects ?? true }), run);
}

const running = await start();
process.on('SIGTERM', () => void running.stop().then(() => process.exit(0)));
running.done().catch(() => process.exit(1));
await running.ready();
say('ready');
