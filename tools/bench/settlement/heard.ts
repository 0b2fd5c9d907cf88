import { streams, type SettlementReceipt, type ShareCharged } from '@slipstream/contracts';
import { readJournal } from '@slipstream/streams';

const pollMs = 5;

/** What accounts and settlement have said so far. */
export class Heard {
  confirmed = 0;
  filled = 0;
  /** Copies that were measured, and those whose accounts were asked for a share. */
  measured = 0;
  asked = 0;
  readonly charged: ShareCharged[] = [];
  readonly receipts: SettlementReceipt[] = [];
  /** When deposits were seen, by request id: performance.now(). */
  readonly deposits = new Map<string, number[]>();
  private ended = false;
  private readonly reading: Promise<unknown>;

  constructor(brokers: string, topicPrefix: string) {
    const common = { brokers: brokers.split(','), topicPrefix, until: () => this.ended };
    this.reading = Promise.all([
      readJournal({
        ...common,
        stream: streams.accountsEvents,
        onRecords: (records) => {
          for (const { event } of records) {
            if (event.type === 'CopyConfirmed') this.confirmed++;
            else if (event.type === 'CopyOrdersEnded') this.filled += event.ends.length;
            else if (event.type === 'CopiesMeasured') this.measured += event.copies.length;
            else if (event.type === 'ProfitShareCharged') this.charged.push(...event.charges);
            else if (event.type === 'FundsDeposited') {
              const seen = this.deposits.get(event.requestId) ?? [];
              this.deposits.set(event.requestId, [...seen, performance.now()]);
            }
          }
        },
      }),
      readJournal({
        ...common,
        stream: streams.settlementsEvents,
        onRecords: (records) => {
          for (const { event } of records)
            if (event.type === 'ProfitShareSettled') this.receipts.push(...event.receipts);
            else if (event.type === 'ProfitShareDue') this.asked += event.charges.length;
        },
      }),
    ]);
    this.reading.catch(() => undefined);
  }

  /** Resolves when it holds. @throws Error naming what was waited for, after so long */
  async until(what: string, holds: () => boolean | Promise<boolean>, patienceMs: number): Promise<void> {
    const startedMs = performance.now();
    while (!(await holds())) {
      if (performance.now() - startedMs > patienceMs)
        throw new Error(
          `${what} after ${patienceMs / 1000} s: ${this.confirmed} confirmed, ${this.filled} filled, ${this.measured} measured, ${this.asked} asked, ${this.charged.length} charged, ${this.receipts.length} receipts.`,
        );
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  async stop(): Promise<void> {
    this.ended = true;
    await this.reading;
  }
}
