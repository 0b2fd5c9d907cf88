import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { endLeftover, freePorts, lastLines, sleep, StartError, type EmbeddedServer } from './common.ts';
import { javaProblem } from '../java.mjs';
import { kafkaJars } from './kafka-jars.ts';

export interface KafkaOptions {
  /** Keeps the log, the cluster id and the server's own log file; made when missing. */
  readonly dataDir: string;
  readonly heapMb?: number;
  /** The same port at each start, for clients that outlive the broker; any free one by default. */
  readonly port?: number;
}

export interface EmbeddedKafka extends EmbeddedServer {
  /** `host:port` for KAFKA_BROKERS. */
  readonly brokers: string;
  readonly logFile: string;
}

const startMsMax = 60_000;
const stopMsMax = 20_000;

/**
 * Starts Apache Kafka (KRaft, one node) on free loopback ports over `dataDir`, and resolves when it answers. The data
 * and the cluster id stay between starts; the ports change.
 */
export async function startKafka(options: KafkaOptions): Promise<EmbeddedKafka> {
  const dataDir = resolve(options.dataDir);
  const logFile = join(dataDir, 'server.log');
  const pidFile = join(dataDir, 'server.pid');
  await mkdir(dataDir, { recursive: true });
  await endLeftover(Number(await readFile(pidFile, 'utf8').catch(() => '0')) || -1, dataDir);
  const problem = await javaProblem();
  if (problem !== undefined) throw new StartError(problem);
  const [libs, [freePort = 0, controllerPort = 0]] = await Promise.all([kafkaJars(), freePorts(2)]);
  const port = options.port ?? freePort;
  const properties = join(dataDir, 'server.properties');
  await writeFile(properties, serverProperties(dataDir, port, controllerPort));
  if (!existsSync(join(dataDir, 'log', 'meta.properties'))) await format(libs, properties);

  const child = spawnServer(libs, properties, logFile, options.heapMb ?? 384);
  const wait = ended(child);
  await writeFile(pidFile, String(child.pid));
  const server: EmbeddedKafka = {
    brokers: `127.0.0.1:${port}`,
    pid: child.pid ?? -1,
    logFile,
    wait,
    stop: () => stop(child, wait),
    kill: () => void child.kill('SIGKILL'),
  };
  await untilAnswers(server, port, logFile);
  return server;
}

function spawnServer(libs: string, properties: string, logFile: string, heapMb: number): ChildProcess {
  const log = openSync(logFile, 'w');
  const child = spawn('java', [...jvmOptions(heapMb), ...mainClass(libs, 'kafka.Kafka'), properties], {
    // A process group of its own: Ctrl-C in the terminal must not stop the broker before the services.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

const jvmOptions = (heapMb: number): string[] => [
  `-Xms${Math.min(heapMb, 256)}m`,
  `-Xmx${heapMb}m`,
  '-XX:+UseSerialGC',
  '-Xshare:auto',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
];

const mainClass = (libs: string, name: string): string[] => ['-cp', join(libs, '*'), name];

function serverProperties(dataDir: string, port: number, controllerPort: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(dataDir, 'log'),
    'auto.create.topics.enable': false,
    'unclean.leader.election.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // Above the 16 MiB that topics allow, so that the topic's own limit speaks.
    'message.max.bytes': 17 * 1024 * 1024,
    'replica.fetch.max.bytes': 17 * 1024 * 1024,
    // One host, so a committed offset must outlive a long pause between two starts.
    'offsets.retention.minutes': 60 * 24 * 365,
    'log.segment.bytes': 256 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.recovery.threads.per.data.dir': 2,
    // After a SIGKILL the controller waits this long before it lets the same broker in again (9 s by default).
    'broker.session.timeout.ms': 5000,
    'broker.heartbeat.interval.ms': 500,
    'initial.broker.registration.timeout.ms': startMsMax,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

async function format(libs: string, properties: string): Promise<void> {
  const clusterId = randomBytes(16).toString('base64url');
  const options = ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  // In one word: an id may begin with a dash.
  const command = ['format', `--cluster-id=${clusterId}`, '--config', properties];
  await promisify(execFile)('java', [...options, ...mainClass(libs, 'kafka.tools.StorageTool'), ...command]);
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(signal ?? `exit code ${code}`));
  });
}

async function stop(child: ChildProcess, wait: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
  await wait;
  clearTimeout(timer);
}

async function untilAnswers(server: EmbeddedKafka, port: number, logFile: string): Promise<void> {
  const deadline = Date.now() + startMsMax;
  let exit: string | undefined;
  void server.wait.then((how) => (exit = how));
  while (!(await answersApiVersions(port))) {
    if (exit !== undefined || Date.now() > deadline) {
      server.kill();
      const why = exit === undefined ? `did not answer within ${startMsMax / 1000} s` : `ended (${exit})`;
      throw new StartError(`The embedded Kafka ${why}; the end of ${logFile}:\n${lastLines(logFile, 15)}`);
    }
    await sleep(40);
  }
}

/** True when something on the port answers Kafka's ApiVersions request (version 0) without an error. */
export function answersApiVersions(port: number, host = '127.0.0.1', timeoutMs = 2000): Promise<boolean> {
  const request = Buffer.alloc(14);
  request.writeInt32BE(10, 0);
  request.writeInt16BE(18, 4);
  request.writeInt32BE(7, 8);
  request.writeInt16BE(-1, 12);
  return new Promise((done) => {
    const socket = connect({ port, host });
    const finish = (answered: boolean) => {
      socket.destroy();
      done(answered);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 10) finish(received.readInt32BE(4) === 7 && received.readInt16BE(8) === 0);
    });
  });
}
