import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { streams } from '@slipstream/contracts';
import { stopStack } from '@slipstream/testing';
import { dependenciesToken, HealthController, type Dependencies } from '../src/health.js';
import { openEdge, runFold, StreamStrategy, topicName } from '../src/index.js';
import { accounts } from './toy/accounts.js';
import { input } from './toy/input.js';
import { providers } from './toy/providers.js';
import { closeWorlds, expectUndisturbed, newWorld, pause, send, settled, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await newWorld();
}, 120_000);
afterAll(async () => {
  await closeWorlds();
  await stopStack();
}, 60_000);

test('two hops answer everything, and committed offsets tell when', async () => {
  const { brokers, topicPrefix, database } = world;
  const options = { brokers, topicPrefix };
  const one = await runFold(providers(), { ...options, databaseUrl: database.urls['copy-engine'] });
  const two = await runFold(accounts(), { ...options, databaseUrl: database.urls['position-sizer'] });
  await Promise.all([one.ready(), two.ready()]);
  await send(world, input({ followers: 30, rounds: 6 }));
  for (const service of ['copy-engine', 'position-sizer'] as const) await untilCommitted(service);
  await settled(world, 'providers', 'accounts');
  await expectUndisturbed(world, 'providers');
  await expectUndisturbed(world, 'accounts');
  expect(one.status()).toMatchObject({ ready: true, live: true, failure: null });
  await one.stop();
  await two.stop();
}, 60_000);

async function untilCommitted(service: 'copy-engine' | 'position-sizer'): Promise<void> {
  const inbox = service === 'copy-engine' ? streams.providersCommands : streams.accountsCommands;
  const topic = topicName(inbox, world.topicPrefix);
  for (const until = Date.now() + 30_000; ; await pause(50)) {
    const committed = await world.log.committed(world.topicPrefix + service, topic);
    const ends = await world.log.ends(topic);
    if ([...ends].every(([partition, { high }]) => high > 0 && committed.get(partition) === high)) return;
    if (Date.now() > until) throw new Error(`${service} has not committed to the end`);
  }
}

test('records wait and nothing moves: not live, until it moves again', async () => {
  const { brokers, topicPrefix, database } = world;
  const gate = Promise.withResolvers<void>();
  const one = await runFold(providers(), {
    brokers,
    topicPrefix,
    databaseUrl: database.urls['copy-engine'],
    stuckMs: 400,
    faults: { beforeAppend: () => gate.promise },
  });
  const strategy = new StreamStrategy(async () => one);
  await strategy.listen(() => undefined);
  const app = await healthOf({
    strategy,
    broker: async () => undefined,
    database: async () => undefined,
    close: async () => undefined,
  });
  const live = () => app.inject('/health/live');
  try {
    await one.ready();
    await pause(500);
    expect((await live()).statusCode).toBe(200);
    await send(world, input({ followers: 0, rounds: 2, from: 1000 }));
    for (const until = Date.now() + 10_000; (await live()).statusCode === 200 && Date.now() < until;) await pause(50);
    expect((await live()).statusCode).toBe(503);
    expect((await live()).json()).toMatchObject({ error: { stream: { message: 'records wait and nothing moves' } } });
    gate.resolve();
    await settled(world, 'providers');
    expect((await live()).statusCode).toBe(200);
  } finally {
    gate.resolve();
    await app.close();
    await one.stop();
  }
}, 60_000);

async function healthOf(dependencies: Dependencies): Promise<NestFastifyApplication> {
  @Module({
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [{ provide: dependenciesToken, useValue: dependencies }],
  })
  class HealthModule {}
  const app = await NestFactory.create<NestFastifyApplication>(HealthModule, new FastifyAdapter(), { logger: false });
  await app.init();
  return app;
}

test('serve: health, metrics, one JSON line per log, a clean end at SIGTERM', async () => {
  const { brokers, topicPrefix, database } = world;
  const child = service({
    KAFKA_BROKERS: brokers.join(),
    DATABASE_URL: database.urls['copy-engine'],
    TOPIC_PREFIX: topicPrefix,
  });
  const { port } = await child.line('listening');
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${String(port)}${path}`);
  expect((await get('/health/live')).status).toBe(200);
  for (const until = Date.now() + 10_000; Date.now() < until && (await get('/health/ready')).status !== 200;)
    await pause(50);
  expect(await (await get('/health/ready')).json()).toMatchObject({
    status: 'ok',
    details: { stream: { partitions: 12 } },
  });
  expect(await (await get('/metrics')).text()).toMatch(
    /slipstream_position\{topic="[^"]+",partition="11",service="copy-engine"\} \d+/,
  );
  child.process.kill('SIGTERM');
  expect(await child.exited).toBe(0);
  for (const log of child.lines())
    expect(log).toMatchObject({ service: 'copy-engine', msg: expect.any(String) as string });
}, 60_000);

test('serve: a wrong environment ends it with 1 and a sentence for each variable', async () => {
  const child = service({ KAFKA_BROKERS: '', DATABASE_URL: 'mysql://x', PORT: 'abc' });
  expect(await child.exited).toBe(1);
  const [last] = child.lines().slice(-1);
  expect(last?.['msg']).toMatch(/KAFKA_BROKERS is not set: .*DATABASE_URL is "mysql:\/\/x": .*PORT is "abc": /);
}, 30_000);

test('an edge without a broker says so', async () => {
  await expect(openEdge({ brokers: ['127.0.0.1:1'] })).rejects.toThrow(
    /No Kafka broker answers at 127.0.0.1:1; check KAFKA_BROKERS/,
  );
}, 30_000);

function service(env: Record<string, string>) {
  const script = (name: string): string => fileURLToPath(new URL(`./child/${name}`, import.meta.url));
  const process_ = spawn(process.execPath, ['--import', script('register.mjs'), script('service.ts')], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  process_.stdout.on('data', (data: Buffer) => (output += data.toString()));
  const lines = (): Record<string, unknown>[] =>
    output.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return {
    process: process_,
    lines,
    exited: once(process_, 'exit').then(([code, signal]) => (code as number | null) ?? (signal as string)),
    line: async (msg: string): Promise<Record<string, unknown>> => {
      for (const until = Date.now() + 25_000; Date.now() < until; await pause(30)) {
        const found = lines().find((line) => line['msg'] === msg);
        if (found) return found;
      }
      throw new Error(`never said ${msg}: ${output}`);
    },
  };
}
