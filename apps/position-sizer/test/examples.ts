import {
  partitionCount,
  partitionOf,
  type AnyRecord,
  type CopySettings,
  type OrderEnd,
  type ProviderOrder,
  type StopCopying,
} from '@slipstream/contracts';
import { defaultCopySettings, instrumentTable, text } from '@slipstream/domain';
import { drive, type Driven } from '@slipstream/testing';
import { positionSizer } from '../src/fold.js';
import type { Accounts } from '../src/state.js';

export const fold = positionSizer(instrumentTable());
export const line = partitionOf('p', partitionCount);
export const settings: CopySettings = {
  ...defaultCopySettings,
  mode: 'fixed_amount',
  copyAmt: '100',
};
export const deposit = (requestId = 'd', amount = '1000', changes = {}): AnyRecord => ({
  type: 'DepositFunds',
  requestId,
  accountId: 'a',
  amount,
  asset: 'USDT',
  occurredAt: 1,
  ...changes,
});
export const start = (changes: object = {}, own: Partial<CopySettings> = {}): AnyRecord => ({
  type: 'StartCopying',
  requestId: 's',
  accountId: 'a',
  providerId: 'p',
  copyTotalAmt: '500',
  settings: { ...settings, ...own },
  disclaimerVersion: '2026-01',
  country: '',
  ownerId: '',
  occurredAt: 2,
  ...changes,
});
export const copyId = 'a~p~1';
export const ids = { accountId: 'a', copyId, providerId: 'p' };
export const confirm: AnyRecord = { type: 'ConfirmCopy', ...ids, fromOrder: 1, joins: [], fees: null, announced: null };
export const refuse: AnyRecord = { type: 'RefuseCopy', ...ids, reason: 'slots_full' };
export const stop = (subPosCloseType: StopCopying['subPosCloseType'], requestId = 'x'): AnyRecord => ({
  type: 'StopCopying',
  requestId,
  accountId: 'a',
  copyId,
  subPosCloseType,
  occurredAt: 9,
});
export const opening: ProviderOrder = {
  providerId: 'p',
  orderNo: 1,
  providerOrderId: 'p/1',
  effect: 'open',
  leadPositionId: 'lead',
  openedByOrderNo: 1,
  instrument: 'X',
  side: 'buy',
  positionSide: 'long',
  price: '40',
  quantity: '5',
  fraction: '0',
  usage: '0.2',
  leverage: null,
  marginMode: null,
  mark: '40',
  knownPosition: true,
  blocked: [],
  occurredAt: 5,
};
export const order = (
  orderNo: number,
  changes: Partial<ProviderOrder> = {},
  copies = [{ accountId: 'a', copyId }],
): AnyRecord => ({
  type: 'CopyOrders',
  line,
  order: { ...opening, orderNo, providerOrderId: `p/${orderNo}`, ...changes },
  copies,
});
export const closing = { effect: 'close', side: 'sell', fraction: '1' } as const;
export const filled = (orderId: string, quantity: string, price = '40', fee = '0.05'): AnyRecord => {
  const end: OrderEnd = {
    accountId: 'a',
    copyId,
    orderId,
    status: quantity === '0' ? 'rejected' : 'filled',
    reason: quantity === '0' ? 'venue_rejected' : null,
    quantity,
    price: quantity === '0' ? null : price,
    fee: quantity === '0' ? '0' : fee,
    feeAsset: 'USDT',
    occurredAt: 6,
  };
  return { type: 'RecordFills', ends: [end] };
};
export const mark = (at: number, price: string, onLine = line): AnyRecord => ({
  type: 'MarkPrices',
  at,
  boundary: false,
  line: onLine,
  marks: [{ instrument: 'X', price }],
});
export const given = (...commands: AnyRecord[]): Driven<Accounts> => {
  const driven = drive(fold, 4);
  driven.give(...commands);
  return driven;
};
export const active = (own: Partial<CopySettings> = {}): AnyRecord[] => [deposit(), start({}, own), confirm];
export const wallet = (driven: Driven<Accounts>): string => text(driven.state.account('a').wallet);
export const types = (events: readonly AnyRecord[]): string[] => events.map(({ type }) => type);
