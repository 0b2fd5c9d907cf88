import { defaultCopySettings, plainApplication } from '@slipstream/domain';
import type kafkajs from 'kafkajs';
import { partitionCount, record, streams, type CopySettings, type OrderEnd } from '@slipstream/contracts';
import { ensureTopics, openEdge, type Edge, type EdgeCommand } from '@slipstream/streams';
import { root } from '../embedded/common.ts';
import { startChild, type Child } from './child.ts';
import type { Side } from './measure.ts';
import { Observer, type Placed } from './observe.ts';
import { accountOf, crowded, instrument, lonely } from './plan.ts';
import { verify, type Verified } from './verify.ts';

const services = ['copy-engine', 'position-sizer'] as const;
const commandsPerSend = 1_000;
const recordsPerSend = 200;
const waitMsMax = 120_000;

const settings: CopySettings = {
  ...defaultCopySettings,
  mode: 'fixed_amount',
  copyAmt: '50',
};

/** Our two hops: the real copy-engine and position-sizer with journals, marks and saves, and real seeded copies. */
export class StraightLine implements Side {
  readonly name = 'straightLine';
  readonly children: Child[] = [];
  private readonly observer: Observer;
  private edge!: Edge;
  private clock: NodeJS.Timeout | undefined;
  private marketTime = Date.UTC(2026, 0, 5);
  private readonly sequences = new Map<string, number>();
  private sent = { crowd: 0, one: 0 };
  private ended = 0;
  private readonly prefix: string;
  private readonly followers: number;

  constructor(kafka: kafkajs.Kafka, prefix: string, followers: number) {
    this.prefix = prefix;
    this.followers = followers;
    this.observer = new Observer(kafka, prefix);
  }

  /** Topics, services, and the copies: registered, paid in and started as any follower does it. */
  async start(
    brokers: string,
    databaseUrls: Readonly<Record<(typeof services)[number], string>>,
    profiled: boolean,
  ): Promise<void> {
    await ensureTopics(brokers.split(','), this.prefix);
    this.edge = await openEdge({ brokers: brokers.split(','), topicPrefix: this.prefix, clientId: 'bench' });
    for (const service of services)
      this.children.push(
        await startChild(service, `${root}/apps/${service}/dist/main.js`, {
          env: {
            KAFKA_BROKERS: brokers,
            POLICY_FILE: `${root}/deploy/policy.demo.json`,
            DATABASE_URL: databaseUrls[service],
            TOPIC_PREFIX: this.prefix,
            PORT: '0',
            LOG_LEVEL: process.env['BENCH_LOG_LEVEL'] ?? 'info',
          },
          profiled,
        }),
      );
    await this.observer.start();
    await this.seed();
    // The market clock: a mark for every partition each second, as order-gateway sends it.
    this.clock = setInterval(() => void this.edge.send(this.marks()).catch(() => undefined), 1000);
  }

  async stop(): Promise<void> {
    clearInterval(this.clock);
    await Promise.all(this.children.map((child) => child.stop()));
    await this.observer.stop();
    await this.edge?.close();
  }

  async saturate(orders: number): Promise<void> {
    const commands = Array.from({ length: orders }, () => this.nextOrder(crowded));
    await this.whenThrough(commands, this.followers);
  }

  async latencyMs(provider: string): Promise<number> {
    const startedMs = performance.now();
    return (await this.whenThrough([this.nextOrder(provider)], provider === crowded ? this.followers : 1)) - startedMs;
  }

  /**
   * Ends a turn: checks what was placed since the last one, and lets the venue fill it all, so that the copies are where
   * they would be in life.
   */
  async settle(): Promise<Verified> {
    const placed = this.observer.takeOrders();
    const verified = verify(placed, this.sent, this.followers);
    this.sent = { crowd: 0, one: 0 };
    this.observer.listenToJournal(true);
    this.ended += placed.reduce((sum, { record }) => sum + record.orders.length, 0);
    for (const batch of chunks(placed, recordsPerSend)) await this.edge.send(batch.map(filled));
    await this.inTime(this.observer.heard('CopyOrdersEnded', this.ended), 'orders ended');
    this.observer.listenToJournal(false);
    return verified;
  }

  /** Sends the orders; resolves with the time at which the last PlaceOrders entry of the last of them was seen. */
  private async whenThrough(commands: readonly EdgeCommand[], entries: number): Promise<number> {
    const seen = commands.map(({ correlationId }) => this.observer.through(correlationId, entries));
    await this.edge.send(commands);
    return Math.max(...(await this.inTime(Promise.all(seen), 'orders placed')));
  }

  private async seed(): Promise<void> {
    const numbers = Array.from({ length: this.followers + 1 }, (_, i) => i + 1);
    await this.edge.send([...[crowded, lonely].map((provider) => this.register(provider)), ...this.marks()]);
    for (let from = 0; from < numbers.length; from += commandsPerSend)
      await this.edge.send(numbers.slice(from, from + commandsPerSend).flatMap((number) => this.startCopy(number)));
    await this.inTime(this.observer.heard('CopyConfirmed', numbers.length), 'copies confirmed');
    this.observer.listenToJournal(false);
  }

  /** @throws Error when a service ends, or nothing comes for too long */
  private async inTime<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const counted = (): string => JSON.stringify(this.observer.counted);
      timer = setTimeout(() => reject(new Error(`waited ${waitMsMax} ms for ${what}, ${counted()}`)), waitMsMax);
    });
    try {
      return await Promise.race([work, late, ...this.children.map((child) => child.failed)]);
    } finally {
      clearTimeout(timer);
    }
  }

  private register(providerId: string): EdgeCommand {
    const fields = { requestId: `register-${providerId}`, providerId, displayName: providerId };
    const terms = {
      ...plainApplication,
      startingCapital: '100000000',
      profitShareRatio: '0.1',
      occurredAt: this.marketTime,
    };
    return {
      to: streams.providersCommands,
      record: record('RegisterProvider', { ...fields, ...terms }),
      key: providerId,
      correlationId: fields.requestId,
    };
  }

  private startCopy(number: number): EdgeCommand[] {
    const accountId = accountOf(number);
    const providerId = number > this.followers ? lonely : crowded;
    const common = { accountId, occurredAt: this.marketTime };
    const deposit = record('DepositFunds', {
      requestId: `deposit-${accountId}`,
      amount: '1000000',
      asset: 'USDT',
      ...common,
    });
    const start = record('StartCopying', {
      requestId: `start-${accountId}`,
      providerId,
      copyTotalAmt: '200000',
      settings,
      disclaimerVersion: '2026-01',
      country: '',
      ownerId: '',
      ...common,
    });
    return [deposit, start].map((command) => ({
      to: streams.accountsCommands,
      record: command,
      key: accountId,
      correlationId: command.requestId,
    }));
  }

  /** The provider's next order: open, increase, reduce, close, and again. */
  private nextOrder(providerId: string): EdgeCommand {
    const sequence = (this.sequences.get(providerId) ?? 0) + 1;
    this.sequences.set(providerId, sequence);
    const isCrowd = providerId === crowded;
    this.sent[isCrowd ? 'crowd' : 'one']++;
    this.marketTime += 1_001;
    const command = record('RecordProviderFills', {
      providerId,
      clientOrderId: null,
      venueOrderId: `order-${sequence}`,
      instrument,
      side: (sequence - 1) % 4 < 2 ? 'buy' : 'sell',
      positionSide: 'long',
      leverage: '10',
      marginMode: 'cross',
      fills: [
        {
          sequence,
          tradeId: `trade-${sequence}`,
          price: this.price(),
          quantity: '10',
          fee: '0.5',
          feeAsset: 'USDT',
          realisedPnl: null,
          occurredAt: this.marketTime,
        },
      ],
    });
    const correlationId = `${providerId}/${sequence}`;
    return { to: streams.providersCommands, record: command, key: providerId, correlationId, receivedAtMs: Date.now() };
  }

  private marks(): EdgeCommand[] {
    const marks = [{ instrument, price: this.price() }];
    const tick = record('MarkPrices', { at: this.marketTime, boundary: false, line: null, marks });
    return Array.from({ length: partitionCount }, (_, partition) => ({
      to: streams.providersCommands,
      record: tick,
      key: null,
      partition,
      correlationId: `mark-${this.marketTime}`,
    }));
  }

  private price(): string {
    return String(60_000 + ((this.sequences.get(crowded) ?? 0) % 7) * 10);
  }
}

/** What the gateway says when the venue has filled all of it at the mark. */
function filled({ partition, record: { terms, orders } }: Placed): EdgeCommand {
  const ends = orders.map(({ accountId, copyId, orderId, quantity }): OrderEnd => ({
    accountId,
    copyId,
    orderId,
    status: 'filled',
    reason: null,
    quantity,
    price: terms.mark,
    fee: '0.025',
    feeAsset: 'USDT',
    occurredAt: terms.occurredAt,
  }));
  const to = streams.accountsCommands;
  return { to, record: record('RecordFills', { ends }), key: null, partition, correlationId: terms.causeId };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
