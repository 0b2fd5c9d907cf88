import type { RecordName } from './generated/records.js';

/** The services that read an inbox or write a journal. */
export type ServiceName =
  'order-gateway' | 'copy-engine' | 'position-sizer' | 'stats-projector' | 'settlement' | 'notifier' | 'api-gateway';

/** A topic as everybody sees it: one place for name, key, records, writer, reader, partitions and retention. */
export interface Stream<R extends RecordName = RecordName> {
  readonly topic: string;
  readonly kind: 'inbox' | 'journal' | 'public' | 'dead-letters';
  /** Field of the records (or of their list entries) that keys the topic. */
  readonly key: string;
  readonly records: readonly R[];
  /** Who writes it; an inbox has many writers. */
  readonly writer: ServiceName | 'many';
  /** The one service that consumes an inbox; journals have any number of readers. */
  readonly reader: ServiceName | 'any';
  readonly partitions: number;
  /** Kafka topic configuration. */
  readonly config: Readonly<Record<string, string>>;
}

/** Partition count of everything keyed by provider or account: inbox partition p is answered in journal partition p. */
export const partitionCount = 12;

const stream = <R extends RecordName>(value: Omit<Stream<R>, 'partitions'>): Stream<R> => ({
  ...value,
  partitions: partitionCount,
});
const maxBatchBytes = String(16 * 1024 * 1024);
const safe = { 'unclean.leader.election.enable': 'false' };
const inboxConfig = { ...safe, 'max.message.bytes': maxBatchBytes, 'retention.ms': String(7 * 86_400_000) };
const journalConfig = { ...safe, 'max.message.bytes': maxBatchBytes, 'retention.ms': '-1', 'retention.bytes': '-1' };

export const streams = {
  providersCommands: stream({
    topic: 'providers.commands',
    kind: 'inbox',
    key: 'providerId',
    records: [
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
      'RecordProviderFills',
      'RecordProviderFunds',
      'RecordAum',
      'MarkPrices',
      'AddFollower',
      'RemoveFollower',
    ],
    writer: 'many',
    reader: 'copy-engine',
    config: inboxConfig,
  }),
  providersEvents: stream({
    topic: 'providers.events',
    kind: 'journal',
    key: 'providerId',
    records: [
      'Answered',
      'MarketTicked',
      'ProviderCommandRefused',
      'ProviderRegistered',
      'ProviderTermsAnnounced',
      'ProviderTermsChanged',
      'ProviderVisibilityChanged',
      'ProviderRetired',
      'ProviderBlocked',
      'ProviderLevelChanged',
      'ProviderOrderTaken',
      'ProviderFillsRefused',
      'ProviderFundsRecorded',
      'AumRecorded',
      'KillSwitchSet',
      'AccountLinked',
      'FollowerInvited',
      'FollowerBlocked',
      'FollowerDismissed',
      'FollowerAdmitted',
      'FollowerRefused',
      'FollowerRemoved',
    ],
    writer: 'copy-engine',
    reader: 'any',
    config: journalConfig,
  }),
  accountsCommands: stream({
    topic: 'accounts.commands',
    kind: 'inbox',
    key: 'accountId',
    records: [
      'DepositFunds',
      'WithdrawFunds',
      'StartCopying',
      'ConfirmCopy',
      'RefuseCopy',
      'ChangeCopySettings',
      'AddCopyFunds',
      'TakeOutCopyFunds',
      'PauseCopying',
      'ResumeCopying',
      'ClosePosition',
      'ProtectPosition',
      'StopCopying',
      'EndCopies',
      'RestrictCopies',
      'AnnounceFees',
      'ChargeProfitShare',
      'ChargeSubscription',
      'ReinstateAccount',
      'CopyOrders',
      'MarkPrices',
      'RecordFills',
    ],
    writer: 'many',
    reader: 'position-sizer',
    config: inboxConfig,
  }),
  accountsEvents: stream({
    topic: 'accounts.events',
    kind: 'journal',
    key: 'accountId',
    records: [
      'Answered',
      'MarketTicked',
      'CommandRefused',
      'FundsDeposited',
      'FundsWithdrawn',
      'CopyRequested',
      'CopyConfirmed',
      'CopyRefused',
      'CopiesDecided',
      'CopyOrdersEnded',
      'CopyStopping',
      'CopyOrdersPlaced',
      'CopyStopped',
      'CopySettingsChanged',
      'CopyFundsAdded',
      'CopyFundsTakenOut',
      'CopyPaused',
      'CopyResumed',
      'CopyRestricted',
      'CopyFeesAnnounced',
      'CopiesMeasured',
      'ProfitShareCharged',
      'SubscriptionsCharged',
      'OpenPositionJoined',
      'PositionCloseRequested',
      'PositionProtected',
      'PositionTriggered',
      'PositionLiquidated',
      'InsuranceDrawn',
      'AumMeasured',
      'AccountSuspended',
      'AccountReinstated',
    ],
    writer: 'position-sizer',
    reader: 'any',
    config: journalConfig,
  }),
  ordersCommands: stream({
    topic: 'orders.commands',
    kind: 'inbox',
    key: 'accountId',
    records: ['PlaceOrders', 'RecordVenueReports'],
    writer: 'many',
    reader: 'order-gateway',
    config: inboxConfig,
  }),
  ordersEvents: stream({
    topic: 'orders.events',
    kind: 'journal',
    key: 'accountId',
    records: ['Answered', 'OrdersSubmitted', 'OrdersQueued', 'OrdersReported'],
    writer: 'order-gateway',
    reader: 'any',
    config: journalConfig,
  }),
  settlementsEvents: stream({
    topic: 'settlements.events',
    kind: 'journal',
    key: 'accountId',
    records: [
      'Answered',
      'CopyShareStarted',
      'CopyShareMoved',
      'ShareTermsAnnounced',
      'ProfitShareDue',
      'ProfitShareSettled',
      'SubscriptionStarted',
      'SubscriptionDue',
      'SubscriptionSettled',
      'SubscriptionEnded',
    ],
    writer: 'settlement',
    reader: 'any',
    config: journalConfig,
  }),
  providersStats: stream({
    topic: 'providers.stats',
    kind: 'public',
    key: 'providerId',
    records: ['ProviderStats'],
    writer: 'stats-projector',
    reader: 'any',
    config: { ...safe, 'cleanup.policy': 'compact' },
  }),
  deadLetters: stream({
    topic: 'dead-letters.events',
    kind: 'dead-letters',
    key: 'service',
    records: ['DeadLetter'],
    writer: 'many',
    reader: 'any',
    config: { ...safe, 'max.message.bytes': maxBatchBytes, 'retention.ms': '-1' },
  }),
} as const;

export type StreamName = keyof typeof streams;

/** Field that holds the list of a micro-batch record; such a record is cut by slicing it, other records are never cut. */
export const listField: Partial<Record<RecordName, string>> = {
  CopyOrders: 'copies',
  EndCopies: 'copies',
  RestrictCopies: 'copies',
  AnnounceFees: 'copies',
  ChargeProfitShare: 'charges',
  ChargeSubscription: 'charges',
  PlaceOrders: 'orders',
  RecordFills: 'ends',
  RecordVenueReports: 'reports',
};
/** At most this many entries in one record. */
export const listEntriesMax = 1000;
