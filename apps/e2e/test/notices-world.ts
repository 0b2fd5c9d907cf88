import { setTimeout as sleep } from 'node:timers/promises';
import {
  partitionCount,
  streams,
  type AnyRecord,
  type CopySettings,
  type RegisterProvider,
  type Stream,
} from '@slipstream/contracts';
import { copyIdOf, defaultCopySettings, plainApplication } from '@slipstream/domain';
import { ensureTopics, openEdge, type Edge } from '@slipstream/streams';
import { testDatabase, testKafka, uniquePrefix } from '@slipstream/testing';
import { builtService, startChild, type Child } from '../../../tools/bench/child.ts';
import { freePorts } from '../../../tools/embedded/common.ts';
import type { Installation } from '../../../tools/installation.ts';
import { openBacklog } from '../../order-gateway/src/feed/backlog.js';

const services = ['copy-engine', 'position-sizer', 'order-gateway', 'settlement', 'notifier'] as const;

/** A notification as the notifier shows it. */
export interface Shown {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The built services that copy, settle and tell, over the test's broker and database, commanded as a gateway would. */
export class NoticesWorld {
  private marks: Record<string, string> = {};
  private requests = 0;
  private sequence = 0;

  private constructor(
    private readonly edge: Edge,
    private readonly backlog: ReturnType<typeof openBacklog>,
    private readonly children: readonly Child[],
    private readonly url: string,
    /** Where its servers are, for tools that work on it. */
    readonly installation: Installation,
  ) {}

  static async open(env: Readonly<Record<string, string>>): Promise<NoticesWorld> {
    const [brokers, { urls, adminUrl }, [port]] = await Promise.all([testKafka(), testDatabase(), freePorts(1)]);
    const topicPrefix = uniquePrefix();
    const connection = { brokers: brokers.split(','), topicPrefix };
    await ensureTopics(connection.brokers, topicPrefix);
    const children = await Promise.all(
      services.map((service) => {
        const own = { DATABASE_URL: urls[service], PORT: service === 'notifier' ? String(port) : '0' };
        const common = { KAFKA_BROKERS: brokers, TOPIC_PREFIX: topicPrefix, LOG_LEVEL: 'info' };
        return startChild(service, builtService(service), { env: { ...common, ...own, ...env } });
      }),
    );
    const url = `http://127.0.0.1:${port}`;
    const installation = { brokers, databaseUrl: adminUrl, prefix: topicPrefix, close: () => Promise.resolve() };
    return new NoticesWorld(await openEdge(connection), openBacklog(connection), children, url, installation);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.edge.close(), this.backlog.close()]);
    await Promise.all(this.children.map((child) => child.stop()));
  }

  /** The market clock, on every line; prices that aren't named stay. */
  async clock(at: number, marks: Readonly<Record<string, string>> = {}): Promise<void> {
    this.marks = { ...this.marks, ...marks };
    const told = Object.entries(this.marks).map(([instrument, price]) => ({ instrument, price }));
    const record = { type: 'MarkPrices', at, boundary: at % 86_400_000 === 0, line: null, marks: told } as const;
    await this.edge.send(
      Array.from({ length: partitionCount }, (_, partition) => ({
        to: streams.providersCommands,
        ...{ record, key: null, partition, correlationId: 'clock' },
      })),
    );
    await this.rest();
  }

  async register(providerId: string, at: number, terms: Partial<RegisterProvider>): Promise<void> {
    const who = { requestId: this.request(), providerId, displayName: providerId, startingCapital: '10000' };
    const all = { ...plainApplication, ...who, profitShareRatio: '0', ...terms };
    await this.toProvider({ ...all, type: 'RegisterProvider', occurredAt: at });
  }

  async changeShare(providerId: string, at: number, profitShareRatio: string): Promise<void> {
    const terms = { profitShareRatio, feeModel: 'profit_share', subscriptionPrice: null } as const;
    const asks = { requestId: this.request(), providerId, occurredAt: at };
    await this.toProvider({ type: 'ChangeProviderTerms', ...asks, ...terms, settlementPeriod: 'weekly' });
  }

  async retire(providerId: string, at: number): Promise<void> {
    await this.toProvider({ type: 'StopLeading', requestId: this.request(), providerId, occurredAt: at });
  }

  /** A fill of the provider, an order of its own. */
  async fill(providerId: string, at: number, what: Fill): Promise<void> {
    const sequence = ++this.sequence;
    const order = { venueOrderId: `order-${sequence}`, clientOrderId: null, positionSide: 'net' } as const;
    const { instrument, side, price, quantity } = what;
    const fee = { fee: '0', feeAsset: 'USDT', realisedPnl: null };
    const fills = [{ sequence, tradeId: `trade-${sequence}`, price, quantity, ...fee, occurredAt: at }];
    const record = {
      type: 'RecordProviderFills',
      providerId,
      instrument,
      side,
      leverage: null,
      marginMode: null,
    } as const;
    await this.toProvider({ ...record, ...order, fills });
  }

  /** Money into the wallet, and a copy with 1,000 of it. */
  async follow(
    accountId: string,
    providerId: string,
    at: number,
    deposit: string,
    settings: Partial<CopySettings>,
  ): Promise<void> {
    const asks = { accountId, occurredAt: at };
    const who = { country: '', ownerId: '', disclaimerVersion: '2026-01' };
    const all = { ...defaultCopySettings, mode: 'fixed_amount' as const, ...settings };
    await this.toAccount({ ...asks, type: 'DepositFunds', requestId: this.request(), amount: deposit, asset: 'USDT' });
    const copy = { providerId, copyTotalAmt: '1000', settings: all };
    await this.toAccount({ ...asks, ...who, ...copy, type: 'StartCopying', requestId: this.request() });
  }

  async stop(accountId: string, providerId: string, at: number): Promise<void> {
    const copyId = copyIdOf(accountId, providerId, 1);
    const how = { subPosCloseType: 'market_close', requestId: this.request() } as const;
    await this.toAccount({ type: 'StopCopying', accountId, copyId, ...how, occurredAt: at });
  }

  async webhook(recipient: string, url: string, types: readonly string[]): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ recipient, url, types });
    const response = await fetch(`${this.url}/webhooks`, { method: 'POST', headers, body });
    if (response.status !== 201) throw new Error(await response.text());
    return ((await response.json()) as { secret: string }).secret;
  }

  /** A whole feed, oldest first. */
  async feed(recipient: string): Promise<readonly Shown[]> {
    const response = await fetch(`${this.url}/feeds/${recipient}?limit=200`);
    return ((await response.json()) as { items: Shown[] }).items.toReversed();
  }

  /** Resolves when a feed has that many entries, or after a while. */
  async feedOf(recipient: string, length: number): Promise<readonly Shown[]> {
    for (let tries = 0; tries < 200; tries++) {
      const items = await this.feed(recipient);
      if (items.length >= length) return items;
      await sleep(50);
    }
    return this.feed(recipient);
  }

  /** Everything that was asked for is answered, and what followed from it. */
  private rest(): Promise<void> {
    return Promise.race([
      this.backlog.backlog.rest(new AbortController().signal),
      ...this.children.map(({ failed }) => failed),
    ]);
  }

  private toProvider(record: AnyRecord & { readonly providerId: string }): Promise<void> {
    return this.send(streams.providersCommands, record, record.providerId);
  }

  private toAccount(record: AnyRecord & { readonly accountId: string }): Promise<void> {
    return this.send(streams.accountsCommands, record, record.accountId);
  }

  private async send(to: Stream, record: AnyRecord, key: string): Promise<void> {
    await this.edge.send([{ to, record, key, correlationId: 'notices' }]);
    await this.rest();
  }

  private request(): string {
    return `request-${++this.requests}`;
  }
}

export interface Fill {
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
}
