import type {
  CopyConfirmed,
  CopyShareStarted,
  FeeTerms,
  SubscriptionDue,
  SubscriptionStarted,
} from '@slipstream/contracts';
import { decimal, startShare, text, withAnnouncedTerms, type CarriedGap, type CopyShare } from '@slipstream/domain';
import { firstMonth } from './charge-months.js';
import type { Rules } from './rules.js';
import type { Shares } from './state.js';

/** Terms of a share: what the provider takes, and how often. */
export const shareTerms = ({ profitShareRatio, settlementPeriod }: FeeTerms) => ({
  profitShareRatio: decimal(profitShareRatio),
  settlementPeriod,
});

type Started = Pick<CopyShareStarted, 'copyId' | 'amount' | 'fees' | 'announced' | 'occurredAt'>;

function shareFrom({ copyId, amount, fees, announced, occurredAt }: Started, carried: CarriedGap | null): CopyShare {
  const share = startShare({ copyId, amount: decimal(amount), at: occurredAt, terms: shareTerms(fees) }, carried);
  if (announced === null) return share;
  return withAnnouncedTerms(share, { ...shareTerms(announced.fees), effectiveFrom: announced.effectiveFrom });
}

/** A copy is active: its profit share begins, with what an earlier one of the same pair has left; or its subscription. */
export function startSharing(
  state: Shares,
  event: CopyConfirmed,
  rules: Rules,
): (CopyShareStarted | SubscriptionStarted | SubscriptionDue)[] {
  const { fees, announced, accountId, copyId, providerId, copyTotalAmt, occurredAt } = event;
  if (fees === null || state.share(copyId)) return [];
  const ids = { accountId, copyId, providerId };
  const { carried } = state.pair(ids);
  const what = { ...ids, amount: copyTotalAmt, fees, announced, occurredAt };
  const { gap, due } = shareFrom(what, carried);
  const carriedFrom = carried?.fromCopyId ?? null;
  const started: CopyShareStarted = { type: 'CopyShareStarted', ...what, gap: text(gap), due: text(due), carriedFrom };
  return [started, ...firstMonth(state, ids, fees, occurredAt, rules)];
}

/** What was carried is used up by it. */
export function sharingStarted(state: Shares, event: CopyShareStarted): void {
  const { accountId, copyId, providerId, fees, announced } = event;
  const pair = state.pair(event);
  const share = shareFrom(event, pair.carried);
  state.setShare({ accountId, copyId, providerId, feeModel: fees.feeModel, announced, share, asked: {} });
  if (pair.carried !== null) state.setPair({ ...pair, carried: null });
}
