import { streams, type AnyRecord } from '@slipstream/contracts';
import { defaultPolicy, type Instruments, type Policy } from '@slipstream/domain';
import type { Fold, Meta, Outgoing } from '@slipstream/streams';
import { admitFollower, answerAccount, followerAdmitted, removeFollower } from './admit-follower.js';
import {
  blockProvider,
  changeTerms,
  changeVisibility,
  providerBlocked,
  providerRetired,
  stopLeading,
  termsAnnounced,
  termsChanged,
  visibilityChanged,
} from './change-provider.js';
import {
  accountLinked,
  blockFollower,
  dismissFollower,
  endAll,
  endOne,
  followerBlocked,
  followerDismissed,
  followerInvited,
  inviteFollower,
  linkAccount,
  restrictLinked,
} from './keep-followers.js';
import { killSwitchSet, setKillSwitch } from './kill-switch.js';
import { markPrices, passMarks, tick, ticked } from './mark-prices.js';
import { aumRecorded, levelChanged, recordAum } from './record-aum.js';
import { fundsRecorded, recordFunds } from './record-funds.js';
import { providerRegistered, registerProvider } from './register-provider.js';
import { commandRefused } from './request.js';
import { Providers, revive } from './state.js';
import { copyOrders, orderTaken, takeOrder } from './take-order.js';
import { announceFees } from './tell-fees.js';

/** What decisions rest on besides state and command. */
interface Rules {
  readonly instruments: Instruments;
  readonly policy: Policy;
}

/** Providers: their orders, positions, terms and followers. */
export function copyEngine(instruments: Instruments, policy: Policy = defaultPolicy): Fold<Providers> {
  const rules: Rules = { instruments, policy };
  return {
    service: 'copy-engine',
    inbox: streams.providersCommands,
    journal: streams.providersEvents,
    open: (store, partition) => new Providers(store, partition),
    decide: (state, command) => decide(state, command, rules),
    evolve,
    absorb: (state, fact) => {
      if (fact.type === 'MarkPrices') markPrices(state, fact);
    },
    follow,
    pass: (_, fact, meta) => (fact.type === 'MarkPrices' ? passMarks(fact, meta) : []),
    revive,
  };
}

function decide(state: Providers, command: AnyRecord, { instruments, policy }: Rules): readonly AnyRecord[] {
  switch (command.type) {
    case 'RecordProviderFills':
      return takeOrder(state, command, instruments, policy);
    case 'RecordProviderFunds':
      return recordFunds(state, command, instruments);
    case 'AddFollower':
      return admitFollower(state, command, instruments, policy);
    case 'RemoveFollower':
      return removeFollower(state, command);
    case 'MarkPrices':
      return tick(state, command, policy);
    case 'RecordAum':
      return recordAum(state, command);
    case 'SetKillSwitch':
      return setKillSwitch(state, command);
    default:
      return decideOnProvider(state, command, policy);
  }
}

/** What is asked of, or about, one provider. */
function decideOnProvider(state: Providers, command: AnyRecord, policy: Policy): readonly AnyRecord[] {
  switch (command.type) {
    case 'RegisterProvider':
      return registerProvider(state, command, policy);
    case 'ChangeProviderTerms':
      return changeTerms(state, command, policy);
    case 'ChangeProviderVisibility':
      return changeVisibility(state, command);
    case 'InviteFollower':
      return inviteFollower(state, command, policy);
    case 'BlockFollower':
      return blockFollower(state, command, policy);
    case 'DismissFollower':
      return dismissFollower(state, command);
    case 'LinkAccount':
      return linkAccount(state, command, policy);
    case 'StopLeading':
      return stopLeading(state, command);
    case 'BlockProvider':
      return blockProvider(state, command);
    default:
      return [];
  }
}

function evolve(state: Providers, event: AnyRecord): void {
  switch (event.type) {
    case 'ProviderOrderTaken':
      return orderTaken(state, event);
    case 'ProviderFundsRecorded':
      return fundsRecorded(state, event);
    case 'FollowerAdmitted':
      return followerAdmitted(state, event);
    case 'FollowerRemoved':
      return state.removeFollower(event.providerId, event.accountId, event.copyId);
    case 'MarketTicked':
      return ticked(state, event);
    case 'AumRecorded':
      return aumRecorded(state, event);
    case 'KillSwitchSet':
      return killSwitchSet(state, event);
    default:
      return evolveProvider(state, event);
  }
}

/** A provider's profile. */
function evolveProvider(state: Providers, event: AnyRecord): void {
  switch (event.type) {
    case 'ProviderRegistered':
      return providerRegistered(state, event);
    case 'ProviderCommandRefused':
      return commandRefused(state, event);
    case 'ProviderTermsAnnounced':
      return termsAnnounced(state, event);
    case 'ProviderTermsChanged':
      return termsChanged(state, event);
    case 'ProviderVisibilityChanged':
      return visibilityChanged(state, event);
    case 'ProviderRetired':
      return providerRetired(state, event);
    case 'ProviderBlocked':
      return providerBlocked(state, event);
    case 'ProviderLevelChanged':
      return levelChanged(state, event);
    case 'FollowerInvited':
      return followerInvited(state, event);
    case 'FollowerBlocked':
      return followerBlocked(state, event);
    case 'FollowerDismissed':
      return followerDismissed(state, event);
    case 'AccountLinked':
      return accountLinked(state, event);
    default:
      return;
  }
}

function follow(state: Providers, event: AnyRecord, meta: Meta): readonly Outgoing[] {
  switch (event.type) {
    case 'ProviderOrderTaken':
      return copyOrders(state, event, meta);
    case 'FollowerAdmitted':
    case 'FollowerRefused':
      return answerAccount(state, event);
    case 'ProviderTermsAnnounced':
      return announceFees(state, event);
    case 'FollowerDismissed':
      return endOne(event);
    case 'ProviderRetired':
      return endAll(state, event);
    case 'AccountLinked':
      return restrictLinked(state, event);
    default:
      return [];
  }
}
