// Generated from libs/contracts/avro by `npm run generate`. Never edited.

/** Terms that hold from a later moment on. */
export interface AnnouncedFees {
  readonly fees: FeeTerms;
  readonly effectiveFrom: number;
}

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
  /** Of the platform, for a copied order */
  readonly commission: string;
}

/** A copy in money, at the marks of a moment. */
export interface CopyMeasure {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** Realised + unrealised */
  readonly equity: string;
  /** Money it can pay with: not bound as margin or reserved; 0 when it is below */
  readonly available: string;
  /** Part of the equity that is unrealised at the marks; the rest is cash. Null in records from before it was told */
  readonly unrealised: null | string;
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
  /** Of its positions; null: as the provider's, cross where nothing is known */
  readonly marginMode: null | 'cross' | 'isolated';
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
    | 'below_minimum'
    | 'position_liquidated'
    | 'instrument_illiquid'
    | 'dust_order';
  /** Where the target changes although nothing is traded */
  readonly target: null | string;
}

/** What a provider takes of its followers. */
export interface FeeTerms {
  readonly feeModel: 'profit_share' | 'subscription';
  /** Of the profit above the watermark; 0 where followers pay a subscription */
  readonly profitShareRatio: string;
  /** Per month; null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
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
    | 'liquidation'
    | 'sliced_exit'
    | 'join_open';
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
  /** Lead position that the orders open or close; null in records from before it was told */
  readonly leadPositionId: null | string;
  readonly occurredAt: number;
}

/** All metrics of one window of a provider's statistics. */
export interface PeriodStats {
  /** 7d, 30d, 90d or all */
  readonly period: string;
  /** Complete UTC days */
  readonly days: number;
  readonly fills: number;
  readonly orders: number;
  readonly totalTrades: number;
  readonly wonTrades: number;
  readonly winRate: null | string;
  readonly grossPnl: string;
  readonly fees: string;
  readonly totalPnl: string;
  readonly profitFactor: null | string;
  readonly maxLossSingleTrade: null | string;
  readonly averagePositionNotional: null | string;
  readonly averageHoldingMs: null | number;
  readonly longTrades: number;
  readonly longPnl: string;
  readonly shortPnl: string;
  readonly volume: string;
  readonly peakExposure: null | string;
  readonly averageLeverage: null | string;
  readonly peakLeverage: null | string;
  readonly roi: null | string;
  readonly maxDrawdown: null | string;
  readonly sharpe: null | string;
  readonly sortino: null | string;
  readonly calmar: null | string;
  readonly volatility: null | string;
  readonly profitDays: number;
  readonly lossDays: number;
}

/** What the copies of one accounts partition hold of a provider's money. */
export interface ProviderAum {
  readonly providerId: string;
  /** Σ min(copyTotalAmt, copy equity) */
  readonly aum: string;
  /** Copies not stopped */
  readonly copies: number;
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
  /** Null where the source gives none */
  readonly marginMode: null | 'cross' | 'isolated';
  /** Why no copy may open by it, in no order; closes go on */
  readonly blocked: readonly ('kill_switch' | 'instrument_blocked' | 'instrument_illiquid' | 'provider_blocked')[];
}

/** A settlement with all that is needed to work it out by hand; the formulas are in libs/domain/src/settlement, pending.ts and charge.ts. */
export interface SettlementReceipt {
  readonly settlementId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly cause: 'period' | 'stop' | 'retirement';
  /** Last settlement, or start of the copy */
  readonly from: number;
  /** Moment that is settled */
  readonly until: number;
  readonly equityOpening: string;
  readonly deposits: string;
  readonly withdrawals: string;
  readonly pnl: string;
  readonly equityBefore: string;
  /** Part of equityBefore; the marks are in the CopiesMeasured at measuredAt. Null in receipts from before it was told */
  readonly unrealised: null | string;
  readonly gapOpening: string;
  readonly gapWithdrawn: string;
  readonly gapBefore: string;
  readonly newProfit: string;
  readonly gapAfter: string;
  readonly profitShareRatio: string;
  readonly accrued: string;
  readonly dueBefore: string;
  readonly available: string;
  readonly providerGross: string;
  readonly dueAfter: string;
  readonly platformFeeRatio: string;
  readonly platformFee: string;
  readonly providerNet: string;
  readonly equityAfter: string;
  /** Offset of CopiesMeasured in accounts.events, partition of the account */
  readonly measuredAt: number;
  /** Offset of ProfitShareCharged; null where nothing was owed */
  readonly chargedAt: null | number;
  readonly occurredAt: number;
}

/** A profit share that a copy is asked for. */
export interface ShareCharge {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** f(copyId, cause): a repeated charge has the same */
  readonly settlementId: string;
  readonly cause: 'period' | 'stop' | 'retirement';
  /** Moment that is settled */
  readonly at: number;
  /** Due before + accrued */
  readonly owed: string;
  readonly platformFeeRatio: string;
}

/** What a copy has paid of a profit share. */
export interface ShareCharged {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly settlementId: string;
  readonly cause: 'period' | 'stop' | 'retirement';
  /** Moment that is settled */
  readonly at: number;
  readonly owed: string;
  /** At the charge */
  readonly available: string;
  /** min(owed, available) = platformFee + providerNet */
  readonly charged: string;
  readonly platformFee: string;
  readonly providerNet: string;
  /** Rest, held back from withdrawals and settled next time */
  readonly due: string;
  readonly occurredAt: number;
  /** Copy equity just before the charge */
  readonly equityBefore: string;
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

/** A month that is to be paid in advance, from the wallet. */
export interface SubscriptionCharge {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** f(subscription, month): a repeated charge has the same */
  readonly chargeId: string;
  readonly price: string;
  readonly from: number;
  readonly until: number;
  readonly platformFeeRatio: string;
}

/** A month that was paid whole, or not at all. */
export interface SubscriptionCharged {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** f(subscription, month): a repeated charge has the same */
  readonly chargeId: string;
  readonly price: string;
  readonly from: number;
  readonly until: number;
  /** In the wallet */
  readonly available: string;
  readonly paid: boolean;
  /** 0 when it isn't paid */
  readonly platformFee: string;
  /** 0 when it isn't paid */
  readonly providerNet: string;
  readonly occurredAt: number;
}

/** A month that was paid whole, or not at all. */
export interface SubscriptionReceipt {
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  /** f(subscription, month): a repeated charge has the same */
  readonly chargeId: string;
  readonly price: string;
  readonly from: number;
  readonly until: number;
  readonly available: string;
  readonly paid: boolean;
  readonly platformFeeRatio: string;
  readonly platformFee: string;
  readonly providerNet: string;
  /** Offset of SubscriptionsCharged in accounts.events, partition of the account */
  readonly chargedAt: number;
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
export interface AccountLinked {
  readonly type: 'AccountLinked';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly occurredAt: number;
}

/** The account may open again. */
export interface AccountReinstated {
  readonly type: 'AccountReinstated';
  readonly requestId: string;
  readonly accountId: string;
  readonly occurredAt: number;
}

/** A decision failed: opens are skipped from here on, closes go on. */
export interface AccountSuspended {
  readonly type: 'AccountSuspended';
  readonly accountId: string;
  readonly command: string;
  readonly detail: string;
}

/** Money from the wallet into a copy. */
export interface AddCopyFunds {
  readonly type: 'AddCopyFunds';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly amount: string;
  readonly occurredAt: number;
}

/** A copy asks to be admitted. */
export interface AddFollower {
  readonly type: 'AddFollower';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly copyOpenPositions: boolean;
  readonly occurredAt: number;
  readonly ownerId: string;
}

/** New terms of a provider, for its copies. */
export interface AnnounceFees {
  readonly type: 'AnnounceFees';
  readonly providerId: string;
  readonly fees: FeeTerms;
  readonly effectiveFrom: number;
  readonly copies: readonly CopyRef[];
  readonly occurredAt: number;
}

/** The batch up to the cause decided nothing. */
export interface Answered {
  readonly type: 'Answered';
}

/** At a UTC midnight: money of the copies of this partition, per provider of the line. */
export interface AumMeasured {
  readonly type: 'AumMeasured';
  readonly line: number;
  readonly at: number;
  readonly providers: readonly ProviderAum[];
}

export interface AumRecorded {
  readonly type: 'AumRecorded';
  readonly providerId: string;
  readonly accountsPartition: number;
  readonly at: number;
  readonly aum: string;
  readonly copies: number;
}

/** A provider turns an account away for good, or no longer. */
export interface BlockFollower {
  readonly type: 'BlockFollower';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly blocked: boolean;
  readonly occurredAt: number;
}

/** An operator stops copies from opening by this provider, or lets them again. */
export interface BlockProvider {
  readonly type: 'BlockProvider';
  readonly requestId: string;
  readonly providerId: string;
  readonly blocked: boolean;
  readonly reason: string;
  readonly occurredAt: number;
}

/** New settings of a copy, from the next order on; positions keep theirs. */
export interface ChangeCopySettings {
  readonly type: 'ChangeCopySettings';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly settings: CopySettings;
  readonly occurredAt: number;
}

/** New terms, announced now and in force from the next period. */
export interface ChangeProviderTerms {
  readonly type: 'ChangeProviderTerms';
  readonly requestId: string;
  readonly providerId: string;
  readonly profitShareRatio: string;
  readonly feeModel: 'profit_share' | 'subscription';
  /** Per month, null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
  readonly occurredAt: number;
}

/** Public, or by invitation only. */
export interface ChangeProviderVisibility {
  readonly type: 'ChangeProviderVisibility';
  readonly requestId: string;
  readonly providerId: string;
  readonly visibility: 'public' | 'private';
  readonly occurredAt: number;
}

/** Profit shares that copies of one accounts partition are asked for. */
export interface ChargeProfitShare {
  readonly type: 'ChargeProfitShare';
  readonly charges: readonly ShareCharge[];
}

/** Months of subscriptions that accounts of one partition are asked for. */
export interface ChargeSubscription {
  readonly type: 'ChargeSubscription';
  readonly charges: readonly SubscriptionCharge[];
}

/** The follower closes a copied position by hand, in part or whole. */
export interface ClosePosition {
  readonly type: 'ClosePosition';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly leadPositionId: string;
  /** Above 0, at most 1 */
  readonly fraction: string;
  readonly occurredAt: number;
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
  /** Open lead positions to join at the current mark, each as an open */
  readonly joins: readonly ProviderOrder[];
  /** Of the provider, now; null from before there were any: then it isn't settled */
  readonly fees: null | FeeTerms;
  /** Terms it has announced */
  readonly announced: null | AnnouncedFees;
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

/** Copies to be settled, with equity and available money at the marks of the moment: at a boundary of the market clock (Monday or first of a month, 00:00 UTC), flat at their stop, or at the provider's retirement. */
export interface CopiesMeasured {
  readonly type: 'CopiesMeasured';
  /** Of a boundary; null for other causes */
  readonly line: null | number;
  readonly at: number;
  readonly cause: 'period' | 'stop' | 'retirement';
  readonly copies: readonly CopyMeasure[];
  /** Of what these copies hold, by which they were valued; empty in records from before it was told */
  readonly marks: readonly Mark[];
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
  /** Of the provider, now; null from before there were any: then it isn't settled */
  readonly fees: null | FeeTerms;
  /** Terms it has announced */
  readonly announced: null | AnnouncedFees;
}

/** Copies know the new terms of their provider. */
export interface CopyFeesAnnounced {
  readonly type: 'CopyFeesAnnounced';
  readonly providerId: string;
  readonly fees: FeeTerms;
  readonly effectiveFrom: number;
  readonly copies: readonly CopyRef[];
  readonly occurredAt: number;
}

/** Money from the wallet into the copy. */
export interface CopyFundsAdded {
  readonly type: 'CopyFundsAdded';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly amount: string;
  /** After it */
  readonly copyTotalAmt: string;
  /** Copy equity just before it */
  readonly equityBefore: string;
  readonly occurredAt: number;
}

/** Money from the copy into the wallet. */
export interface CopyFundsTakenOut {
  readonly type: 'CopyFundsTakenOut';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly amount: string;
  /** After it */
  readonly copyTotalAmt: string;
  /** Copy equity just before it */
  readonly equityBefore: string;
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

/** No opens until resumed. */
export interface CopyPaused {
  readonly type: 'CopyPaused';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly occurredAt: number;
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
  readonly country: string;
  readonly ownerId: string;
}

/** The copy may not open, or may again. */
export interface CopyRestricted {
  readonly type: 'CopyRestricted';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly reason: 'self_copy' | 'copy_of_copy' | 'jurisdiction_blocked' | 'provider_blocked';
  readonly restricted: boolean;
  readonly occurredAt: number;
}

/** Opens are copied again. */
export interface CopyResumed {
  readonly type: 'CopyResumed';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly occurredAt: number;
}

/** In force from the next order; positions keep theirs. */
export interface CopySettingsChanged {
  readonly type: 'CopySettingsChanged';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly settings: CopySettings;
  readonly occurredAt: number;
}

/** Money came into a copy or left it. */
export interface CopyShareMoved {
  readonly type: 'CopyShareMoved';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly kind: 'deposit' | 'withdrawal';
  readonly amount: string;
  readonly equityBefore: string;
  readonly gapBefore: string;
  readonly gapAfter: string;
  readonly occurredAt: number;
}

/** The profit share of a copy begins. */
export interface CopyShareStarted {
  readonly type: 'CopyShareStarted';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly amount: string;
  readonly fees: FeeTerms;
  readonly announced: null | AnnouncedFees;
  /** Carried from an earlier copy of the same follower and provider */
  readonly gap: string;
  readonly due: string;
  /** That copy */
  readonly carriedFrom: null | string;
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
  readonly reason:
    | 'follower'
    | 'max_loss_reached'
    | 'stop_copy_on_close'
    | 'provider_retired'
    | 'liquidated'
    | 'removed_by_provider'
    | 'subscription_unpaid';
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

/** A provider ends the copy of an account. */
export interface DismissFollower {
  readonly type: 'DismissFollower';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly occurredAt: number;
}

/** The provider's side ends copies; each stops as its settings say. */
export interface EndCopies {
  readonly type: 'EndCopies';
  readonly providerId: string;
  readonly reason: 'provider_retired' | 'removed_by_provider';
  readonly copies: readonly CopyRef[];
  readonly occurredAt: number;
}

export interface FollowerAdmitted {
  readonly type: 'FollowerAdmitted';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly fromOrder: number;
  readonly occurredAt: number;
  /** Open lead positions it joins, each as an open at the current mark */
  readonly joins: readonly ProviderOrder[];
}

export interface FollowerBlocked {
  readonly type: 'FollowerBlocked';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly blocked: boolean;
  readonly occurredAt: number;
}

/** The copy ends as its settings say. */
export interface FollowerDismissed {
  readonly type: 'FollowerDismissed';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly occurredAt: number;
}

export interface FollowerInvited {
  readonly type: 'FollowerInvited';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly invited: boolean;
  readonly occurredAt: number;
}

export interface FollowerRefused {
  readonly type: 'FollowerRefused';
  readonly providerId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly reason:
    | 'provider_unknown'
    | 'self_copy'
    | 'provider_blocked'
    | 'slots_full'
    | 'already_following'
    | 'not_invited'
    | 'provider_retired';
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

export interface FundsWithdrawn {
  readonly type: 'FundsWithdrawn';
  readonly requestId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly asset: string;
  readonly occurredAt: number;
}

/** A loss beyond the copy's equity, borne by the insurance account. */
export interface InsuranceDrawn {
  readonly type: 'InsuranceDrawn';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly amount: string;
  readonly occurredAt: number;
}

/** A private provider lets an account follow, or no longer. */
export interface InviteFollower {
  readonly type: 'InviteFollower';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
  readonly invited: boolean;
  readonly occurredAt: number;
}

/** As this partition knows it. */
export interface KillSwitchSet {
  readonly type: 'KillSwitchSet';
  readonly requestId: string;
  readonly scope: 'platform' | 'provider' | 'instrument';
  readonly target: string;
  readonly on: boolean;
  readonly reason: string;
  readonly occurredAt: number;
}

/** An account is known to be the provider's own under another name. */
export interface LinkAccount {
  readonly type: 'LinkAccount';
  readonly requestId: string;
  readonly providerId: string;
  readonly accountId: string;
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

/** A lead position that was open when the copy became active: one decision, outside the numbered ones. */
export interface OpenPositionJoined {
  readonly type: 'OpenPositionJoined';
  readonly line: number;
  readonly order: ProviderOrder;
  readonly placed: readonly CopyPlaced[];
  readonly skipped: readonly CopySkipped[];
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

/** No opens until it is resumed; closes go on. */
export interface PauseCopying {
  readonly type: 'PauseCopying';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly occurredAt: number;
}

/** Orders of many copies of one partition with terms in common. */
export interface PlaceOrders {
  readonly type: 'PlaceOrders';
  readonly terms: OrderTerms;
  readonly orders: readonly OrderLeg[];
}

/** The follower closes it by hand: its orders follow in the same answer, later orders of the lead position are not copied. */
export interface PositionCloseRequested {
  readonly type: 'PositionCloseRequested';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly leadPositionId: string;
  readonly fraction: string;
  readonly occurredAt: number;
}

/** The maintenance margin is breached; the closing order follows in the same answer. */
export interface PositionLiquidated {
  readonly type: 'PositionLiquidated';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly leadPositionId: string;
  readonly instrument: string;
  readonly mark: string;
  /** What stood behind the position */
  readonly equity: string;
  /** Maintenance margin */
  readonly maintenance: string;
  readonly occurredAt: number;
}

/** Take profit and stop loss of one copied position. */
export interface PositionProtected {
  readonly type: 'PositionProtected';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly leadPositionId: string;
  readonly tpTriggerPx: null | string;
  readonly slTriggerPx: null | string;
  readonly occurredAt: number;
}

/** A mark reached take profit or stop loss; the closing order follows in the same answer. */
export interface PositionTriggered {
  readonly type: 'PositionTriggered';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly leadPositionId: string;
  readonly trigger: 'take_profit' | 'stop_loss';
  readonly mark: string;
  readonly occurredAt: number;
}

/** What copies have paid; a stopping copy is settled with it. */
export interface ProfitShareCharged {
  readonly type: 'ProfitShareCharged';
  readonly charges: readonly ShareCharged[];
}

/** Copies were measured; what they owe is asked for. */
export interface ProfitShareDue {
  readonly type: 'ProfitShareDue';
  readonly at: number;
  readonly cause: 'period' | 'stop' | 'retirement';
  /** Offset of CopiesMeasured in accounts.events, same partition */
  readonly measuredAt: number;
  readonly charges: readonly ShareCharge[];
  /** Of the same copies, in the same order */
  readonly measures: readonly CopyMeasure[];
}

/** Receipts, one per copy and cause. */
export interface ProfitShareSettled {
  readonly type: 'ProfitShareSettled';
  readonly receipts: readonly SettlementReceipt[];
}

/** Take profit and stop loss of one copied position. */
export interface ProtectPosition {
  readonly type: 'ProtectPosition';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly leadPositionId: string;
  /** Null: none */
  readonly tpTriggerPx: null | string;
  /** Null: none */
  readonly slTriggerPx: null | string;
  readonly occurredAt: number;
}

export interface ProviderBlocked {
  readonly type: 'ProviderBlocked';
  readonly requestId: string;
  readonly providerId: string;
  readonly blocked: boolean;
  readonly reason: string;
  readonly occurredAt: number;
}

/** A command of a provider that is refused; nothing changed. */
export interface ProviderCommandRefused {
  readonly type: 'ProviderCommandRefused';
  readonly command: string;
  readonly id: string;
  readonly providerId: string;
  readonly reason: string;
  readonly detail: string;
  readonly occurredAt: number;
}

export interface ProviderFillsRefused {
  readonly type: 'ProviderFillsRefused';
  readonly providerId: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly reason: 'provider_unknown' | 'sequence_repeated' | 'fill_invalid' | 'copy_of_copy';
  readonly detail: string;
  readonly occurredAt: number;
}

export interface ProviderFundsRecorded {
  readonly type: 'ProviderFundsRecorded';
  readonly providerId: string;
  readonly sequence: number;
  readonly kind: 'deposit' | 'withdrawal' | 'funding' | 'equity';
  readonly amount: string;
  readonly equityBefore: string;
  readonly equityAfter: string;
  readonly occurredAt: number;
}

/** By the 90-day mean of its AUM: caps share and follower slots. */
export interface ProviderLevelChanged {
  readonly type: 'ProviderLevelChanged';
  readonly providerId: string;
  readonly level: number;
  readonly meanAum: string;
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
  readonly feeModel: 'profit_share' | 'subscription';
  /** Per month; null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
  /** The person behind it; empty where unknown */
  readonly ownerId: string;
  /** ISO 3166 alpha-2; empty where unknown */
  readonly country: string;
  /** Accepted */
  readonly disclaimerVersion: string;
  /** private: by invitation only */
  readonly visibility: 'public' | 'private';
  readonly requestId: string;
}

/** No new followers; all copies end as their settings say. */
export interface ProviderRetired {
  readonly type: 'ProviderRetired';
  readonly requestId: string;
  readonly providerId: string;
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
  /** active, retired, blocked or failed (its equity was lost) */
  readonly status: string;
  /** spot, futures or mixed; null before the first order */
  readonly strategy: null | string;
  /** From 7 days and 5 closed positions */
  readonly ranked: boolean;
  readonly followers: number;
  /** 1 to 10; null below 7 days */
  readonly risk: null | number;
  /** low, medium or high */
  readonly riskLevel: null | string;
  /** SHA-256 over figures, log position and formula version */
  readonly hash: string;
  readonly periods: readonly PeriodStats[];
  /** Assets under management at the last event of its copies; null: never copied */
  readonly aum: null | string;
  /** Realised PnL of all copies, net of fees */
  readonly copierPnl: null | string;
  /** Mean, by the money they began with, of the returns of copies that had a fill; no deposit or withdrawal moves it */
  readonly copierReturn: null | string;
  /** Copies in profit over those with a fill */
  readonly copiersInProfit: null | string;
}

/** Followers are told; in force from effectiveFrom. */
export interface ProviderTermsAnnounced {
  readonly type: 'ProviderTermsAnnounced';
  readonly requestId: string;
  readonly providerId: string;
  readonly profitShareRatio: string;
  readonly feeModel: 'profit_share' | 'subscription';
  /** Per month, null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
  readonly effectiveFrom: number;
  readonly occurredAt: number;
}

/** In force from now on. */
export interface ProviderTermsChanged {
  readonly type: 'ProviderTermsChanged';
  readonly providerId: string;
  readonly profitShareRatio: string;
  readonly feeModel: 'profit_share' | 'subscription';
  /** Per month, null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
  readonly occurredAt: number;
}

export interface ProviderVisibilityChanged {
  readonly type: 'ProviderVisibilityChanged';
  readonly requestId: string;
  readonly providerId: string;
  readonly visibility: 'public' | 'private';
  readonly occurredAt: number;
}

/** What the copies of one accounts partition hold of the provider at a UTC midnight. */
export interface RecordAum {
  readonly type: 'RecordAum';
  readonly providerId: string;
  readonly accountsPartition: number;
  readonly at: number;
  readonly aum: string;
  readonly copies: number;
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
  /** Tells orders of our own copies apart */
  readonly clientOrderId: null | string;
}

/** Money of the provider's venue account besides fills. Identity is (provider, sequence), shared with its fills. */
export interface RecordProviderFunds {
  readonly type: 'RecordProviderFunds';
  readonly providerId: string;
  readonly sequence: number;
  /** equity: as the venue reports it, overrides what is computed */
  readonly kind: 'deposit' | 'withdrawal' | 'funding' | 'equity';
  /** Funding may be negative */
  readonly amount: string;
  readonly occurredAt: number;
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
  readonly feeModel: 'profit_share' | 'subscription';
  /** Per month; null for profit_share */
  readonly subscriptionPrice: null | string;
  readonly settlementPeriod: 'weekly' | 'monthly';
  /** The person behind it; empty where unknown */
  readonly ownerId: string;
  /** ISO 3166 alpha-2; empty where unknown */
  readonly country: string;
  /** Accepted */
  readonly disclaimerVersion: string;
  /** private: by invitation only */
  readonly visibility: 'public' | 'private';
}

/** An operator lets a suspended account open again. */
export interface ReinstateAccount {
  readonly type: 'ReinstateAccount';
  readonly requestId: string;
  readonly accountId: string;
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

/** Copies may not open, or may again. */
export interface RestrictCopies {
  readonly type: 'RestrictCopies';
  readonly providerId: string;
  readonly reason: 'self_copy' | 'copy_of_copy' | 'jurisdiction_blocked' | 'provider_blocked';
  readonly restricted: boolean;
  readonly copies: readonly CopyRef[];
  readonly occurredAt: number;
}

/** Opens are copied again. */
export interface ResumeCopying {
  readonly type: 'ResumeCopying';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly occurredAt: number;
}

/** Opens stop, closes go on; goes to every partition. */
export interface SetKillSwitch {
  readonly type: 'SetKillSwitch';
  readonly requestId: string;
  readonly scope: 'platform' | 'provider' | 'instrument';
  /** Provider or instrument, empty for the platform */
  readonly target: string;
  readonly on: boolean;
  readonly reason: string;
  readonly occurredAt: number;
}

/** New terms that hold from the settlement at effectiveFrom on. */
export interface ShareTermsAnnounced {
  readonly type: 'ShareTermsAnnounced';
  readonly providerId: string;
  readonly fees: FeeTerms;
  readonly effectiveFrom: number;
  readonly copies: readonly CopyRef[];
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
  /** Of the follower, ISO 3166 alpha-2; empty where unknown */
  readonly country: string;
  /** The person behind the account; empty where unknown */
  readonly ownerId: string;
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

/** The provider retires: no new followers, all copies end. */
export interface StopLeading {
  readonly type: 'StopLeading';
  readonly requestId: string;
  readonly providerId: string;
  readonly occurredAt: number;
}

/** Months that begin; asked for. */
export interface SubscriptionDue {
  readonly type: 'SubscriptionDue';
  readonly charges: readonly SubscriptionCharge[];
}

/** The copy has stopped, or a month wasn't paid. */
export interface SubscriptionEnded {
  readonly type: 'SubscriptionEnded';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly subscriptionId: string;
  readonly reason: 'stopped' | 'unpaid' | 'terms_changed';
  readonly occurredAt: number;
}

/** Receipts, one per month. */
export interface SubscriptionSettled {
  readonly type: 'SubscriptionSettled';
  readonly receipts: readonly SubscriptionReceipt[];
}

/** A follower pays per month, in advance. */
export interface SubscriptionStarted {
  readonly type: 'SubscriptionStarted';
  readonly accountId: string;
  readonly copyId: string;
  readonly providerId: string;
  readonly subscriptionId: string;
  readonly price: string;
  /** The start, or the end of a month that an earlier copy has paid */
  readonly paidUntil: number;
  readonly occurredAt: number;
}

/** Months that were paid, or weren't: then the copy stops as the provider closes. */
export interface SubscriptionsCharged {
  readonly type: 'SubscriptionsCharged';
  readonly charges: readonly SubscriptionCharged[];
}

/** Money from a copy back into the wallet. */
export interface TakeOutCopyFunds {
  readonly type: 'TakeOutCopyFunds';
  readonly requestId: string;
  readonly accountId: string;
  readonly copyId: string;
  readonly amount: string;
  readonly occurredAt: number;
}

/** Paper money out of the wallet. */
export interface WithdrawFunds {
  readonly type: 'WithdrawFunds';
  readonly requestId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly asset: string;
  readonly occurredAt: number;
}

/** Every record that lies in a topic, by its name. */
export interface Records {
  AccountLinked: AccountLinked;
  AccountReinstated: AccountReinstated;
  AccountSuspended: AccountSuspended;
  AddCopyFunds: AddCopyFunds;
  AddFollower: AddFollower;
  AnnounceFees: AnnounceFees;
  Answered: Answered;
  AumMeasured: AumMeasured;
  AumRecorded: AumRecorded;
  BlockFollower: BlockFollower;
  BlockProvider: BlockProvider;
  ChangeCopySettings: ChangeCopySettings;
  ChangeProviderTerms: ChangeProviderTerms;
  ChangeProviderVisibility: ChangeProviderVisibility;
  ChargeProfitShare: ChargeProfitShare;
  ChargeSubscription: ChargeSubscription;
  ClosePosition: ClosePosition;
  CommandRefused: CommandRefused;
  ConfirmCopy: ConfirmCopy;
  CopiesDecided: CopiesDecided;
  CopiesMeasured: CopiesMeasured;
  CopyConfirmed: CopyConfirmed;
  CopyFeesAnnounced: CopyFeesAnnounced;
  CopyFundsAdded: CopyFundsAdded;
  CopyFundsTakenOut: CopyFundsTakenOut;
  CopyOrders: CopyOrders;
  CopyOrdersEnded: CopyOrdersEnded;
  CopyOrdersPlaced: CopyOrdersPlaced;
  CopyPaused: CopyPaused;
  CopyRefused: CopyRefused;
  CopyRequested: CopyRequested;
  CopyRestricted: CopyRestricted;
  CopyResumed: CopyResumed;
  CopySettingsChanged: CopySettingsChanged;
  CopyShareMoved: CopyShareMoved;
  CopyShareStarted: CopyShareStarted;
  CopyStopped: CopyStopped;
  CopyStopping: CopyStopping;
  DeadLetter: DeadLetter;
  DepositFunds: DepositFunds;
  DismissFollower: DismissFollower;
  EndCopies: EndCopies;
  FollowerAdmitted: FollowerAdmitted;
  FollowerBlocked: FollowerBlocked;
  FollowerDismissed: FollowerDismissed;
  FollowerInvited: FollowerInvited;
  FollowerRefused: FollowerRefused;
  FollowerRemoved: FollowerRemoved;
  FundsDeposited: FundsDeposited;
  FundsWithdrawn: FundsWithdrawn;
  InsuranceDrawn: InsuranceDrawn;
  InviteFollower: InviteFollower;
  KillSwitchSet: KillSwitchSet;
  LinkAccount: LinkAccount;
  MarkPrices: MarkPrices;
  MarketTicked: MarketTicked;
  OpenPositionJoined: OpenPositionJoined;
  OrdersQueued: OrdersQueued;
  OrdersReported: OrdersReported;
  OrdersSubmitted: OrdersSubmitted;
  PauseCopying: PauseCopying;
  PlaceOrders: PlaceOrders;
  PositionCloseRequested: PositionCloseRequested;
  PositionLiquidated: PositionLiquidated;
  PositionProtected: PositionProtected;
  PositionTriggered: PositionTriggered;
  ProfitShareCharged: ProfitShareCharged;
  ProfitShareDue: ProfitShareDue;
  ProfitShareSettled: ProfitShareSettled;
  ProtectPosition: ProtectPosition;
  ProviderBlocked: ProviderBlocked;
  ProviderCommandRefused: ProviderCommandRefused;
  ProviderFillsRefused: ProviderFillsRefused;
  ProviderFundsRecorded: ProviderFundsRecorded;
  ProviderLevelChanged: ProviderLevelChanged;
  ProviderOrderTaken: ProviderOrderTaken;
  ProviderRegistered: ProviderRegistered;
  ProviderRetired: ProviderRetired;
  ProviderStats: ProviderStats;
  ProviderTermsAnnounced: ProviderTermsAnnounced;
  ProviderTermsChanged: ProviderTermsChanged;
  ProviderVisibilityChanged: ProviderVisibilityChanged;
  RecordAum: RecordAum;
  RecordFills: RecordFills;
  RecordProviderFills: RecordProviderFills;
  RecordProviderFunds: RecordProviderFunds;
  RecordVenueReports: RecordVenueReports;
  RefuseCopy: RefuseCopy;
  RegisterProvider: RegisterProvider;
  ReinstateAccount: ReinstateAccount;
  RemoveFollower: RemoveFollower;
  RestrictCopies: RestrictCopies;
  ResumeCopying: ResumeCopying;
  SetKillSwitch: SetKillSwitch;
  ShareTermsAnnounced: ShareTermsAnnounced;
  StartCopying: StartCopying;
  StopCopying: StopCopying;
  StopLeading: StopLeading;
  SubscriptionDue: SubscriptionDue;
  SubscriptionEnded: SubscriptionEnded;
  SubscriptionSettled: SubscriptionSettled;
  SubscriptionStarted: SubscriptionStarted;
  SubscriptionsCharged: SubscriptionsCharged;
  TakeOutCopyFunds: TakeOutCopyFunds;
  WithdrawFunds: WithdrawFunds;
}

export type RecordName = keyof Records;
export type AnyRecord = Records[RecordName];
