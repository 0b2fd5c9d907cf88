// Generated from libs/contracts/avro by `npm run generate`. Never edited.

/** A fill, or the part of it that belongs to this order, as it was applied to the provider position. */
export interface AppliedFill {
  readonly sequence: number;
  /** A fill through zero is two parts: the first closes, the rest opens; count the fill at whole and first */
  readonly part: 'whole' | 'first' | 'rest';
  readonly price: string;
  /** Of this part */
  readonly quantity: string;
  /** Of this part, split by quantity; positive = cost */
  readonly fee: string;
  readonly feeAsset: string;
  /** The one that counts: the venue's where given, else average cost */
  readonly realisedPnl: string;
  /** By average cost, beside it always */
  readonly averageCostPnl: string;
  /** Quantity beyond the known position (history began before the log), 0 otherwise */
  readonly excess: string;
  /** realisedPnl and averageCostPnl differ by more than 0.1 % of the notional */
  readonly pnlDiffers: boolean;
  readonly occurredAt: number;
}

/** End of an order of a copy. */
export interface CopyEnd {
  readonly accountId: string;
  readonly copyId: string;
  readonly orderId: string;
  /** Of the provider order that caused it; null for the copy's own causes */
  readonly orderNo: null | number;
  readonly providerId: string;
  readonly type: 'CopyFilled' | 'CopyPartlyFilled' | 'CopyRejected';
  /** venue_rejected, venue_unknown or slippage_guard */
  readonly reason: null | string;
  readonly instrument: string;
  /** Hedge mode long or short, one-way mode net */
  readonly positionSide: 'long' | 'short' | 'net';
  readonly side: 'buy' | 'sell';
  /** Filled */
  readonly quantity: string;
  /** Average; null when nothing was filled */
  readonly price: null | string;
  readonly providerPrice: null | string;
  /** Positive = cost */
  readonly fee: string;
  readonly feeAsset: string;
  /** Gross of fees, by average cost */
  readonly realisedPnl: string;
  /** Reservation given back */
  readonly released: string;
  readonly occurredAt: number;
}

/** An order number a copy never got to see: skipped, record_unreadable. */
export interface CopyMissed {
  readonly accountId: string;
  readonly copyId: string;
  readonly orderNo: number;
}

/** Decision: an order is placed for this copy. */
export interface CopyPlaced {
  readonly accountId: string;
  readonly copyId: string;
  /** Client order id, f(copyId, cause, leg) */
  readonly orderId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly reduceOnly: boolean;
  readonly leverage: string;
  /** Notional / leverage + fee held until the end of the order */
  readonly reserved: string;
  /** Exact target of the copied position after this decision, signed: short is negative */
  readonly target: string;
}

/** A copy that is owed an outcome. */
export interface CopyRef {
  readonly accountId: string;
  readonly copyId: string;
}

/** Settings of a copy; a change holds from the next order. */
export interface CopySettings {
  readonly mode: 'fixed_amount' | 'proportional' | 'multiplier' | 'ratio_copy';
  /** Per order, for fixed_amount */
  readonly copyAmt: null | string;
  /** For ratio_copy */
  readonly copyRatio: null | string;
  readonly multiplier: null | string;
  readonly copyInstIdType: 'copy' | 'custom';
  readonly instIds: readonly string[];
  readonly leverageMode: 'follow' | 'own';
  readonly leverage: null | string;
  /** Fraction below the copy's flow-adjusted peak equity */
  readonly maxLoss: null | string;
  readonly slTotalAmt: null | string;
  readonly tpRatio: null | string;
  readonly slRatio: null | string;
  readonly maxOpenTrades: null | number;
  /** Fraction of copy equity */
  readonly maxPerTrade: null | string;
  readonly maxHoldSize: null | string;
  readonly overLimit: 'shrink' | 'skip';
  readonly allowPartial: boolean;
  readonly stopCopyOnClose: boolean;
  readonly copyOpenPositions: boolean;
  readonly subPosCloseType: 'market_close' | 'copy_close' | 'manual_close';
}

/** Decision: no order, and why. */
export interface CopySkipped {
  readonly accountId: string;
  readonly copyId: string;
  readonly reason:
    | 'record_unreadable'
    | 'copy_stopped'
    | 'copy_stopping'
    | 'nothing_to_close'
    | 'unknown_position'
    | 'closed_by_follower'
    | 'copy_paused'
    | 'account_suspended'
    | 'kill_switch'
    | 'self_copy'
    | 'copy_of_copy'
    | 'jurisdiction_blocked'
    | 'instrument_blocked'
    | 'provider_blocked'
    | 'provider_equity'
    | 'joined_after_open'
    | 'max_loss_reached'
    | 'max_open_trades'
    | 'max_per_symbol'
    | 'max_per_trade'
    | 'insufficient_balance'
    | 'below_lot'
    | 'below_minimum';
  /** Where the target changes although nothing is traded */
  readonly target: null | string;
}

/** Latest price of an instrument. */
export interface Mark {
  readonly instrument: string;
  readonly price: string;
}

/** End of an order at the venue, for the account that placed it. */
export interface OrderEnd {
  readonly accountId: string;
  readonly copyId: string;
  readonly orderId: string;
  readonly status: 'filled' | 'partly_filled' | 'rejected';
  readonly reason: null | string;
  readonly quantity: string;
  readonly price: null | string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly occurredAt: number;
}

/** One order of one copy. */
export interface OrderLeg {
  readonly accountId: string;
  readonly copyId: string;
  readonly orderId: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly reduceOnly: boolean;
  readonly leverage: string;
}

/** What all orders of one PlaceOrders have in common. */
export interface OrderTerms {
  readonly causeType:
    | 'provider_order'
    | 'take_profit'
    | 'stop_loss'
    | 'max_loss'
    | 'stop'
    | 'close_by_hand'
    | 'late_fill'
    | 'liquidation';
  readonly causeId: string;
  readonly providerId: string;
  readonly orderNo: null | number;
  readonly instrument: string;
  /** Hedge mode long or short, one-way mode net */
  readonly positionSide: 'long' | 'short' | 'net';
  readonly providerPrice: null | string;
  /** The paper venue fills at it */
  readonly mark: string;
  /** The slippage guard applies: opens and increases only */
  readonly guard: boolean;
  readonly occurredAt: number;
}

/** A provider order as copies see it: coalesced fills at the volume-weighted price. */
export interface ProviderOrder {
  readonly providerId: string;
  /** From 1 without holes, per provider */
  readonly orderNo: number;
  readonly providerOrderId: string;
  readonly effect: 'open' | 'increase' | 'reduce' | 'close';
  readonly leadPositionId: string;
  /** Number of the order that opened the lead position; 0 when unknown (opened before the log) */
  readonly openedByOrderNo: number;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  /** Hedge mode long or short, one-way mode net */
  readonly positionSide: 'long' | 'short' | 'net';
  /** Volume-weighted */
  readonly price: string;
  readonly quantity: string;
  /** Share of the lead position that is reduced: 1 for a close, 0 for open and increase */
  readonly fraction: string;
  /** Notional / provider equity before it; null when that is zero, negative or unknown */
  readonly usage: null | string;
  /** Null where the source gives none */
  readonly leverage: null | string;
  /** Of the provider's line when the order was taken */
  readonly mark: string;
  /** False: a reduce of a position of which nothing was known */
  readonly knownPosition: boolean;
  readonly occurredAt: number;
}

/** A fill as the venue or the file gave it. Identity is (provider, sequence), never content. */
export interface SourceFill {
  /** Rises per provider, gaps allowed */
  readonly sequence: number;
  readonly tradeId: null | string;
  readonly price: string;
  readonly quantity: string;
  /** Positive = cost to the account, negative = rebate */
  readonly fee: string;
  readonly feeAsset: string;
  /** As the venue reported it, gross of fees; null where it gave none */
  readonly realisedPnl: null | string;
  readonly occurredAt: number;
}

/** What the venue says of one order. Identity is (orderId, tradeId). */
export interface VenueReport {
  readonly accountId: string;
  readonly copyId: string;
  readonly orderId: string;
  readonly tradeId: string;
  readonly status: 'filled' | 'partly_filled' | 'rejected';
  readonly reason: null | string;
  readonly quantity: string;
  readonly price: null | string;
  readonly fee: string;
  readonly feeAsset: string;
  readonly occurredAt: number;
}
/** A decision failed: opens are skipped from here on, closes go on. */
export interface AccountSuspended {
  readonly type: 'AccountSuspended';
  readonly accountId: string;
  readonly command: string;
  readonly detail: string;
}

/** A copy asks to be admitted. */
export interface AddFollower {
  readonly type: 'AddFollower';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly copyOpenPositions: boolean;
  readonly occurredAt: number;
}

/** The batch up to the cause decided nothing. */
export interface Answered {
  readonly type: 'Answered';
}

/** A command of an account that is refused; nothing changed. */
export interface CommandRefused {
  readonly type: 'CommandRefused';
  readonly command: string;
  readonly id: string;
  readonly accountId: string;
  readonly reason: string;
  readonly detail: string;
}

/** The provider side admitted the copy. */
export interface ConfirmCopy {
  readonly type: 'ConfirmCopy';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** First order number owed to it */
  readonly fromOrder: number;
}

/** One provider order: exactly one decision for each copy of the cause. */
export interface CopiesDecided {
  readonly type: 'CopiesDecided';
  readonly line: number;
  readonly order: ProviderOrder;
  readonly placed: readonly CopyPlaced[];
  readonly skipped: readonly CopySkipped[];
  /** Numbers before the order's that never came: each is one more decision, record_unreadable */
  readonly missed: readonly CopyMissed[];
}

/** Active: owed every order from this number on. */
export interface CopyConfirmed {
  readonly type: 'CopyConfirmed';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly copyTotalAmt: string;
  readonly fromOrder: number;
  readonly occurredAt: number;
}

/** One provider order for many copies of one accounts partition. */
export interface CopyOrders {
  readonly type: 'CopyOrders';
  /** Partition of providers.events */
  readonly line: number;
  readonly order: ProviderOrder;
  readonly copies: readonly CopyRef[];
}

/** Exactly one end for each placed order. */
export interface CopyOrdersEnded {
  readonly type: 'CopyOrdersEnded';
  readonly ends: readonly CopyEnd[];
}

/** Orders of a copy by a cause of its own; only reduces. */
export interface CopyOrdersPlaced {
  readonly type: 'CopyOrdersPlaced';
  readonly terms: OrderTerms;
  readonly placed: readonly CopyPlaced[];
}

/** Not admitted: the money is back in the wallet. */
export interface CopyRefused {
  readonly type: 'CopyRefused';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly copyTotalAmt: string;
  readonly reason: string;
  readonly occurredAt: number;
}

/** Checked; the money is reserved and the copy is starting. */
export interface CopyRequested {
  readonly type: 'CopyRequested';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly copyTotalAmt: string;
  readonly settings: CopySettings;
  readonly disclaimerVersion: string;
  readonly occurredAt: number;
}

/** Flat, nothing in flight; the money is back in the wallet. */
export interface CopyStopped {
  readonly type: 'CopyStopped';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly returned: string;
  readonly occurredAt: number;
}

/** The copy stops; its own orders follow in the same answer. */
export interface CopyStopping {
  readonly type: 'CopyStopping';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly reason: 'follower' | 'max_loss_reached' | 'stop_copy_on_close' | 'provider_retired' | 'liquidated';
  readonly subPosCloseType: 'market_close' | 'copy_close' | 'manual_close';
  readonly occurredAt: number;
  /** Of the StopCopying; null for other reasons */
  readonly requestId: null | string;
}

/** A record that could not be read. */
export interface DeadLetter {
  readonly type: 'DeadLetter';
  readonly service: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
  readonly key: null | Buffer;
  readonly value: null | Buffer;
}

/** Paper money into the wallet. */
export interface DepositFunds {
  readonly type: 'DepositFunds';
  readonly requestId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly asset: string;
  readonly occurredAt: number;
}

export interface FollowerAdmitted {
  readonly type: 'FollowerAdmitted';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly fromOrder: number;
  readonly occurredAt: number;
}

export interface FollowerRefused {
  readonly type: 'FollowerRefused';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly reason: 'provider_unknown' | 'self_copy' | 'provider_blocked' | 'slots_full' | 'already_following';
  readonly occurredAt: number;
}

export interface FollowerRemoved {
  readonly type: 'FollowerRemoved';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  /** Last order number owed to it */
  readonly afterOrder: number;
  readonly occurredAt: number;
}

export interface FundsDeposited {
  readonly type: 'FundsDeposited';
  readonly requestId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly asset: string;
  readonly occurredAt: number;
}

/** The market clock and the latest prices. A fact: sets nothing but the latest marks. */
export interface MarkPrices {
  readonly type: 'MarkPrices';
  readonly at: number;
  /** Exactly a UTC midnight */
  readonly boundary: boolean;
  /** Partition of providers.commands it came through; null there itself */
  readonly line: null | number;
  readonly marks: readonly Mark[];
}

/** A minute or a boundary of the market clock, as this partition saw it. */
export interface MarketTicked {
  readonly type: 'MarketTicked';
  readonly at: number;
  readonly boundary: boolean;
  readonly line: null | number;
  /** Changed since the last tick of the line; all of them at a boundary */
  readonly marks: readonly Mark[];
}

/** Wait for the order before them of the same account and instrument. */
export interface OrdersQueued {
  readonly type: 'OrdersQueued';
  readonly terms: OrderTerms;
  readonly orders: readonly OrderLeg[];
}

/** The venue has spoken, each trade once. */
export interface OrdersReported {
  readonly type: 'OrdersReported';
  readonly reports: readonly VenueReport[];
  /** Orders that are complete with it */
  readonly ends: readonly OrderEnd[];
}

/** In the journal before the call to the venue. */
export interface OrdersSubmitted {
  readonly type: 'OrdersSubmitted';
  readonly terms: OrderTerms;
  readonly orders: readonly OrderLeg[];
}

/** Orders of many copies of one partition with terms in common. */
export interface PlaceOrders {
  readonly type: 'PlaceOrders';
  readonly terms: OrderTerms;
  readonly orders: readonly OrderLeg[];
}

export interface ProviderFillsRefused {
  readonly type: 'ProviderFillsRefused';
  readonly providerId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly reason: 'provider_unknown' | 'sequence_repeated' | 'fill_invalid';
  readonly detail: string;
  readonly occurredAt: number;
}

/** A provider order, numbered, applied and owed to the copies. */
export interface ProviderOrderTaken {
  readonly type: 'ProviderOrderTaken';
  readonly order: ProviderOrder;
  readonly fills: readonly AppliedFill[];
  /** Copies owed an outcome */
  readonly owed: number;
  readonly equityBefore: string;
  /** Signed: short is negative */
  readonly positionAfter: string;
  /** Null when flat */
  readonly averageCostAfter: null | string;
}

export interface ProviderRegistered {
  readonly type: 'ProviderRegistered';
  readonly providerId: string;
  readonly displayName: string;
  readonly startingCapital: string;
  readonly profitShareRatio: string;
  readonly occurredAt: number;
}

/** Statistics of a provider; compacted, keyed by provider. */
export interface ProviderStats {
  readonly type: 'ProviderStats';
  readonly providerId: string;
  readonly asOf: number;
  readonly logPartition: number;
  readonly logOffset: number;
  readonly formulaVersion: number;
  readonly fills: number;
  readonly orders: number;
  readonly grossPnl: string;
  readonly fees: string;
  readonly netPnl: string;
  readonly closedPositions: number;
  readonly wonPositions: number;
  readonly winRate: null | string;
  readonly roiAll: null | string;
  readonly maxDrawdown: null | string;
}

/** Ends of orders, for the accounts. */
export interface RecordFills {
  readonly type: 'RecordFills';
  readonly ends: readonly OrderEnd[];
}

/** One provider order: consecutive fills of one venue order, or of one instrument, side and positionSide within 1,000 ms. */
export interface RecordProviderFills {
  readonly type: 'RecordProviderFills';
  readonly providerId: string;
  readonly venueOrderId: null | string;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  /** Hedge mode long or short, one-way mode net */
  readonly positionSide: 'long' | 'short' | 'net';
  readonly leverage: null | string;
  readonly marginMode: null | 'cross' | 'isolated';
  readonly fills: readonly SourceFill[];
}

/** What the venue said. */
export interface RecordVenueReports {
  readonly type: 'RecordVenueReports';
  readonly reports: readonly VenueReport[];
}

/** The provider side refused the copy. */
export interface RefuseCopy {
  readonly type: 'RefuseCopy';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly reason: string;
}

/** Becomes a provider. */
export interface RegisterProvider {
  readonly type: 'RegisterProvider';
  readonly requestId: string;
  readonly providerId: string;
  readonly displayName: string;
  readonly startingCapital: string;
  readonly profitShareRatio: string;
  readonly occurredAt: number;
}

/** A copy leaves. */
export interface RemoveFollower {
  readonly type: 'RemoveFollower';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly occurredAt: number;
}

/** Allocates part of the wallet to a provider. */
export interface StartCopying {
  readonly type: 'StartCopying';
  readonly requestId: string;
  readonly accountId: string;
  readonly providerId: string;
  readonly copyTotalAmt: string;
  readonly settings: CopySettings;
  readonly disclaimerVersion: string;
  readonly occurredAt: number;
}

/** Ends a copy. */
export interface StopCopying {
  readonly type: 'StopCopying';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly subPosCloseType: 'market_close' | 'copy_close' | 'manual_close';
  readonly occurredAt: number;
}

/** Every record that lies in a topic, by its name. */
export interface Records {
  AccountSuspended: AccountSuspended;
  AddFollower: AddFollower;
  Answered: Answered;
  CommandRefused: CommandRefused;
  ConfirmCopy: ConfirmCopy;
  CopiesDecided: CopiesDecided;
  CopyConfirmed: CopyConfirmed;
  CopyOrders: CopyOrders;
  CopyOrdersEnded: CopyOrdersEnded;
  CopyOrdersPlaced: CopyOrdersPlaced;
  CopyRefused: CopyRefused;
  CopyRequested: CopyRequested;
  CopyStopped: CopyStopped;
  CopyStopping: CopyStopping;
  DeadLetter: DeadLetter;
  DepositFunds: DepositFunds;
  FollowerAdmitted: FollowerAdmitted;
  FollowerRefused: FollowerRefused;
  FollowerRemoved: FollowerRemoved;
  FundsDeposited: FundsDeposited;
  MarkPrices: MarkPrices;
  MarketTicked: MarketTicked;
  OrdersQueued: OrdersQueued;
  OrdersReported: OrdersReported;
  OrdersSubmitted: OrdersSubmitted;
  PlaceOrders: PlaceOrders;
  ProviderFillsRefused: ProviderFillsRefused;
  ProviderOrderTaken: ProviderOrderTaken;
  ProviderRegistered: ProviderRegistered;
  ProviderStats: ProviderStats;
  RecordFills: RecordFills;
  RecordProviderFills: RecordProviderFills;
  RecordVenueReports: RecordVenueReports;
  RefuseCopy: RefuseCopy;
  RegisterProvider: RegisterProvider;
  RemoveFollower: RemoveFollower;
  StartCopying: StartCopying;
  StopCopying: StopCopying;
}

export type RecordName = keyof Records;
export type AnyRecord = Records[RecordName];
