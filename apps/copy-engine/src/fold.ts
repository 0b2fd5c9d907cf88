import { streams, type AnyRecord } from '@slipstream/contracts';
import type { Instruments } from '@slipstream/domain';
import type { Fold, Meta, Outgoing } from '@slipstream/streams';
import { admitFollower, answerAccount, followerAdmitted, removeFollower } from './admit-follower.js';
import { markPrices, passMarks, tick, ticked } from './mark-prices.js';
import { providerRegistered, registerProvider } from './register-provider.js';
import { Providers, revive } from './state.js';
import { copyOrders, orderTaken, takeOrder } from './take-order.js';

/** Providers: their orders, positions and followers. */
export const copyEngine = (instruments: Instruments): Fold<Providers> => ({
  service: 'copy-engine',
  inbox: streams.providersCommands,
  journal: streams.providersEvents,
  open: (store, partition) => new Providers(store, partition),
  decide: (state, command) => decide(state, command, instruments),
  evolve,
  absorb: (state, fact) => {
    if (fact.type === 'MarkPrices') markPrices(state, fact);
  },
  follow,
  pass: (_, fact, meta) => (fact.type === 'MarkPrices' ? passMarks(fact, meta) : []),
  revive,
});

function decide(state: Providers, command: AnyRecord, instruments: Instruments): readonly AnyRecord[] {
  switch (command.type) {
    case 'RegisterProvider':
      return registerProvider(state, command);
    case 'RecordProviderFills':
      return takeOrder(state, command, instruments);
    case 'AddFollower':
      return admitFollower(state, command);
    case 'RemoveFollower':
      return removeFollower(state, command);
    case 'MarkPrices':
      return tick(state, command);
    default:
      return [];
  }
}

function evolve(state: Providers, event: AnyRecord): void {
  switch (event.type) {
    case 'ProviderRegistered':
      return providerRegistered(state, event);
    case 'ProviderOrderTaken':
      return orderTaken(state, event);
    case 'FollowerAdmitted':
      return followerAdmitted(state, event);
    case 'FollowerRemoved':
      return state.removeFollower(event.providerId, event.accountId, event.copyId);
    case 'MarketTicked':
      return ticked(state, event);
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
      return answerAccount(event);
    default:
      return [];
  }
}
