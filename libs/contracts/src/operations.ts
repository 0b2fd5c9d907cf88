import type { RecordName } from './generated/records.js';
import type { ServiceName, StreamName } from './streams.js';

/** What a service does with the topics. Tools (replay, demo market, bench) write to inboxes too; they are no services. */
export interface Operations {
  readonly receives: readonly StreamName[];
  readonly sends: Readonly<Partial<Record<StreamName, readonly RecordName[] | 'all'>>>;
}

/** Who sends and receives what; the AsyncAPI document is made from it. */
export const operations: Readonly<Record<ServiceName, Operations>> = {
  'order-gateway': {
    receives: ['ordersCommands'],
    sends: {
      ordersEvents: 'all',
      ordersCommands: ['RecordVenueReports'],
      accountsCommands: ['RecordFills'],
      providersCommands: ['RecordProviderFills', 'RecordProviderFunds', 'MarkPrices'],
      deadLetters: 'all',
    },
  },
  'copy-engine': {
    receives: ['providersCommands'],
    sends: {
      providersEvents: 'all',
      accountsCommands: [
        'ConfirmCopy',
        'RefuseCopy',
        'EndCopies',
        'RestrictCopies',
        'AnnounceFees',
        'CopyOrders',
        'MarkPrices',
      ],
      deadLetters: 'all',
    },
  },
  'position-sizer': {
    receives: ['accountsCommands'],
    sends: {
      accountsEvents: 'all',
      providersCommands: ['AddFollower', 'RemoveFollower', 'RecordAum'],
      ordersCommands: ['PlaceOrders'],
      deadLetters: 'all',
    },
  },
  'stats-projector': {
    receives: ['providersEvents', 'accountsEvents', 'ordersEvents'],
    sends: { providersStats: 'all', deadLetters: 'all' },
  },
  settlement: {
    receives: ['accountsEvents'],
    sends: {
      settlementsEvents: 'all',
      accountsCommands: ['ChargeProfitShare', 'ChargeSubscription'],
      deadLetters: 'all',
    },
  },
  notifier: {
    receives: ['providersEvents', 'accountsEvents', 'settlementsEvents'],
    sends: { deadLetters: 'all' },
  },
  'api-gateway': {
    receives: [],
    sends: {
      providersCommands: [
        'RegisterProvider',
        'ChangeProviderTerms',
        'ChangeProviderVisibility',
        'InviteFollower',
        'BlockFollower',
        'DismissFollower',
        'LinkAccount',
        'StopLeading',
        'BlockProvider',
        'SetKillSwitch',
      ],
      accountsCommands: [
        'DepositFunds',
        'WithdrawFunds',
        'StartCopying',
        'ChangeCopySettings',
        'AddCopyFunds',
        'TakeOutCopyFunds',
        'PauseCopying',
        'ResumeCopying',
        'ClosePosition',
        'ProtectPosition',
        'StopCopying',
        'ReinstateAccount',
      ],
    },
  },
};
