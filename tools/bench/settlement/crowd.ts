import { partitionCount, partitionOf, streams, type AnyRecord, type ProviderOrder } from '@slipstream/contracts';
import { copyIdOf, copyOrderId, decimal, defaultCopySettings, text, zero } from '@slipstream/domain';
import type { Edge, EdgeCommand } from '@slipstream/streams';
import type { Booked } from './trial-balance.ts';

const minuteMs = 60_000;
/** A Monday, 00:00 UTC. */
export const monday = Date.UTC(2026, 0, 5);
export const weekMs = 7 * 24 * 60 * minuteMs;
const instrument = 'BTC-USDT';
const entriesPerRecord = 1000;
const recordsPerSend = 600;

/** Each copy begins with this, opens half of it at 100, pays this fee, and gains 10 on each unit in every week. */
const copyTotalAmt = '1000';
const [openPrice, fee, weeklyGain] = ['100', '0.25', '10'];
const profitShareRatio = '0.1';
const quantityOfEach = '5';

/** The price at the end of a week, the first one being 0. */
const markOf = (week: number): string => text(decimal(openPrice).plus(decimal(weeklyGain).times(String(week + 1))));

/** What one copy owes for a week: 10 % of quantity × gain, in the first one less the fee. */
export function owedFor(week: number): string {
  const gain = decimal(quantityOfEach).times(weeklyGain);
  return text((week === 0 ? gain.minus(fee) : gain).times(profitShareRatio).round(8));
}

interface Member {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** Of accounts.commands. */
  readonly partition: number;
}

/**
 * Copies of some providers, all in profit, as the services upstream of the accounts would have made them: this writes
 * the commands of copy-engine and order-gateway itself, so that only accounts and settlement are at work.
 */
export class Crowd {
  readonly members: readonly Member[];
  private readonly edge: Edge;

  constructor(edge: Edge, copies: number, providers = 24) {
    this.edge = edge;
    this.members = Array.from({ length: copies }, (_, i): Member => {
      const accountId = `f${String(i).padStart(6, '0')}`;
      const providerId = `lead-${i % providers}`;
      const copyId = copyIdOf(accountId, providerId, 1);
      return { accountId, copyId, providerId, partition: partitionOf(accountId, partitionCount) };
    });
  }

  /** What the venue's fees come to when all copies are funded and hold something. */
  get funded(): Booked {
    return { account: 'fees', balance: this.times(fee) };
  }

  /** What the platform's 2 % come to when all copies are settled for that many weeks. */
  settled(weeks = 1): Booked {
    const fees = Array.from({ length: weeks }, (_, week) => decimal(owedFor(week)).times('0.02').round(8));
    const ofEach = fees.reduce((sum, each) => sum.plus(each), zero);
    return { account: 'platform-revenue', balance: this.times(text(ofEach)) };
  }

  /** All copies are active and hold something, and the clock of each line stands a minute before Monday. */
  async begin(): Promise<void> {
    const at = monday - 10 * minuteMs;
    await this.marks(at, false, openPrice);
    const fees = {
      feeModel: 'profit_share',
      profitShareRatio,
      subscriptionPrice: null,
      settlementPeriod: 'weekly',
    } as const;
    const who = { country: '', ownerId: '', disclaimerVersion: '2026-01' };
    await this.send(
      this.members.flatMap(({ accountId, copyId, providerId, partition }) => {
        const asks = { accountId, occurredAt: at };
        const started = { ...asks, ...who, providerId, copyTotalAmt, settings: defaultCopySettings };
        const commands: AnyRecord[] = [
          { ...asks, type: 'DepositFunds', requestId: 'd', amount: copyTotalAmt, asset: 'USDT' },
          { ...started, type: 'StartCopying', requestId: 's' },
          { type: 'ConfirmCopy', accountId, copyId, providerId, fromOrder: 1, joins: [], fees, announced: null },
        ];
        return commands.map((record) => command(record, accountId, partition));
      }),
    );
    await this.trade(at);
    await this.marks(monday - minuteMs, false, markOf(0));
  }

  /** The boundary at the end of a week, on every line; its tick may come late. */
  async boundary(week = 0, lateMs = 0): Promise<void> {
    await this.marks(monday + week * weekMs + lateMs, true, markOf(week));
  }

  /** A deposit of one account of each partition: something else that is to be answered meanwhile. */
  async deposits(name: string): Promise<number> {
    const one = [...Map.groupBy(this.members, ({ partition }) => partition).values()].flatMap(([first]) => first ?? []);
    await this.send(
      one.map(({ accountId, partition }) => {
        const what = { requestId: name, accountId, amount: '1', asset: 'USDT', occurredAt: monday };
        return command({ type: 'DepositFunds', ...what }, accountId, partition);
      }),
    );
    return one.length;
  }

  private times(amount: string): string {
    return text(decimal(amount).times(String(this.members.length)));
  }

  private async trade(at: number): Promise<void> {
    const groups = Map.groupBy(this.members, ({ providerId, partition }) => `${providerId}/${partition}`);
    const commands = [...groups.values()].flatMap((some) => {
      const [{ providerId, partition }] = some as [Member];
      const order = openOrder(providerId, at);
      const line = partitionOf(providerId, partitionCount);
      return cut(some).flatMap((members): EdgeCommand[] => {
        const copies = members.map(({ accountId, copyId }) => ({ accountId, copyId }));
        const ends = members.map(({ accountId, copyId }) => ({
          ...{ accountId, copyId, orderId: copyOrderId(copyId, 1), status: 'filled' as const, reason: null },
          ...{ quantity: quantityOfEach, price: openPrice, fee, feeAsset: 'USDT', occurredAt: at },
        }));
        return [
          command({ type: 'CopyOrders', line, order, copies }, null, partition),
          command({ type: 'RecordFills', ends }, null, partition),
        ];
      });
    });
    await this.send(commands);
  }

  private async marks(at: number, boundary: boolean, price: string): Promise<void> {
    const lines = Array.from({ length: partitionCount }, (_, line) => line);
    await this.send(
      lines.flatMap((partition) =>
        lines.map((line) => {
          const what = { at, boundary, line, marks: [{ instrument, price }] };
          return command({ type: 'MarkPrices', ...what }, null, partition);
        }),
      ),
    );
  }

  private async send(commands: readonly EdgeCommand[]): Promise<void> {
    for (let i = 0; i < commands.length; i += recordsPerSend)
      await this.edge.send(commands.slice(i, i + recordsPerSend));
  }
}

const command = (record: AnyRecord, key: string | null, partition: number): EdgeCommand => ({
  to: streams.accountsCommands,
  ...{ record, key, partition, correlationId: 'crowd' },
});

const cut = (members: readonly Member[]): Member[][] =>
  Array.from({ length: Math.ceil(members.length / entriesPerRecord) }, (_, i) =>
    members.slice(i * entriesPerRecord, (i + 1) * entriesPerRecord),
  );

/** A copy puts half of its equity into it. */
const openOrder = (providerId: string, occurredAt: number): ProviderOrder => ({
  ...{ providerId, orderNo: 1, providerOrderId: `${providerId}/1`, effect: 'open', openedByOrderNo: 1 },
  ...{ leadPositionId: `${providerId}/${instrument}/net/1`, instrument, positionSide: 'net', side: 'buy' },
  ...{ price: openPrice, quantity: '1', fraction: '0', usage: '0.5', mark: openPrice, leverage: '10' },
  ...{ marginMode: null, knownPosition: true, blocked: [], occurredAt },
});
