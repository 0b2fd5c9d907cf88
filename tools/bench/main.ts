// npm run bench -- --quick --json FILE
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import kafkajs from 'kafkajs';
import { StartError } from '../embedded/common.ts';
import { builtService, type Child } from './child.ts';
import type { Watched } from './cpu.ts';
import { measureLatency, measureTurn, type Turn } from './measure.ts';
import { crowded, fullPlan, lonely, quickPlan, type Plan } from './plan.ts';
import { RawSide } from './raw.ts';
import { machine, measured, ratioOf, table, writeJson, type Findings } from './report.ts';
import { startServers, type Servers } from './servers.ts';
import { benchSettlement } from './settlement/main.ts';
import { benchStatistics } from './statistics/main.ts';
import { StraightLine } from './straight-line.ts';
import { together } from './verify.ts';
import { benchWhatIf } from './what-if.ts';

interface Options {
  readonly quick?: true;
  readonly json?: string;
  readonly profile?: string;
  readonly followers?: string;
  readonly whatIf?: true;
  readonly stats?: true;
  readonly settlement?: true;
  readonly copies?: string;
  readonly statsSeconds?: string;
}

const options = new Command('bench')
  .description(
    'Measures a bare kafkajs and the straight line (provider fill → PlaceOrders) on the same broker, in turns.',
  )
  .option('--quick', 'about two minutes instead of ten')
  .option('--json <file>', 'writes all figures')
  .option('--what-if', 'only how fast a what-if is; needs neither Kafka nor PostgreSQL')
  .option('--stats', 'only leaderboard and statistics, with 10,000 providers and 200,000 copies under load')
  .option('--settlement', 'only a boundary of many copies: how long until each is charged and booked')
  .option('--copies <number>', 'with --settlement (100,000; --quick 20,000)')
  .option('--stats-seconds <number>', 'with --stats: how long the load goes on (60; --quick 20)')
  .option('--followers <number>', 'of the crowded provider (10,000)')
  .option('--profile <folder>', 'writes a CPU profile of each process and turn')
  .parse()
  .opts<Options>();

const say = (text: string): void => console.log(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${text}`);

async function main(): Promise<void> {
  if (options.whatIf) return benchWhatIf();
  if (options.stats) return statistics(options);
  if (options.settlement) return settlement(options);
  for (const service of ['copy-engine', 'position-sizer']) builtService(service);
  const base = options.quick ? quickPlan : fullPlan;
  const plan = options.followers === undefined ? base : { ...base, followers: Number(options.followers) };
  const profileDir = options.profile === undefined ? undefined : resolve(options.profile);
  if (profileDir) await mkdir(profileDir, { recursive: true });

  say('starting Kafka and PostgreSQL');
  const servers = await startServers();
  const prefix = `bench${randomBytes(4).toString('hex')}.`;
  const kafka = new kafkajs.Kafka({
    brokers: servers.brokers.split(','),
    clientId: 'bench',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const raw = new RawSide(kafka, prefix, plan.followers);
  const ours = new StraightLine(kafka, prefix, plan.followers);
  try {
    const findings = await measure(plan, servers, raw, ours, profileDir);
    console.log(`\n${table(findings)}`);
    if (options.json !== undefined) await writeJson(options.json, findings);
    const { missing, duplicated } = findings.straightLine.checked;
    if (missing + duplicated + findings.rawKafkajs.checked.missing > 0) process.exitCode = 1;
  } finally {
    await Promise.allSettled([raw.stop(), ours.stop()]);
    await servers.stop();
  }
}

async function statistics({ quick, statsSeconds, json, profile }: Options): Promise<void> {
  const seconds = Number(statsSeconds ?? (quick ? 20 : 60));
  if (profile !== undefined) await mkdir(profile, { recursive: true });
  const path = profile && join(profile, 'stats-projector.cpuprofile');
  if (!(await benchStatistics({ quick: quick === true, seconds, json, profile: path, say }))) process.exitCode = 1;
}

async function settlement({ quick, copies, json }: Options): Promise<void> {
  const count = Number(copies ?? (quick ? 20_000 : 100_000));
  if (!(await benchSettlement({ copies: count, json, say }))) process.exitCode = 1;
}

async function measure(
  plan: Plan,
  servers: Servers,
  raw: RawSide,
  ours: StraightLine,
  profileDir: string | undefined,
): Promise<Findings> {
  say(`starting the services and ${plan.followers.toLocaleString('en-US')} copies`);
  const setup = performance.now();
  await raw.start(servers.brokers, profileDir !== undefined);
  await ours.start(servers.brokers, servers.urls, profileDir !== undefined);
  const seed = performance.now() - setup;

  say('warming up');
  await raw.saturate(plan.warmUpOrders);
  await ours.saturate(plan.warmUpOrders);
  let found = await ours.settle();
  const settle = async (): Promise<void> => void (found = together(found, await ours.settle()));

  const bench: Watched = { name: 'bench (feed, observer)', pid: process.pid };
  const rawWatched = [{ name: 'rawKafkajs', pid: raw.child.pid }, ...servers.watched, bench];
  const ourWatched = [...ours.children.map(({ name, pid }) => ({ name, pid })), ...servers.watched, bench];
  const [rawTurns, ourTurns]: [Turn[], Turn[]] = [[], []];
  for (let turn = 1; turn <= plan.repeats; turn++) {
    const suffix = profileDir && join(profileDir, `turn-${turn}`);
    rawTurns.push(await profiled([raw.child], suffix, () => measureTurn(raw, plan.orders, plan.followers, rawWatched)));
    ourTurns.push(
      await profiled(ours.children, suffix, () => measureTurn(ours, plan.orders, plan.followers, ourWatched)),
    );
    await settle();
    const perSecond = [rawTurns, ourTurns].map((turns) => Math.round((turns.at(-1) as Turn).commandsPerSecond));
    say(`turn ${turn}: raw ${perSecond[0]}/s, straight line ${perSecond[1]}/s`);
  }

  say('measuring latency');
  const latency = {
    raw: { crowd: await measureLatency(raw, crowded, plan.latency.crowd) },
    ours: {
      crowd: await measureLatency(ours, crowded, plan.latency.crowd),
      one: await measureLatency(ours, lonely, plan.latency.one),
    },
  };
  await settle();
  say('checking that nothing is missing or doubled');
  return {
    machine: machine(),
    plan,
    rawKafkajs: measured(rawTurns, latency.raw, await raw.verify()),
    straightLine: measured(ourTurns, latency.ours, found),
    ratio: ratioOf(rawTurns, ourTurns),
    elapsedMs: { setup, seed, total: performance.now() },
  };
}

/** Does the work while the processes are profiled, one file each; only does it where there is no path. */
async function profiled<T>(children: readonly Child[], path: string | undefined, work: () => Promise<T>): Promise<T> {
  if (path === undefined) return work();
  for (const child of children) await child.profiler?.start();
  const result = await work();
  for (const child of children) await child.profiler?.stop(`${path}-${child.name}.cpuprofile`);
  return result;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof StartError ? error.message : error);
  process.exitCode = 1;
}
process.exit();
