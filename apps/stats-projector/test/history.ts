import {
  record,
  type AnyRecord,
  type CopiesDecided,
  type CopyEnd,
  type ProviderFundsRecorded,
  type ProviderOrder,
  type SourceFill,
} from '@slipstream/contracts';
import {
  defaultCopySettings,
  decimal,
  defaultInstrument,
  equityAfterFunds,
  parseFill,
  providerEquity,
  providerFrom,
  takeOrders,
  text,
  withFunds,
  withOrder,
  type ParsedFill,
  type Provider,
  plainApplication,
} from '@slipstream/domain';
import type { JournalRecord } from '@slipstream/streams';

/** A journal under construction: offsets count up, every third record counts for nobody (a hole in `at`). */
export class Journal {
  readonly records: JournalRecord[] = [];
  private offset = 0;

  constructor(
    private readonly topic: string,
    readonly partition: number,
  ) {}

  /** Where the next record will lie. */
  get next(): number {
    return this.offset;
  }

  /** @param cause offset of what it answers */
  add(event: AnyRecord, latencyMs: number | null = null, cause = this.offset): void {
    const { topic, partition } = this;
    const offset = this.offset;
    this.offset += offset % 3 === 0 ? 2 : 1;
    const appendedAtMs = 1_700_000_000_000 + offset;
    const receivedAtMs = latencyMs === null ? null : appendedAtMs - latencyMs;
    this.records.push({
      topic,
      partition,
      offset,
      event,
      correlationId: `c${offset}`,
      receivedAtMs,
      appendedAtMs,
      cause,
      rules: '1',
    });
  }
}

type Source = Pick<ProviderOrder, 'instrument' | 'side' | 'positionSide'>;

/** Providers of one line, as copy-engine would journal them: its own pure functions make the events. */
export class ProviderLine {
  readonly orders: ProviderOrder[] = [];
  private readonly providers = new Map<string, Provider>();
  private readonly marks = new Map<string, string>();

  constructor(
    readonly journal: Journal,
    private readonly owed = 0,
  ) {}

  register(providerId: string, startingCapital: string, occurredAt: number): void {
    const event = record('ProviderRegistered', {
      ...plainApplication,
      requestId: '',
      providerId,
      displayName: `Provider ${providerId}`,
      startingCapital,
      profitShareRatio: '0.1',
      occurredAt,
    });
    this.providers.set(providerId, providerFrom(event));
    this.journal.add(event);
  }

  fill(providerId: string, source: Source, fill: SourceFill): void {
    this.marks.set(source.instrument, fill.price);
    const parsed = parseFill(fill) as ParsedFill;
    const market = {
      mark: (instrument: string) => decimal(this.marks.get(instrument) ?? '0'),
      instruments: () => defaultInstrument,
    };
    let provider = this.providers.get(providerId) as Provider;
    for (const taken of takeOrders(provider, { ...source, leverage: null, marginMode: null }, [parsed], market)) {
      provider = withOrder(provider, taken);
      this.orders.push(taken.order);
      this.journal.add(record('ProviderOrderTaken', { ...taken, owed: this.owed }));
    }
    this.providers.set(providerId, provider);
  }

  /** Money of the venue account, as copy-engine would record it. */
  funds(providerId: string, kind: ProviderFundsRecorded['kind'], amount: string, occurredAt: number): void {
    const provider = this.providers.get(providerId) as Provider;
    const mark = (instrument: string) => decimal(this.marks.get(instrument) ?? '0');
    const before = providerEquity(provider, mark, () => defaultInstrument);
    const after = equityAfterFunds(kind, decimal(amount), before);
    const equities = { equityBefore: text(before), equityAfter: text(after) };
    const event = record('ProviderFundsRecorded', { providerId, sequence: 0, kind, amount, ...equities, occurredAt });
    this.providers.set(providerId, withFunds(provider, event));
    this.journal.add(event);
  }

  mark(instrument: string, price: string): void {
    this.marks.set(instrument, price);
  }

  tick(at: number, boundary: boolean): void {
    const marks = [...this.marks].sort().map(([instrument, price]) => ({ instrument, price }));
    this.journal.add(record('MarketTicked', { at, boundary, line: null, marks }));
  }
}

/** Copies of one accounts partition, deciding and filling in the simplest way that uses every field. */
export class AccountLine {
  constructor(
    readonly journal: Journal,
    private readonly copies: readonly { readonly accountId: string; readonly copyId: string }[],
  ) {}

  start(providerId: string, copyTotalAmt: string): void {
    for (const copy of this.copies) {
      const common = { ...copy, providerId, copyTotalAmt, occurredAt: 5 };
      this.journal.add(
        record('CopyRequested', {
          ...common,
          requestId: 'r',
          settings,
          disclaimerVersion: '1',
          country: '',
          ownerId: '',
        }),
      );
      this.journal.add(record('CopyConfirmed', { ...common, fromOrder: 1, fees: null, announced: null }));
    }
  }

  /** Every copy but those of `skip` places half of the order. */
  decide(
    order: ProviderOrder,
    skip: (copyId: string) => boolean,
    latencyMs: number,
    missed: CopiesDecided['missed'] = [],
  ): void {
    const placed = this.copies
      .filter(({ copyId }) => !skip(copyId))
      .map((copy) => ({
        ...copy,
        orderId: `${copy.copyId}#${order.orderNo}`,
        side: order.side,
        quantity: half(order.quantity),
        reduceOnly: order.fraction !== '0',
        leverage: '10',
        reserved: '1.5',
        target: '0',
      }));
    const skipped = this.copies
      .filter(({ copyId }) => skip(copyId))
      .map((copy) => ({ ...copy, reason: 'below_lot' as const, target: null }));
    this.journal.add(record('CopiesDecided', { line: 0, order, placed, skipped, missed }), latencyMs);
  }

  end(order: ProviderOrder, which: (copyId: string) => boolean, fields: Partial<CopyEnd> = {}): void {
    const ends = this.copies
      .filter(({ copyId }) => which(copyId))
      .map((copy) => ({
        ...copy,
        orderId: `${copy.copyId}#${order.orderNo}`,
        orderNo: order.orderNo,
        providerId: order.providerId,
        type: 'CopyFilled' as const,
        commission: '0',
        reason: null,
        instrument: order.instrument,
        positionSide: order.positionSide,
        side: order.side,
        quantity: half(order.quantity),
        price: order.price,
        providerPrice: order.price,
        fee: '0.07',
        feeAsset: 'USDT',
        realisedPnl: order.fraction === '0' ? '0' : '-0.25',
        released: '1.5',
        occurredAt: order.occurredAt + 1,
        ...fields,
      }));
    this.journal.add(record('CopyOrdersEnded', { ends }));
  }

  stop(copyId: string, occurredAt: number): void {
    const copy = this.copies.find((one) => one.copyId === copyId);
    if (copy === undefined) throw new Error(copyId);
    const common = { ...copy, providerId: 'p1', occurredAt };
    this.journal.add(
      record('CopyStopping', { ...common, requestId: 'r9', reason: 'follower', subPosCloseType: 'market_close' }),
    );
    this.journal.add(record('CopyStopped', { ...common, returned: '90' }));
  }
}

const half = (quantity: string): string => text(decimal(quantity).div(decimal('2')));

const settings = {
  ...defaultCopySettings,
  mode: 'fixed_amount',
  copyAmt: '10',
  subPosCloseType: 'copy_close',
} as const;

/** Numbers that look random and are the same every time (a linear congruence). */
export function sequenceOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
