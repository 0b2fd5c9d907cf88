import type {
  CopyConfirmed,
  CopyShareStarted,
  FeeTerms,
  SubscriptionDue,
  SubscriptionStarted,
} from '@slipstream/contracts';
import {
  decimal,
  openingOf,
  startShare,
  text,
  withAnnouncedTerms,
  type CopyShare,
  type Opening,
} from '@slipstream/domain';
import { firstMonth } from './charge-months.js';
import type { Rules } from './rules.js';
import type { Shares } from './state.js';

/** Terms of a share: what the provider takes, and how often. */
export const shareTerms = ({ profitShareRatio, settlementPeriod }: FeeTerms) => ({
  profitShareRatio: decimal(profitShareRatio),
  settlementPeriod,
});

type Started = Pick<CopyShareStarted, 'copyId' | 'amount' | 'fees' | 'announced' | 'occurredAt'>;

function shareFrom({ copyId, amount, fees, announced, occurredAt }: Started, opening: Opening): CopyShare {
  const share = startShare({ copyId, amount: decimal(amount), at: occurredAt, terms: shareTerms(fees) }, opening);
  if (announced === null) return share;
  return withAnnouncedTerms(share, { ...shareTerms(announced.fees), effectiveFrom: announced.effectiveFrom });
}

/** A copy is active: its profit share begins, with what an earlier one of the same pair has left; or its subscription. */
export function startSharing(
  state: Shares,
  event: CopyConfirmed,
  rules: Rules,
): (CopyShareStarted | SubscriptionStarted | SubscriptionDue)[] {
  const { fees, announced, accountId, copyId, providerId, copyTotalAmt: amount, occurredAt } = event;
  if (fees === null || state.share(copyId)) return [];
  const ids = { accountId, copyId, providerId };
  const { carried } = state.pair(ids);
  const { gap, due } = openingOf(carried, decimal(amount), occurredAt, rules.carriedGapDays);
  const carriedFrom = carried?.fromCopyId ?? null;
  const left = { gap: text(gap), due: text(due), carriedFrom };
  const started: CopyShareStarted = {
    type: 'CopyShareStarted',
    ...{ ...ids, amount, fees, announced, ...left, occurredAt },
  };
  return [started, ...firstMonth(state, ids, { fees, announced }, occurredAt, rules)];
}

/** What was carried is used up by it. */
export function sharingStarted(state: Shares, event: CopyShareStarted): void {
  const { accountId, copyId, providerId, fees, announced, gap, due } = event;
  const pair = state.pair(event);
  const share = shareFrom(event, { gap: decimal(gap), due: decimal(due) });
  state.setShare({ accountId, copyId, providerId, feeModel: fees.feeModel, announced, share, asked: {} });
  if (pair.carried !== null) state.setPair({ ...pair, carried: null });
}
