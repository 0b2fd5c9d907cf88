import type {
  CopyFeesAnnounced,
  CopyFundsAdded,
  CopyFundsTakenOut,
  CopyShareMoved,
  ShareTermsAnnounced,
} from '@slipstream/contracts';
import {
  decimal,
  text,
  withAnnouncedPrice,
  withAnnouncedTerms,
  withDeposit,
  withEquity,
  withWithdrawal,
  type CopyShare,
} from '@slipstream/domain';
import { shareTerms } from './start-share.js';
import type { Shares } from './state.js';

type Flow = Pick<CopyShareMoved, 'kind' | 'amount' | 'equityBefore'>;

const moved = (share: CopyShare, { kind, amount, equityBefore }: Flow): CopyShare =>
  (kind === 'deposit' ? withDeposit : withWithdrawal)(share, decimal(amount), decimal(equityBefore));

/** Money came into a copy or left it: a deposit leaves the gap, a withdrawal takes its part of a loss along. */
export function moveFunds(state: Shares, event: CopyFundsAdded | CopyFundsTakenOut): CopyShareMoved[] {
  const { accountId, copyId, providerId, amount, equityBefore, occurredAt } = event;
  const shared = state.share(copyId);
  if (!shared) return [];
  const flow = { kind: event.type === 'CopyFundsAdded' ? 'deposit' : 'withdrawal', amount, equityBefore } as const;
  const gapBefore = text(withEquity(shared.share, decimal(equityBefore)).gap);
  const gapAfter = text(moved(shared.share, flow).gap);
  const ids = { accountId, copyId, providerId };
  return [{ type: 'CopyShareMoved', ...ids, ...flow, gapBefore, gapAfter, occurredAt }];
}

export function fundsMoved(state: Shares, event: CopyShareMoved): void {
  const shared = state.share(event.copyId);
  if (shared) state.setShare({ ...shared, share: moved(shared.share, event) });
}

/** New terms: they hold from the settlement at their moment on. */
export function announceTerms(state: Shares, event: CopyFeesAnnounced): ShareTermsAnnounced[] {
  const { providerId, fees, effectiveFrom, occurredAt } = event;
  const copies = event.copies.filter(({ copyId }) => state.share(copyId));
  return copies.length === 0
    ? []
    : [{ type: 'ShareTermsAnnounced', providerId, fees, effectiveFrom, copies, occurredAt }];
}

export function termsAnnounced(state: Shares, event: ShareTermsAnnounced): void {
  const { fees, effectiveFrom, copies, occurredAt } = event;
  for (const { copyId } of copies) {
    const shared = state.share(copyId);
    if (!shared) continue;
    const share = withAnnouncedTerms(shared.share, { ...shareTerms(fees), effectiveFrom });
    state.setShare({ ...shared, announced: { fees, effectiveFrom }, share });
    const pair = state.pair(shared);
    if (pair.subscription?.status !== 'active' || fees.subscriptionPrice === null) continue;
    const price = decimal(fees.subscriptionPrice);
    const subscription = withAnnouncedPrice(pair.subscription, { price, effectiveFrom }, occurredAt);
    state.setPair({ ...pair, subscription });
  }
}
