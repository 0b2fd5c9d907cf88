// npm run bench -- --settlement: a boundary of 100,000 copies, and what waits meanwhile.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { ensureTopics, openEdge } from '@slipstream/streams';
import { freePorts } from '../../embedded/common.ts';
import { builtService, startChild, type Child } from '../child.ts';
import { quantile } from '../measure.ts';
import { machine } from '../report.ts';
import { startServers } from '../servers.ts';
import { watchBusy, type Busy } from '../statistics/busy.ts';
import { Crowd } from './crowd.ts';
import { Heard } from './heard.ts';
import { untilBooked } from './trial-balance.ts';

export interface SettlementOptions {
  readonly copies: number;
  readonly json?: string | undefined;
  readonly say: (line: string) => void;
}

const targetMs = 60_000;
const patienceMs = 300_000;
const depositEveryMs = 250;

interface Findings {
  readonly copies: number;
  /** From before the boundary until the last receipt is in the journal, and until the ledger has booked all. */
  readonly settledMs: number;
  readonly bookedMs: number;
  /** Deposits of other money meanwhile, from before the send until they are in the journal. */
  readonly depositMs: { readonly count: number; readonly p50: number; readonly p99: number };
  readonly busy: Busy;
}

/** @returns whether the target is met */
export async function benchSettlement({ copies, json, say }: SettlementOptions): Promise<boolean> {
  const scripts = { sizer: builtService('position-sizer'), settlement: builtService('settlement') };
  say('starting Kafka and PostgreSQL');
  const servers = await startServers();
  const children: Child[] = [];
  try {
    const { brokers, urls } = servers;
    const prefix = `bench${randomBytes(4).toString('hex')}.`;
    await ensureTopics(brokers.split(','), prefix);
    const [port = 0] = await freePorts(1);
    const env = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix };
    const [sizerUrl, settlementUrl] = [urls['position-sizer'], urls.settlement];
    children.push(
      await startChild('position-sizer', scripts.sizer, { env: { ...env, DATABASE_URL: sizerUrl, PORT: '0' } }),
      await startChild('settlement', scripts.settlement, {
        env: { ...env, DATABASE_URL: settlementUrl, PORT: String(port) },
      }),
    );
    const edge = await openEdge({ brokers: brokers.split(','), topicPrefix: prefix });
    const heard = new Heard(brokers, prefix);
    try {
      const crowd = new Crowd(edge, copies);
      say(`starting ${copies} copies`);
      await crowd.begin();
      await heard.until('Not all copies hold something', () => heard.filled >= copies, patienceMs);
      const booked = `http://127.0.0.1:${port}`;
      await untilBooked(booked, crowd.funded, patienceMs);
      say('the boundary');
      const watched = [...servers.watched, ...children.map(({ name, pid }) => ({ name, pid }))];
      const busy = watchBusy(watched);
      const startedMs = performance.now();
      await crowd.boundary();
      const deposits = keepDepositing(crowd);
      await heard.until('Not all copies are settled', () => heard.receipts.length >= copies, patienceMs);
      const settledMs = performance.now() - startedMs;
      await untilBooked(booked, crowd.settled(), patienceMs);
      const bookedMs = performance.now() - startedMs;
      const sent = await deposits.stop();
      await heard.until(
        'Deposits are missing',
        () => sent.every(({ name, of }) => heard.deposits.get(name)?.length === of),
        30_000,
      );
      const findings: Findings = { copies, settledMs, bookedMs, depositMs: waited(sent, heard), busy: busy() };
      tell(findings);
      if (json !== undefined)
        await writeFile(json, `${JSON.stringify({ machine: machine(), targetMs, ...findings }, null, 2)}\n`);
      return bookedMs < targetMs;
    } finally {
      await heard.stop();
      await edge.close();
    }
  } finally {
    for (const child of children) await child.stop();
    await servers.stop();
  }
}

interface Deposits {
  readonly name: string;
  readonly of: number;
  readonly atMs: number;
}

/** Other people's money goes on coming in; stops by itself with the settlement. */
function keepDepositing(crowd: Crowd): { stop(): Promise<Deposits[]> } {
  const sent: Deposits[] = [];
  let going = true;
  const running = (async () => {
    for (let i = 0; going; i++) {
      const [name, atMs] = [`meanwhile-${i}`, performance.now()];
      sent.push({ name, of: await crowd.deposits(name), atMs });
      await new Promise((resolve) => setTimeout(resolve, depositEveryMs));
    }
  })();
  return {
    async stop() {
      going = false;
      await running;
      return sent;
    },
  };
}

function waited(sent: readonly Deposits[], heard: Heard): Findings['depositMs'] {
  const all = sent.flatMap(({ name, atMs }) => (heard.deposits.get(name) ?? []).map((seenMs) => seenMs - atMs));
  const sorted = all.sort((a, b) => a - b);
  return { count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}

function tell({ copies, settledMs, bookedMs, depositMs, busy }: Findings): void {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const used = Object.entries(busy.cpuSeconds).map(([name, cpu]) => `${name} ${cpu.toFixed(1)} s`);
  console.log(`\n${copies} copies
settled                 ${seconds(settledMs)}: each has its receipt
booked                  ${seconds(bookedMs)}: ledger sum 0   target < ${seconds(targetMs)}: ${bookedMs < targetMs ? 'met' : 'MISSED'}
deposits meanwhile      p50 ${depositMs.p50.toFixed(0)} ms, p99 ${depositMs.p99.toFixed(0)} ms of ${depositMs.count}
CPU                     ${used.join(', ')}; other processes ${busy.coresElsewhere.toFixed(1)} cores`);
}
