import {
  partitionOf,
  record,
  streams,
  type AnyRecord,
  type CopyRef,
  type MarkPrices,
  type RecordProviderFills,
} from '@slipstream/contracts';
import type { Fold, Outgoing, Store } from '../../src/index.js';

interface Provider {
  readonly providerId: string;
  readonly orders: number;
  readonly copies: readonly CopyRef[];
}
interface Marks {
  readonly at: number;
  readonly prices: Readonly<Record<string, string>>;
}
export interface ProvidersState {
  readonly store: Store;
  readonly partition: number;
}

const noMarks: Marks = { at: 0, prices: {} };
const id = (providerId: string): string => `provider/${providerId}`;

/** A small copy-engine: orders are numbered, followers get them in lists, marks are passed on in line. */
export const providers = (options: { readonly skew?: number } = {}): Fold<ProvidersState> => ({
  service: 'copy-engine',
  inbox: streams.providersCommands,
  journal: streams.providersEvents,
  open: (store, partition) => ({ store, partition }),
  decide: (state, command) => decide(state, command, options.skew ?? 0),
  failed: (_state, command) => [
    record('ProviderFillsRefused', {
      providerId: (command as RecordProviderFills).providerId,
      firstSequence: 0,
      lastSequence: 0,
      reason: 'fill_invalid',
      detail: 'decide threw',
      occurredAt: 0,
    }),
  ],
  evolve,
  absorb: (state, fact) => {
    if (fact.type !== 'MarkPrices') return;
    const before = state.store.get<Marks>('marks') ?? noMarks;
    const prices = { ...before.prices, ...Object.fromEntries(fact.marks.map((mark) => [mark.instrument, mark.price])) };
    state.store.set<Marks>('marks', { at: fact.at, prices });
  },
  follow: (state, event) => (event.type === 'ProviderOrderTaken' ? copyOrders(state, event) : []),
  pass: (state, fact) => (fact.type === 'MarkPrices' ? marksForAll(state, fact) : []),
});

function decide({ store }: ProvidersState, command: AnyRecord, skew: number): AnyRecord[] {
  if (command.type === 'AddFollower') {
    const { providerId, accountId, copyId, occurredAt } = command;
    const fromOrder = (store.get<Provider>(id(providerId))?.orders ?? 0) + 1;
    return [record('FollowerAdmitted', { providerId, accountId, copyId, fromOrder, joins: [], occurredAt })];
  }
  if (command.type === 'MarkPrices') {
    const before = store.get<Marks>('marks') ?? noMarks;
    if (Math.floor(command.at / 60_000) === Math.floor(before.at / 60_000)) return [];
    return [record('MarketTicked', { at: command.at, boundary: false, line: null, marks: command.marks })];
  }
  return command.type === 'RecordProviderFills' ? taken(store, command, skew) : [];
}

function taken(store: Store, command: RecordProviderFills, skew: number): AnyRecord[] {
  const { providerId, instrument, side, positionSide, fills } = command;
  if (instrument === 'THROW') throw new Error('a fault in the rules');
  const provider = store.get<Provider>(id(providerId)) ?? { providerId, orders: 0, copies: [] };
  const first = fills[0];
  const orderNo = provider.orders + 1;
  const mark = store.get<Marks>('marks')?.prices[instrument] ?? '0';
  const order = {
    providerId,
    orderNo,
    providerOrderId: `${providerId}/${first?.sequence ?? 0}`,
    effect: 'open' as const,
    leadPositionId: `${providerId}~${orderNo}`,
    openedByOrderNo: orderNo,
    instrument,
    side,
    positionSide,
    price: first?.price ?? '0',
    quantity: String(Number(first?.quantity ?? 0) + skew),
    fraction: '0',
    usage: null,
    leverage: null,
    marginMode: null,
    blocked: [],
    mark,
    knownPosition: true,
    occurredAt: first?.occurredAt ?? 0,
  };
  const owed = provider.copies.length;
  return [
    record('ProviderOrderTaken', {
      order,
      fills: [],
      owed,
      equityBefore: '1',
      positionAfter: '1',
      averageCostAfter: null,
    }),
  ];
}

function evolve({ store }: ProvidersState, event: AnyRecord): void {
  if (event.type === 'FollowerAdmitted') {
    const { providerId, accountId, copyId } = event;
    const before = store.get<Provider>(id(providerId)) ?? { providerId, orders: 0, copies: [] };
    const copies = [...before.copies, { accountId, copyId }].sort((a, b) => (a.copyId < b.copyId ? -1 : 1));
    store.set<Provider>(id(providerId), { ...before, copies });
  }
  if (event.type === 'ProviderOrderTaken') {
    const { providerId, orderNo } = event.order;
    const before = store.get<Provider>(id(providerId)) ?? { providerId, orders: 0, copies: [] };
    store.set<Provider>(id(providerId), { ...before, orders: orderNo });
  }
}

function copyOrders(
  { store, partition }: ProvidersState,
  event: Extract<AnyRecord, { type: 'ProviderOrderTaken' }>,
): Outgoing[] {
  const copies = store.get<Provider>(id(event.order.providerId))?.copies ?? [];
  const lanes = new Map<number, CopyRef[]>();
  for (const copy of copies) {
    const lane = partitionOf(copy.accountId, streams.accountsCommands.partitions);
    const known = lanes.get(lane);
    if (known) known.push(copy);
    else lanes.set(lane, [copy]);
  }
  return [...lanes]
    .sort(([a], [b]) => a - b)
    .map(([lane, list]) => ({
      to: streams.accountsCommands,
      record: record('CopyOrders', { line: partition, order: event.order, copies: list }),
      key: null,
      partition: lane,
    }));
}

function marksForAll({ partition }: ProvidersState, fact: MarkPrices): Outgoing[] {
  return Array.from({ length: streams.accountsCommands.partitions }, (_, lane) => ({
    to: streams.accountsCommands,
    record: record('MarkPrices', { ...fact, line: partition }),
    key: null,
    partition: lane,
  }));
}
