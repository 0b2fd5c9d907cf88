import { jest } from '@jest/globals';
import { ensureTopics, openEdge, type Edge } from '@slipstream/streams';
import { stopStack, testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../embedded/common.ts';
import { builtService, startChild, type Child } from '../child.ts';
import { Crowd, monday, owedFor, weekMs } from './crowd.ts';
import { Heard } from './heard.ts';
import { balanceOf, checkTrialBalance, untilBooked } from './trial-balance.ts';

jest.setTimeout(400_000);
afterAll(stopStack);

const copies = 10_000;
const lateMs = 60_000;
const services = ['position-sizer', 'settlement', 'second settlement'] as const;
type Service = (typeof services)[number];

/** Accounts, and settlement twice, that are killed and started again, over one broker and one database. */
class Services {
  private readonly running = new Map<Service, Child>();
  private readonly env: Readonly<Record<Service, Record<string, string>>>;
  private readonly ledgers: readonly string[];
  private watching = true;
  private looked: Promise<number> = Promise.resolve(0);

  constructor(env: Readonly<Record<Service, Record<string, string>>>, ports: readonly number[]) {
    this.env = env;
    this.ledgers = ports.map((port) => `http://127.0.0.1:${port}`);
  }

  get ledger(): string {
    return this.ledgers[0] ?? '';
  }

  async start(): Promise<void> {
    for (const service of services) await this.startOne(service);
    this.looked = this.watch();
    this.looked.catch(() => undefined);
  }

  /** SIGKILL to all of them at once, then they are started again. */
  async kill(victims: readonly Service[]): Promise<void> {
    for (const service of victims) {
      const child = this.running.get(service);
      this.running.delete(service);
      child?.failed.catch(() => undefined);
      if (child) process.kill(child.pid, 'SIGKILL');
    }
    await Promise.all(victims.map((service) => this.startOne(service)));
  }

  async balance(account: string): Promise<string | undefined> {
    for (const ledger of this.ledgers) {
      const balance = await balanceOf(ledger, account);
      if (balance !== undefined) return balance;
    }
    return undefined;
  }

  /** @returns how often the trial balance was looked at; @throws where it was off */
  async endWatch(): Promise<number> {
    this.watching = false;
    return this.looked;
  }

  async stop(): Promise<void> {
    this.watching = false;
    for (const child of this.running.values()) await child.stop();
  }

  private async startOne(service: Service): Promise<void> {
    const script = builtService(service.replace('second ', ''));
    this.running.set(service, await startChild(service, script, { env: this.env[service] }));
  }

  /** The trial balance, all the time. */
  private async watch(): Promise<number> {
    let looked = 0;
    while (this.watching) {
      for (const ledger of this.ledgers) if (await checkTrialBalance(ledger)) looked++;
      await sleep(500);
    }
    return looked;
  }
}

/** A step of a settlement: who dies when its first record is seen, while most copies have it still before them. */
interface Step {
  readonly name: string;
  readonly victims: readonly Service[];
  /** How far the step is: copies, or for the ledger what it has booked. */
  readonly reached: (heard: Heard, services: Services) => number | Promise<number>;
}

const settlements: readonly Service[] = ['settlement', 'second settlement'];
const booked = async (_: Heard, running: Services): Promise<number> =>
  Number((await running.balance('platform-revenue')) ?? 0);

/** A week for each. */
const steps: readonly Step[] = [
  { name: 'the tick is sent', victims: ['position-sizer'], reached: () => 1 },
  { name: 'copies are measured', victims: services, reached: ({ measured }) => measured },
  { name: 'accounts are asked: settlement dies', victims: settlements, reached: ({ asked }) => asked },
  { name: 'accounts are asked: they die', victims: ['position-sizer'], reached: ({ asked }) => asked },
  { name: 'copies are charged', victims: services, reached: ({ charged }) => charged.length },
  { name: 'receipts are written', victims: ['second settlement'], reached: ({ receipts }) => receipts.length },
  { name: 'the ledger books', victims: settlements, reached: booked },
];

const ids = (all: readonly { readonly settlementId: string }[]) => new Set(all.map(({ settlementId }) => settlementId));

test('a settlement of 10,000 copies, SIGKILL at each of its steps, by two processes at once: each copy is charged once, the ledger sums to zero throughout', async () => {
  const [brokers, { urls }, ports] = await Promise.all([testKafka(), testDatabase(), freePorts(2)]);
  const prefix = uniquePrefix();
  await ensureTopics(brokers.split(','), prefix);
  const common = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: prefix };
  const running = new Services(
    {
      'position-sizer': { ...common, DATABASE_URL: urls['position-sizer'], PORT: '0' },
      settlement: { ...common, DATABASE_URL: urls.settlement, PORT: String(ports[0]) },
      'second settlement': { ...common, DATABASE_URL: urls.settlement, PORT: String(ports[1]) },
    },
    ports,
  );
  const heard = new Heard(brokers, prefix);
  let edge: Edge | undefined;
  try {
    await running.start();
    edge = await openEdge({ brokers: brokers.split(','), topicPrefix: prefix });
    const crowd = new Crowd(edge, copies);
    await crowd.begin();
    await heard.until('Not all copies hold something', () => heard.filled >= copies, 120_000);

    const openAtKill: Record<string, boolean> = {};
    for (const [week, step] of steps.entries()) {
      const settledBefore = week * copies;
      if (step.reached === booked) await untilBooked(running.ledger, crowd.settled(week), 60_000);
      const before = await step.reached(heard, running);
      const sent = crowd.boundary(week);
      if (week > 0)
        await heard.until(`Not ${step.name}`, async () => (await step.reached(heard, running)) > before, 60_000);
      openAtKill[step.name] =
        step.reached === booked
          ? (await booked(heard, running)) < Number(crowd.settled(week + 1).balance)
          : heard.receipts.length < settledBefore + copies;
      await running.kill(step.victims);
      await sent;
      // The same boundary again, and its tick once more, late.
      await crowd.boundary(week);
      await crowd.boundary(week, lateMs);
      const all = settledBefore + copies;
      await heard.until(`Killed when ${step.name}: not all settled`, () => heard.receipts.length >= all, 90_000);
    }
    await untilBooked(running.ledger, crowd.settled(steps.length), 90_000);

    expect(openAtKill).toEqual(Object.fromEntries(steps.map(({ name }) => [name, true])));
    expect(await running.endWatch()).toBeGreaterThan(10);
    const expected = steps.length * copies;
    expect([heard.receipts.length, ids(heard.receipts).size]).toEqual([expected, expected]);
    expect([heard.charged.length, ids(heard.charged).size]).toEqual([expected, expected]);
    const shares = new Set(heard.charged.map(({ at, charged, due }) => `${(at - monday) / weekMs}: ${charged} ${due}`));
    expect(shares).toEqual(new Set(steps.map((_, week) => `${week}: ${owedFor(week)} 0`)));
  } finally {
    await edge?.close();
    await heard.stop();
    await running.stop();
  }
});
