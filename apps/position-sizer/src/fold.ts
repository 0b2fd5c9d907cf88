import { streams, type AnyRecord } from '@slipstream/contracts';
import { defaultPolicy, type Instruments, type Policy } from '@slipstream/domain';
import type { Fold, Outgoing } from '@slipstream/streams';
import { announceFees, feesAnnounced } from './announce-fees.js';
import { chargeProfitShare, profitShareCharged } from './charge-profit-share.js';
import { chargeSubscription, subscriptionsCharged } from './charge-subscription.js';
import { addFunds, fundsMoved, takeOutFunds } from './change-funds.js';
import { closeByHand, closeRequested, positionProtected, protectPosition } from './close-position.js';
import { depositFunds, fundsDeposited, fundsWithdrawn, withdrawFunds } from './deposit-funds.js';
import { accountReinstated, copyRestricted, endCopies, reinstateAccount, restrictCopies } from './end-copies.js';
import { placeJoin, positionJoined } from './join-positions.js';
import { changeSettings, copyPaused, pauseCopying, resumeCopying, settingsChanged } from './manage-copy.js';
import { reportAum } from './measure-aum.js';
import { copiesMeasured } from './measure-copies.js';
import { ownOrdersPlaced, placeOwnOrders } from './own-orders.js';
import { copyOrdersEnded, lossInsured, recordFills } from './record-fills.js';
import { commandRefused } from './request.js';
import type { Rules } from './rules.js';
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
import { copyHasStopped, copyStopping, leaveProvider, stopCopying } from './stop-copying.js';
import { accountSuspended, suspendAccount } from './suspend-account.js';
import { marksTold, positionEnded, ticked, watchMarks } from './watch-marks.js';

/** Accounts of followers: wallets, copies and what they decide. */
export function positionSizer(instruments: Instruments, policy: Policy = defaultPolicy): Fold<Accounts> {
  const rules: Rules = { instruments, policy };
  return {
    service: 'position-sizer',
    inbox: streams.accountsCommands,
    journal: streams.accountsEvents,
    open: (store, partition) => new Accounts(store, partition),
    decide: (state, command) => decide(state, command, rules),
    failed: (_, command, error) => suspendAccount(command, error),
    evolve: (state, event) => {
      evolve(state, event, rules);
    },
    absorb: (state, fact) => {
      if (fact.type === 'MarkPrices') marksTold(state, fact);
    },
    follow,
    revive,
  };
}

function decide(state: Accounts, command: AnyRecord, rules: Rules): readonly AnyRecord[] {
  switch (command.type) {
    case 'CopyOrders':
      return sizeCopies(state, command, rules);
    case 'RecordFills':
      return recordFills(state, command, rules);
    case 'MarkPrices':
      return watchMarks(state, command, rules);
    case 'DepositFunds':
      return depositFunds(state, command);
    case 'StartCopying':
      return startCopying(state, command, rules);
    case 'ConfirmCopy':
      return confirmCopy(state, command, rules);
    case 'RefuseCopy':
      return refuseCopy(state, command);
    case 'EndCopies':
      return endCopies(state, command, rules);
    case 'RestrictCopies':
      return restrictCopies(state, command);
    case 'ReinstateAccount':
      return reinstateAccount(state, command);
    default:
      return decideOnMoney(state, command, rules);
  }
}

/** What copies and accounts owe their providers, and money out of the wallet. */
function decideOnMoney(state: Accounts, command: AnyRecord, rules: Rules): readonly AnyRecord[] {
  switch (command.type) {
    case 'WithdrawFunds':
      return withdrawFunds(state, command);
    case 'AnnounceFees':
      return announceFees(state, command);
    case 'ChargeProfitShare':
      return chargeProfitShare(state, command, rules);
    case 'ChargeSubscription':
      return chargeSubscription(state, command, rules);
    default:
      return decideOnCopy(state, command, rules);
  }
}

/** What a follower asks of one of the copies. */
function decideOnCopy(state: Accounts, command: AnyRecord, rules: Rules): readonly AnyRecord[] {
  switch (command.type) {
    case 'ChangeCopySettings':
      return changeSettings(state, command, rules);
    case 'AddCopyFunds':
      return addFunds(state, command, rules);
    case 'TakeOutCopyFunds':
      return takeOutFunds(state, command, rules);
    case 'PauseCopying':
      return pauseCopying(state, command);
    case 'ResumeCopying':
      return resumeCopying(state, command);
    case 'ClosePosition':
      return closeByHand(state, command, rules);
    case 'ProtectPosition':
      return protectPosition(state, command);
    case 'StopCopying':
      return stopCopying(state, command, rules);
    default:
      return [];
  }
}

function evolve(state: Accounts, event: AnyRecord, rules: Rules): void {
  switch (event.type) {
    case 'CopiesDecided':
      return copiesDecided(state, event);
    case 'CopyOrdersEnded':
      return copyOrdersEnded(state, event, rules);
    case 'CopyOrdersPlaced':
      return ownOrdersPlaced(state, event);
    case 'MarketTicked':
      return ticked(state, event, rules);
    case 'OpenPositionJoined':
      return positionJoined(state, event);
    case 'InsuranceDrawn':
      return lossInsured(state, event);
    case 'FundsDeposited':
      return fundsDeposited(state, event);
    case 'CommandRefused':
      return commandRefused(state, event);
    case 'AccountSuspended':
      return accountSuspended(state, event);
    case 'AccountReinstated':
      return accountReinstated(state, event);
    case 'FundsWithdrawn':
      return fundsWithdrawn(state, event);
    case 'CopyFeesAnnounced':
      return feesAnnounced(state, event);
    case 'CopiesMeasured':
      return copiesMeasured(state, event);
    case 'ProfitShareCharged':
      return profitShareCharged(state, event);
    case 'SubscriptionsCharged':
      return subscriptionsCharged(state, event);
    default:
      return evolveCopy(state, event);
  }
}

/** A copy from its request to its end. */
function evolveCopy(state: Accounts, event: AnyRecord): void {
  switch (event.type) {
    case 'CopyRequested':
      return copyRequested(state, event);
    case 'CopyConfirmed':
      return copyConfirmed(state, event);
    case 'CopyRefused':
      return copyRefused(state, event);
    case 'CopySettingsChanged':
      return settingsChanged(state, event);
    case 'CopyFundsAdded':
    case 'CopyFundsTakenOut':
      return fundsMoved(state, event);
    case 'CopyPaused':
    case 'CopyResumed':
      return copyPaused(state, event);
    case 'CopyRestricted':
      return copyRestricted(state, event);
    case 'PositionCloseRequested':
      return closeRequested(state, event);
    case 'PositionProtected':
      return positionProtected(state, event);
    case 'PositionTriggered':
    case 'PositionLiquidated':
      return positionEnded(state, event);
    case 'CopyStopping':
      return copyStopping(state, event);
    case 'CopyStopped':
      return copyHasStopped(state, event);
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
    case 'OpenPositionJoined':
      return placeJoin(state, event);
    case 'CopyRequested':
      return askProvider(event);
    case 'CopyStopped':
      return leaveProvider(event);
    case 'AumMeasured':
      return reportAum(state, event);
    default:
      return [];
  }
}
