import { streams, type AnyRecord } from '@slipstream/contracts';
import type { Instruments } from '@slipstream/domain';
import type { Fold, Outgoing } from '@slipstream/streams';
import { depositFunds, fundsDeposited } from './deposit-funds.js';
import { copyOrdersEnded, placeOwnOrders, recordFills } from './record-fills.js';
import { commandRefused } from './request.js';
import { copiesDecided, placeOrders, sizeCopies } from './size-copy.js';
import {
  askProvider,
  confirmCopy,
  copyConfirmed,
  copyRefused,
  copyRequested,
  refuseCopy,
  startCopying,
} from './start-copying.js';
import { Accounts, revive } from './state.js';
import { copyHasStopped, copyStopping, leaveProvider, ownOrdersPlaced, stopCopying } from './stop-copying.js';
import { accountSuspended, suspendAccount } from './suspend-account.js';
import { marksTold, ticked, watchMarks } from './watch-marks.js';

/** Accounts of followers: wallets, copies and what they decide. */
export const positionSizer = (instruments: Instruments): Fold<Accounts> => ({
  service: 'position-sizer',
  inbox: streams.accountsCommands,
  journal: streams.accountsEvents,
  open: (store, partition) => new Accounts(store, partition),
  decide: (state, command) => decide(state, command, instruments),
  failed: (_, command, error) => suspendAccount(command, error),
  evolve: (state, event) => {
    evolve(state, event, instruments);
  },
  absorb: (state, fact) => {
    if (fact.type === 'MarkPrices') marksTold(state, fact);
  },
  follow,
  revive,
});

function decide(state: Accounts, command: AnyRecord, instruments: Instruments): readonly AnyRecord[] {
  switch (command.type) {
    case 'CopyOrders':
      return sizeCopies(state, command, instruments);
    case 'RecordFills':
      return recordFills(state, command, instruments);
    case 'MarkPrices':
      return watchMarks(state, command, instruments);
    case 'DepositFunds':
      return depositFunds(state, command);
    case 'StartCopying':
      return startCopying(state, command);
    case 'ConfirmCopy':
      return confirmCopy(state, command);
    case 'RefuseCopy':
      return refuseCopy(state, command);
    case 'StopCopying':
      return stopCopying(state, command, instruments);
    default:
      return [];
  }
}

function evolve(state: Accounts, event: AnyRecord, instruments: Instruments): void {
  switch (event.type) {
    case 'CopiesDecided':
      return copiesDecided(state, event);
    case 'CopyOrdersEnded':
      return copyOrdersEnded(state, event, instruments);
    case 'CopyOrdersPlaced':
      return ownOrdersPlaced(state, event);
    case 'MarketTicked':
      return ticked(state, event, instruments);
    case 'FundsDeposited':
      return fundsDeposited(state, event);
    case 'CopyRequested':
      return copyRequested(state, event);
    case 'CopyConfirmed':
      return copyConfirmed(state, event);
    case 'CopyRefused':
      return copyRefused(state, event);
    case 'CopyStopping':
      return copyStopping(state, event);
    case 'CopyStopped':
      return copyHasStopped(state, event);
    case 'CommandRefused':
      return commandRefused(state, event);
    case 'AccountSuspended':
      return accountSuspended(state, event);
    default:
      return;
  }
}

function follow(state: Accounts, event: AnyRecord): readonly Outgoing[] {
  switch (event.type) {
    case 'CopiesDecided':
      return placeOrders(state, event);
    case 'CopyOrdersPlaced':
      return placeOwnOrders(state, event);
    case 'CopyRequested':
      return askProvider(event);
    case 'CopyStopped':
      return leaveProvider(event);
    default:
      return [];
  }
}
