import fc from 'fast-check';
import type { AnyRecord, CopySettings } from '@slipstream/contracts';
import { plainApplication } from '@slipstream/domain';
import { settings, type Mover } from '../histories.js';
import { said } from './numbers.js';
import type { Platform, ProviderId } from './platform.js';

const ofCopies = [
  'start',
  'start',
  'pause',
  'change',
  'add',
  'take',
  'close',
  'close',
  'protect',
  'stop',
  'again',
] as const;
const ofProviders = [
  'funds',
  'funds',
  'terms',
  'visibility',
  'invite',
  'block',
  'dismiss',
  'link',
  'retire',
  'halt',
  'kill',
  'repeat',
] as const;

/** Something that a follower asks of a copy. */
export const ofCopy = fc.record({
  kind: fc.constant('ofCopy' as const),
  accountId: fc.constantFrom('a', 'b'),
  providerId: fc.constantFrom<ProviderId>('p', 'q'),
  what: fc.constantFrom(...ofCopies),
  settings,
  n: fc.integer({ min: 0, max: 9 }),
});
/** Something that a provider does besides trading, or an operator to it. */
export const ofProvider = fc.record({
  kind: fc.constant('ofProvider' as const),
  providerId: fc.constantFrom<ProviderId>('p', 'q'),
  accountId: fc.constantFrom('a', 'b'),
  what: fc.constantFrom(...ofProviders),
  n: fc.integer({ min: 0, max: 9 }),
});
type Taken<T> = T extends fc.Arbitrary<infer V> ? V : never;
export type OfCopy = Taken<typeof ofCopy>;
export type OfProvider = Taken<typeof ofProvider>;

/** An application as the histories' providers make it. */
export const application = (providerId: ProviderId): AnyRecord => ({
  ...plainApplication,
  type: 'RegisterProvider',
  requestId: `register ${providerId}`,
  providerId,
  displayName: providerId,
  startingCapital: '10000',
  profitShareRatio: '0.1',
  occurredAt: 1,
});

/** A request to start a copy. */
export const start = (
  { accountId, providerId }: { readonly accountId: string; readonly providerId: string },
  copyTotalAmt: string,
  chosen: CopySettings,
  { requestId, occurredAt }: { readonly requestId: string; readonly occurredAt: number },
): AnyRecord => {
  const who = { accountId, providerId, disclaimerVersion: '2026-01', country: '', ownerId: '' };
  return { type: 'StartCopying', requestId, ...who, copyTotalAmt, settings: chosen, occurredAt };
};

/** The follower's request as things stand; some are more than is there, or for a copy that is over. */
export function followerAsks(platform: Platform, asked: OfCopy, at: number, no: number): AnyRecord | null {
  const { accountId, providerId, what, settings: fresh, n } = asked;
  const copies = platform.copies.filter((copy) => copy.accountId === accountId && copy.providerId === providerId);
  const copyId = copies.at(-1)?.copyId ?? '';
  const now = platform.twin.standing(copyId);
  const when = { requestId: `r${no}`, occurredAt: at };
  if (what === 'start') return start(asked, platform.twin.walletOf(accountId).gte(300) ? '300' : '60', fresh, when);
  if (!now) return null;
  const ids = { ...when, accountId, copyId };
  const lead = now.leads.find(({ held }) => !held.eq(0));
  const leadPositionId = lead?.id ?? `${providerId}/X/net/1`;
  switch (what) {
    case 'close':
      return { type: 'ClosePosition', ...ids, leadPositionId, fraction: n % 2 === 0 ? '1' : '0.5' };
    case 'protect': {
      const px = leadPositionId.includes('/X/') ? 60 + n * 8 : 12 + n * 2;
      const [tpTriggerPx, slTriggerPx] = n % 3 === 0 ? [null, null] : [String(px), n % 2 === 0 ? null : String(px + 3)];
      return { type: 'ProtectPosition', ...ids, leadPositionId, tpTriggerPx, slTriggerPx };
    }
    case 'pause':
      return { type: now.status === 'active' || n > 8 ? 'PauseCopying' : 'ResumeCopying', ...ids };
    case 'change':
      return { type: 'ChangeCopySettings', ...ids, settings: fresh };
    case 'add':
      return { type: 'AddCopyFunds', ...ids, amount: String(n * 20 + 1) };
    case 'take': {
      const room = [now.free, now.equity.minus(50)].reduce((a, b) => (a.lt(b) ? a : b));
      const part = room.times(n + 2).div(10);
      const amount = part.round(2, 0);
      return { type: 'TakeOutCopyFunds', ...ids, amount: amount.gt(0) ? said(amount) : '5' };
    }
    case 'stop': {
      const how = (['market_close', 'copy_close', 'manual_close'] as const)[n % 3] ?? 'market_close';
      return n > 5 || now.status !== 'active' ? { type: 'StopCopying', ...ids, subPosCloseType: how } : null;
    }
    default:
      return null;
  }
}

/** What a provider or an operator sends, or nothing. */
export function providerAsks(asked: OfProvider, mover: Mover, no: number): AnyRecord | null {
  const { providerId, accountId, what, n } = asked;
  const ids = { requestId: `o${no}`, providerId, occurredAt: mover.now };
  const often = n > 2;
  switch (what) {
    case 'funds': {
      const kind = (['deposit', 'withdrawal', 'funding', 'equity'] as const)[n % 4] ?? 'deposit';
      const amount = kind === 'equity' ? `${4000 + n * 1000}.5` : `${n * 30 + 1}.25`;
      const sequence = mover.nextSequence();
      return { type: 'RecordProviderFunds', providerId, sequence, kind, amount, occurredAt: mover.now };
    }
    case 'terms': {
      const settlementPeriod = n % 2 === 0 ? 'weekly' : 'monthly';
      const terms = { profitShareRatio: `0.1${n}`, feeModel: 'profit_share', subscriptionPrice: null } as const;
      return { type: 'ChangeProviderTerms', ...ids, ...terms, settlementPeriod };
    }
    case 'visibility':
      return { type: 'ChangeProviderVisibility', ...ids, visibility: often ? 'public' : 'private' };
    case 'invite':
      return { type: 'InviteFollower', ...ids, accountId, invited: often };
    case 'block':
      return { type: 'BlockFollower', ...ids, accountId, blocked: !often };
    case 'dismiss':
      return { type: 'DismissFollower', ...ids, accountId };
    default:
      return byOperator(asked, ids);
  }
}

function byOperator(
  { providerId, accountId, what, n }: OfProvider,
  ids: { requestId: string; providerId: string; occurredAt: number },
): AnyRecord | null {
  switch (what) {
    case 'link':
      return n === 0 ? { type: 'LinkAccount', ...ids, accountId } : null;
    case 'retire':
      return n === 0 ? { type: 'StopLeading', ...ids } : null;
    case 'halt':
      return { type: 'BlockProvider', ...ids, blocked: n > 7, reason: 'looked at' };
    case 'kill': {
      const scope = (['platform', 'provider', 'instrument'] as const)[n % 3] as 'platform';
      const target = { platform: '', provider: providerId, instrument: 'X' }[scope];
      const { requestId, occurredAt } = ids;
      return { type: 'SetKillSwitch', requestId, scope, target, on: n > 6, reason: 'test', occurredAt };
    }
    default:
      return null;
  }
}
