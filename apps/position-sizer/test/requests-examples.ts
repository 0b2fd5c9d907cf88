import type { AnyRecord, ClosePosition, CopySettings, ProtectPosition, ProviderOrder } from '@slipstream/contracts';
import { copyId, ids, line, opening, settings } from './examples.js';

/** Commands about the one copy of the examples; the request id is the command's own unless another is given. */
const about = (type: AnyRecord['type'], requestId: string, more: object = {}): AnyRecord =>
  ({ type, requestId, accountId: 'a', copyId, occurredAt: 8, ...more }) as AnyRecord;

export const change = (own: Partial<CopySettings>, requestId = 'change'): AnyRecord =>
  about('ChangeCopySettings', requestId, { settings: { ...settings, ...own } });
export const add = (amount: string, requestId = 'add'): AnyRecord => about('AddCopyFunds', requestId, { amount });
export const takeOut = (amount: string, requestId = 'take'): AnyRecord =>
  about('TakeOutCopyFunds', requestId, { amount });
export const pause = (requestId = 'pause'): AnyRecord => about('PauseCopying', requestId);
export const resume = (requestId = 'resume'): AnyRecord => about('ResumeCopying', requestId);
export const close = (more: Partial<ClosePosition> = {}, requestId = 'close'): AnyRecord =>
  about('ClosePosition', requestId, { leadPositionId: 'lead', fraction: '1', ...more });
export const protect = (more: Partial<ProtectPosition> = {}, requestId = 'protect'): AnyRecord =>
  about('ProtectPosition', requestId, { leadPositionId: 'lead', tpTriggerPx: null, slTriggerPx: null, ...more });
export const reinstate = (requestId = 'reinstate'): AnyRecord => ({
  type: 'ReinstateAccount',
  requestId,
  accountId: 'a',
  occurredAt: 8,
});
export const endCopies = (reason: 'provider_retired' | 'removed_by_provider' = 'provider_retired'): AnyRecord => ({
  type: 'EndCopies',
  providerId: 'p',
  reason,
  copies: [{ accountId: 'a', copyId }],
  occurredAt: 9,
});
export const restrict = (reason: 'self_copy' | 'provider_blocked', restricted = true): AnyRecord => ({
  type: 'RestrictCopies',
  providerId: 'p',
  reason,
  restricted,
  copies: [{ accountId: 'a', copyId }],
  occurredAt: 9,
});
/** The confirmation of a copy that joins open lead positions. */
export const confirmWith = (...joins: Partial<ProviderOrder>[]): AnyRecord => ({
  type: 'ConfirmCopy',
  ...ids,
  fromOrder: 5,
  joins: joins.map((join) => ({ ...opening, providerOrderId: 'lead/join', ...join })),
  fees: null,
  announced: null,
});
/** A UTC midnight. */
export const midnight = (at: number, price: string): AnyRecord => ({
  type: 'MarkPrices',
  at,
  boundary: true,
  line,
  marks: [{ instrument: 'X', price }],
});
