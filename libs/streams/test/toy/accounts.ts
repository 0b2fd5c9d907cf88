import {
  record,
  streams,
  type AnyRecord,
  type CopyOrders,
  type CopySkipped,
  type OrderEnd,
} from '@slipstream/contracts';
import type { Fold, Outgoing, Store } from '../../src/index.js';

interface Account {
  readonly accountId: string;
  readonly orders: number;
  readonly open: readonly string[];
}
export interface AccountsState {
  readonly store: Store;
  readonly partition: number;
}

const id = (accountId: string): string => `account/${accountId}`;
const markOf = (store: Store, line: number, instrument: string): string =>
  store.get<{ prices: Record<string, string> }>(`marks/${line}`)?.prices[instrument] ?? '0';

/**
 * A small position-sizer: each copy is decided by its account's own count and the mark of its provider's line; what is
 * placed is filled by an effect, whose answer comes back through the inbox.
 */
export const accounts = (options: { readonly effects?: boolean } = {}): Fold<AccountsState> => ({
  service: 'position-sizer',
  inbox: streams.accountsCommands,
  journal: streams.accountsEvents,
  open: (store, partition) => ({ store, partition }),
  decide,
  evolve,
  absorb: (state, fact) => {
    if (fact.type !== 'MarkPrices') return;
    const name = `marks/${fact.line ?? -1}`;
    const before = state.store.get<{ prices: Record<string, string> }>(name)?.prices ?? {};
    const changed = Object.fromEntries(fact.marks.map((mark) => [mark.instrument, mark.price]));
    state.store.set(name, { prices: { ...before, ...changed } });
  },
  follow: ({ partition }, event) => {
    if (event.type !== 'CopiesDecided' || event.placed.length === 0) return [];
    const orders = event.placed.map(({ accountId, copyId, orderId, side, quantity, reduceOnly, leverage }) => ({
      accountId,
      copyId,
      orderId,
      side,
      quantity,
      reduceOnly,
      leverage,
    }));
    const { providerId, orderNo, instrument, positionSide, price, mark, occurredAt } = event.order;
    const terms = {
      causeType: 'provider_order' as const,
      causeId: `${providerId}/${orderNo}`,
      providerId,
      orderNo,
      instrument,
      positionSide,
      providerPrice: price,
      mark,
      guard: true,
      leadPositionId: event.order.leadPositionId,
      occurredAt,
    };
    return [{ to: streams.ordersCommands, record: record('PlaceOrders', { terms, orders }), key: null, partition }];
  },
  ...(options.effects === false ? {} : { effects }),
});

const effects: NonNullable<Fold<AccountsState>['effects']> = {
  run: async ({ partition }, event) => {
    if (event.type !== 'CopiesDecided' || event.placed.length === 0) return [];
    return [
      fills(
        partition,
        event.placed.map(({ accountId, copyId, orderId }) => ({ accountId, copyId, orderId })),
      ),
    ];
  },
  recover: async ({ store, partition }) => {
    const open = [...store.entries()].flatMap(([name, value]) =>
      name.startsWith('account/') ? (value as Account).open.map((orderId) => ({ ...(value as Account), orderId })) : [],
    );
    if (open.length === 0) return [];
    return [
      fills(
        partition,
        open.map(({ accountId, orderId }) => ({ accountId, copyId: orderId.split('#')[0] ?? '', orderId })),
      ),
    ];
  },
};

function fills(partition: number, orders: readonly { accountId: string; copyId: string; orderId: string }[]): Outgoing {
  const ends: OrderEnd[] = orders.map((order) => ({
    ...order,
    status: 'filled',
    reason: null,
    quantity: '1',
    price: '1',
    fee: '0',
    feeAsset: 'USDT',
    occurredAt: 0,
  }));
  return { to: streams.accountsCommands, record: record('RecordFills', { ends }), key: null, partition };
}

function decide({ store }: AccountsState, command: AnyRecord): AnyRecord[] {
  if (command.type === 'CopyOrders') return [decided(store, command)];
  if (command.type !== 'RecordFills') return [];
  const known = command.ends.filter((end) => store.get<Account>(id(end.accountId))?.open.includes(end.orderId));
  if (known.length === 0) return [];
  const ends = known.map((end) => ({
    accountId: end.accountId,
    copyId: end.copyId,
    orderId: end.orderId,
    orderNo: null,
    providerId: '',
    type: 'CopyFilled' as const,
    reason: null,
    instrument: '',
    positionSide: 'long' as const,
    side: 'buy' as const,
    quantity: end.quantity,
    price: end.price,
    providerPrice: null,
    fee: end.fee,
    feeAsset: end.feeAsset,
    realisedPnl: '0',
    released: '0',
    commission: '0',
    occurredAt: 0,
  }));
  return [record('CopyOrdersEnded', { ends })];
}

function decided(store: Store, { line, order, copies }: CopyOrders): AnyRecord {
  const mark = markOf(store, line, order.instrument);
  const skips = (accountId: string): boolean =>
    ((store.get<Account>(id(accountId))?.orders ?? 0) + Number(mark)) % 5 === 4;
  const placed = copies
    .filter(({ accountId }) => !skips(accountId))
    .map(({ accountId, copyId }) => ({
      accountId,
      copyId,
      orderId: `${copyId}#${order.orderNo}`,
      side: order.side,
      quantity: String(Number(mark) + (store.get<Account>(id(accountId))?.orders ?? 0)),
      reduceOnly: false,
      leverage: '10',
      reserved: '0',
      target: order.quantity,
    }));
  const skipped = copies
    .filter(({ accountId }) => skips(accountId))
    .map(({ accountId, copyId }): CopySkipped => ({ accountId, copyId, reason: 'below_lot', target: null }));
  return record('CopiesDecided', { line, order, placed, skipped, missed: [] });
}

function evolve({ store }: AccountsState, event: AnyRecord): void {
  const change = (accountId: string, by: (account: Account) => Account): void =>
    store.set(id(accountId), by(store.get<Account>(id(accountId)) ?? { accountId, orders: 0, open: [] }));
  if (event.type === 'CopiesDecided') {
    for (const { accountId, orderId } of event.placed)
      change(accountId, (account) => ({ ...account, orders: account.orders + 1, open: [...account.open, orderId] }));
    for (const { accountId } of event.skipped)
      change(accountId, (account) => ({ ...account, orders: account.orders + 1 }));
  }
  if (event.type === 'CopyOrdersEnded')
    for (const { accountId, orderId } of event.ends)
      change(accountId, (account) => ({ ...account, open: account.open.filter((open) => open !== orderId) }));
}
