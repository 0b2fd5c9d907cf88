import { jest } from '@jest/globals';
import { ensureTopics, openEdge, type Edge } from '@slipstream/streams';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../embedded/common.ts';
import { builtService, startChild, type Child } from '../child.ts';
import { Crowd, monday, owedByEach } from './crowd.ts';
import { Heard } from './heard.ts';
import { checkTrialBalance, untilBooked } from './trial-balance.ts';

jest.setTimeout(300_000);
afterAll(stopStack);

const copies = 10_000;
const services = ['position-sizer', 'settlement', 'second settlement'] as const;
type Service = (typeof services)[number];

/** Accounts, and settlement twice, that are killed and started again, over one broker and one database. */
class Pair {
  private readonly running = new Map<Service, Child>();
  readonly ledger: string;

  private readonly env: Readonly<Record<Service, Record<string, string>>>;

  constructor(env: Readonly<Record<Service, Record<string, string>>>, port: number) {
    this.env = env;
    this.ledger = `http://127.0.0.1:${port}`;
  }

  async start(service: Service): Promise<void> {
    const script = builtService(service.replace('second ', ''));
    this.running.set(service, await startChild(service, script, { env: this.env[service] }));
  }

  async kill(service: Service): Promise<void> {
    const child = this.running.get(service);
    this.running.delete(service);
    child?.failed.catch(() => undefined);
    if (child) process.kill(child.pid, 'SIGKILL');
    await this.start(service);
  }

  async stop(): Promise<void> {
    for (const child of this.running.values()) await child.stop();
  }
}

test('a settlement of 10,000 copies by two processes, killed again and again as the accounts are: each is charged once, the ledger sums to zero', async () => {
  const [brokers, { urls }, [port = 0]] = await Promise.all([testKafka(), testDatabase(), freePorts(1)]);
  const prefix = uniquePrefix();
  await ensureTopics(brokers.split(','), prefix);
  const common = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix };
  const pair = new Pair(
    {
      'position-sizer': { ...common, DATABASE_URL: urls['position-sizer'], PORT: '0' },
      settlement: { ...common, DATABASE_URL: urls.settlement, PORT: String(port) },
      'second settlement': { ...common, DATABASE_URL: urls.settlement, PORT: '0' },
    },
    port,
  );
  const heard = new Heard(brokers, prefix);
  let edge: Edge | undefined;
  try {
    for (const service of services) await pair.start(service);
    edge = await openEdge({ brokers: brokers.split(','), topicPrefix: prefix });
    const crowd = new Crowd(edge, copies);
    await crowd.begin();
    await heard.until('Not all copies hold something', () => heard.filled >= copies, 120_000);

    await crowd.boundary();
    let looked = 0;
    // Each kill hits another step: measuring, asking, charging, receipts, booking.
    for (const [service, afterMs] of [
      ['settlement', 150],
      ['position-sizer', 300],
      ['settlement', 700],
      ['position-sizer', 100],
      ['second settlement', 400],
      ['settlement', 1200],
    ] as const) {
      await sleep(afterMs);
      await pair.kill(service);
      if (await checkTrialBalance(pair.ledger)) looked++;
    }
    // The same boundary again, and a tick that comes late.
    await crowd.boundary();
    await crowd.boundary(monday + 60_000);

    await heard.until('Not all copies are settled', () => heard.receipts.length >= copies, 150_000);
    await untilBooked(pair.ledger, crowd.settled, 60_000);
    expect(looked).toBeGreaterThan(0);
    const ids = (all: readonly { readonly settlementId: string }[]) =>
      new Set(all.map(({ settlementId }) => settlementId));
    expect([heard.receipts.length, ids(heard.receipts).size]).toEqual([copies, copies]);
    expect([heard.charged.length, ids(heard.charged).size]).toEqual([copies, copies]);
    expect(new Set(heard.charged.map(({ charged, due }) => `${charged} ${due}`))).toEqual(new Set([`${owedByEach} 0`]));
  } finally {
    await edge?.close();
    await heard.stop();
    await pair.stop();
  }
});
