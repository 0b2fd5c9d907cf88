import { sleep, StartError } from '../embedded/common.ts';
import type { PreparedDatabase } from '../embedded/postgres.ts';
import { build } from '../build.mjs';
import {
  databaseName,
  deleteTopics,
  openBroker,
  openDatabase,
  openDatabaseServer,
  type Server,
} from './infrastructure.ts';
import { forgetServers, noteServers } from '../installation.ts';
import type { StartOptions } from './options.ts';
import { portsFrom } from './ports.ts';
import { serviceNames, Services } from './services.ts';
import type { Steps } from './steps.ts';

/** What the platform stands on, up and filled with topics, database and schemas. */
export interface Foundation {
  readonly brokers: string;
  readonly database: PreparedDatabase;
  /** Rejects when an embedded server ends by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

export const topicPrefix = (): string => process.env['TOPIC_PREFIX'] ?? '';

/** Broker, database and builds, all at once; whatever was started is stopped again when one of them fails. */
export async function layFoundation(options: StartOptions, dataDir: string, steps: Steps): Promise<Foundation> {
  const servers: Server[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  };
  const opened = async (server: Promise<Server>): Promise<Server> => {
    servers.push(await server);
    return server;
  };
  const building = steps.step(
    'build',
    () => build(),
    ({ files }) => (files === 0 ? 'up to date' : `${files} files`),
  );
  const broker = steps
    .step('Kafka', () => opened(openBroker(dataDir, process.env['KAFKA_BROKERS'])), described)
    .then(async (server) => {
      await building;
      await steps.step('topics', () => ensureTopics(server, options.fresh));
      return server;
    });
  const database = steps
    .step('PostgreSQL', () => opened(openDatabaseServer(dataDir, process.env['DATABASE_URL'])), described)
    .then((server) => {
      const name = databaseName(process.env['DATABASE_URL']);
      return steps.step(
        'database',
        () => openDatabase(server, dataDir, name, options.fresh),
        () => name,
      );
    });
  // All of them, so that nothing is still being started when the rest is stopped.
  const settled = await Promise.allSettled([building, broker, database]);
  const failure = settled.find((result) => result.status === 'rejected');
  if (failure !== undefined) {
    await stop();
    throw failure.reason;
  }
  const foundation = { brokers: (await broker).address, database: await database };
  await noteServers(dataDir, { brokers: foundation.brokers, databaseUrl: foundation.database.adminUrl });
  return {
    ...foundation,
    failed: failedOf(servers),
    stop: async () => {
      await forgetServers(dataDir);
      await stop();
    },
  };
}

const described = ({ embedded, address }: Server): string =>
  embedded ? `embedded, ${address.replace(/^.*@|\/\w*$/g, '')}` : `existing, ${address.replace(/^.*@/, '')}`;

async function ensureTopics(server: Server, fresh: boolean): Promise<void> {
  const prefix = topicPrefix();
  const groups = serviceNames.map((name) => prefix + name);
  if (fresh && !server.embedded) await deleteTopics(server.address, prefix, groups);
  const streams = await import('@slipstream/streams');
  await streams.ensureTopics(server.address.split(','), prefix);
  await warmCoordinators(server.address, groups);
}

/**
 * A new broker makes its topic of group offsets at the first question; until that is loaded, a service that joins a
 * group would have to start twice.
 */
async function warmCoordinators(brokers: string, groups: readonly string[]): Promise<void> {
  const { openOffsets, readersOf } = await import('./offsets.ts');
  const [first] = readersOf(topicPrefix());
  if (first === undefined) return;
  const offsets = await openOffsets(brokers);
  const answered = (group: string): Promise<boolean> =>
    offsets.committed({ group, topic: first.topic }).then(
      () => true,
      () => false,
    );
  try {
    const deadline = Date.now() + 30_000;
    while (!(await Promise.all(groups.map(answered))).every(Boolean) && Date.now() < deadline) await sleep(100);
  } finally {
    await offsets.close();
  }
}

function failedOf(servers: readonly Server[]): Promise<never> {
  const failed = Promise.race(servers.map((server) => server.ended)).then((how): never => {
    throw new StartError(
      `An embedded server ended by itself (${how}): see its log in the data folder, and start again.`,
    );
  });
  failed.catch(() => undefined);
  return failed;
}

/** Starts the seven services. */
export async function startServices(
  foundation: Foundation,
  options: StartOptions,
  dataDir: string,
  steps: Steps,
  onDiskError: (error: Error) => void,
): Promise<Services> {
  const { brokers, database } = foundation;
  const environment = { dataDir, brokers, database, ports: await portsFrom(options.port), speed: options.speed };
  const services = new Services(environment, (line) => steps.line(line), onDiskError);
  try {
    await steps.step(
      'services',
      () => services.start(),
      () => 'seven ready',
    );
    return services;
  } catch (error) {
    await services.stop();
    throw error;
  }
}
