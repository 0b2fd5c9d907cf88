import { streams, type AnyRecord } from '@slipstream/contracts';
import { defaultPolicy } from '@slipstream/domain';
import type { Fold, Meta, Outgoing } from '@slipstream/streams';
import {
  askWallets,
  chargeMonths,
  endAtStop,
  monthsDue,
  monthsSettled,
  settleMonths,
  subscriptionEnded,
  subscriptionStarted,
} from './charge-months.js';
import { announceTerms, fundsMoved, moveFunds, termsAnnounced } from './move-share.js';
import type { Rules } from './rules.js';
import { askAccounts, askNext, settleCharged, settled, settleMeasured, settlementDue } from './settle-copies.js';
import { sharingStarted, startSharing } from './start-share.js';
import { revive, Shares } from './state.js';

/** What followers owe their providers: profit shares by high watermark, and subscriptions. */
export function settlementFold(rules: Rules = defaultPolicy): Fold<Shares> {
  return {
    service: 'settlement',
    inbox: streams.accountsEvents,
    journal: streams.settlementsEvents,
    open: (store) => new Shares(store),
    decide: (state, event, meta) => decide(state, event, rules, meta),
    evolve,
    follow,
    revive,
  };
}

function decide(state: Shares, event: AnyRecord, rules: Rules, meta: Meta): readonly AnyRecord[] {
  switch (event.type) {
    case 'CopyConfirmed':
      return startSharing(state, event, rules);
    case 'CopyFundsAdded':
    case 'CopyFundsTakenOut':
      return moveFunds(state, event);
    case 'CopyFeesAnnounced':
      return announceTerms(state, event);
    case 'CopiesMeasured':
      return settleMeasured(state, event, rules, meta);
    case 'ProfitShareCharged':
      return settleCharged(state, event, meta);
    case 'MarketTicked':
      return chargeMonths(state, event, rules);
    case 'SubscriptionsCharged':
      return settleMonths(state, event, rules, meta);
    case 'CopyStopped':
      return endAtStop(state, event);
    default:
      return [];
  }
}

/** From the event alone: another configuration changes nothing that is said. */
function evolve(state: Shares, event: AnyRecord): void {
  switch (event.type) {
    case 'CopyShareStarted':
      return sharingStarted(state, event);
    case 'CopyShareMoved':
      return fundsMoved(state, event);
    case 'ShareTermsAnnounced':
      return termsAnnounced(state, event);
    case 'ProfitShareDue':
      return settlementDue(state, event);
    case 'ProfitShareSettled':
      return settled(state, event);
    case 'SubscriptionStarted':
      return subscriptionStarted(state, event);
    case 'SubscriptionDue':
      return monthsDue(state, event);
    case 'SubscriptionSettled':
      return monthsSettled(state, event);
    case 'SubscriptionEnded':
      return subscriptionEnded(state, event);
    default:
      return;
  }
}

function follow(state: Shares, event: AnyRecord, meta: Meta): readonly Outgoing[] {
  switch (event.type) {
    case 'ProfitShareDue':
      return askAccounts(state, event, meta);
    case 'ProfitShareSettled':
      return askNext(state, event, meta);
    case 'SubscriptionDue':
      return askWallets(event, meta);
    default:
      return [];
  }
}
