export {
  amountDecimals,
  cutToDecimals,
  cutToStep,
  decimal,
  decimalsOf,
  isZero,
  max,
  min,
  one,
  quotientDecimals,
  roundAmount,
  roundQuotient,
  roundTo,
  roundToStep,
  text,
  zero,
  type Decimal,
} from './money.js';
export {
  copyIdOf,
  copyOrderId,
  isCopyOrderId,
  leadPositionIdOf,
  ownOrderId,
  paperTradeId,
  positionKey,
  providerOrderIdOf,
} from './ids.js';
export {
  cutToLot,
  defaultInstrument,
  instrumentFrom,
  instrumentTable,
  parseInstruments,
  type Instrument,
  type Instruments,
  type InstrumentText,
} from './instrument.js';
export { noMarks, reviveMarks, tickOf, withMarks, withTick, type LineMarks } from './market/marks.js';
export { flat, trade, unrealised, type Position, type Traded } from './order/position.js';
export { parseFill, type ParsedFill } from './order/parse-fill.js';
export { applyFill, type FillPart } from './order/apply-fill.js';
export {
  positionOf,
  providerEquity,
  providerFrom,
  reviveProvider,
  withOrder,
  type LeadPosition,
  type Provider,
} from './order/provider.js';
export { takeOrders, type Market, type TakenOrder } from './order/take-order.js';
export { defaultLeverage, orderFacts, takerFeeRatio, type OrderFacts } from './sizing/facts.js';
export { sizeOf } from './sizing/size.js';
export {
  copyEquity,
  isFlat,
  isRunning,
  isUnderWay,
  marginInUse,
  reviveCopy,
  noDue,
  startingCopy,
  withCare,
  withEnded,
  type Copy,
  type CopyOrder,
  type CopyPosition,
  type MarkOf,
  type PositionCare,
  type Restriction,
} from './copy/copy.js';
export { careOf, copyTerms, positive, reviveTerms, type CopyTerms } from './copy/terms.js';
export { settingsRefusal, type SettingsRefusal } from './copy/check-settings.js';
export { freeFunds, totalAfterTakingOut, withFlow } from './copy/change-funds.js';
export { decideCopy, decideJoin, type CopyContext, type Decision } from './copy/decide-copy.js';
export {
  amountsOf,
  endOrder,
  providerCause,
  withPlaced,
  withSkipped,
  type Cause,
  type PlacedAmounts,
} from './copy/apply.js';
export { afterEnds, closeLeftOver, hasLeftOver, needsCare } from './copy/after-end.js';
export { guardCopy, withGuard, type GuardEvent, type NewMarks } from './copy/guard.js';
export { afterOwnOrder, closeAll, closePart } from './copy/own-orders.js';
export { heldBack, payableBy, wasCharged, withCharge, withCopyFunds, withMeasure } from './copy/charge-fees.js';
export { unsettledAfterNews, unsettledFrom, type Unsettled } from './copy/unsettled.js';
export {
  copyStopped,
  stopCopy,
  stopOnClose,
  stopsOnClose,
  withoutAnything,
  withSettling,
  withStopping,
  type CopyEnd as CopyOver,
  type Stop,
  type StopCause,
} from './copy/stop.js';
export { aumOf } from './stats/aum.js';
export { annualReturn, calmar } from './stats/calmar.js';
export { afterCopyEnd, type CopiedHolding } from './stats/copied-position.js';
export { afterCopyFlow, grown, type CopyGrowth } from './stats/copy-return.js';
export { afterDay, afterFlow, seriesFrom, type Series } from './stats/daily-series.js';
export { equity, notionalSum, unrealisedSum, type Valuation } from './stats/equity.js';
export { closedFigures, merged, netPnl, noFigures, orderFigures, type Figures } from './stats/figures.js';
export { latencyBucketMs, latencyQuantileMs, type LatencyBucket } from './stats/latency.js';
export { afterOrder, isWon, positionNetPnl, type LeadPositionFigures } from './stats/lead-position.js';
export { maxDrawdown } from './stats/max-drawdown.js';
export { overviewCopiersWeight, overviewOwn, type OverviewFacts } from './stats/overview.js';
export {
  daysOf,
  figureStats,
  periods,
  returnStats,
  type FigureStats,
  type Period,
  type PeriodStats,
  type ReturnStats,
} from './stats/periods.js';
export { profitFactor } from './stats/profit-factor.js';
export { carried, published } from './stats/published.js';
export { quantile, type Bucket } from './stats/quantile.js';
export { noReturns, returnsOf, withReturn, type Returns } from './stats/returns.js';
export { risk, riskLevel, type RiskFacts } from './stats/risk.js';
export { roi } from './stats/roi.js';
export { power, rootOfQuotient } from './stats/roots.js';
export { sharpe, sharpeRatio } from './stats/sharpe.js';
export { slippage, type Slippage } from './stats/slippage.js';
export { sortino } from './stats/sortino.js';
export { marketOf } from './stats/strategy.js';
export { volatility } from './stats/volatility.js';
export { winRate } from './stats/win-rate.js';
export { accountClosedBy, ledgerAsset, postingsOf, type Posting } from './ledger/postings.js';
export { accountKinds, kindOf, type AccountKind, type BelowZero } from './ledger/accounts.js';
export {
  afterTick,
  bookedAt,
  dayNumber,
  dayStart,
  openDay,
  openingDay,
  unstartedClock,
  type BookingClock,
} from './ledger/booking-day.js';
export { entryLine, headLine, type LedgerEntry } from './ledger/entry.js';
export { closingLine, rootLine, type PartitionClosing } from './ledger/day-root.js';
export { defaultCopySettings } from './copy/default-settings.js';
export { defaultPolicy, jurisdictionOf, type Jurisdiction, type Level, type Policy } from './policy.js';
export { noRequests, requestKind, withRequest, type Request, type Requests } from './requests.js';
export { parsePolicy } from './parse-policy.js';
export { equityAfterFunds, withFunds } from './order/provider.js';
export { joinOrders } from './order/join-orders.js';
export {
  applicationRefusal,
  cappedTerms,
  plainApplication,
  shareMax,
  termsRefusal,
  type ProviderRefusal,
  type ProviderTerms,
} from './provider/application.js';
export { levelAt, levelOf, meanAum, withAum, type AumDay } from './provider/level.js';
export { nextPeriodStart, periodStart, type SettlementPeriod } from './provider/period.js';
export { paperFee, paperPrice, type PaperPrice } from './market/paper-fill.js';
export { isGuarded } from './risk/slippage-guard.js';
export {
  orderTerms,
  simulateCopy,
  type LineRecord,
  type SimulatedCopy,
  type SimulatedDecision,
  type WhatIf,
} from './simulate/simulate-copy.js';
export { ProviderLine } from './simulate/provider-line.js';
export type { SimulatedFees } from './simulate/provider-share.js';
export { accrue, type Accrual } from './settlement/accrue.js';
export { boundaryDue, isBoundary, isBoundaryPassed } from './settlement/boundary.js';
export { carriedGap, openingOf, reviveCarriedGap, type CarriedGap, type Opening } from './settlement/carried-gap.js';
export {
  reviveCopyShare,
  startShare,
  withAnnouncedTerms,
  withDeposit,
  withEquity,
  withPnl,
  withWithdrawal,
  type CopyShare,
} from './settlement/copy-share.js';
export {
  charge,
  payable,
  type Payment,
  type Settlement,
  type SettlementFigures,
  type SettlementReceipt,
} from './settlement/charge.js';
export { owedOf, type AccruedFigures, type PendingSettlement } from './settlement/pending.js';
export { commissionAt, orderCommission, type OrderCommission } from './settlement/order-commission.js';
export { splitEarnings, type Earnings } from './settlement/platform-fee.js';
export { previewSettlement, settle, type SettlementFacts } from './settlement/settle.js';
export { settlementIdOf, type SettlementCause } from './settlement/settlement-cause.js';
export type { AnnouncedTerms, ShareTerms } from './settlement/share-terms.js';
export { stopShare, type StoppedShare } from './settlement/stop-share.js';
export {
  chargeMonth,
  endSubscription,
  monthDue,
  reviveSubscription,
  startSubscription,
  withAnnouncedPrice,
  withMonthPaid,
  type MonthDue,
  type Subscription,
  type SubscriptionCharge,
  type SubscriptionReceipt,
} from './settlement/subscription.js';
