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
export { lossFloor } from './sizing/limits.js';
export {
  copyEquity,
  isFlat,
  marginInUse,
  reviveCopy,
  startingCopy,
  type Copy,
  type CopyOrder,
  type CopyPosition,
  type MarkOf,
} from './copy/copy.js';
export { copyTerms, positive, reviveTerms, settingsRefusal, type CopyTerms } from './copy/terms.js';
export { decideCopy, type CopyContext, type Decision } from './copy/decide-copy.js';
export {
  amountsOf,
  endOrder,
  providerCause,
  withPlaced,
  withSkipped,
  type Cause,
  type PlacedAmounts,
} from './copy/apply.js';
export { closingOrder } from './copy/close-position.js';
export { aum, type CopyMoney } from './stats/aum.js';
export { afterFill } from './stats/copied-position.js';
export { afterDay, seriesFrom, type Series } from './stats/daily-series.js';
export { equity, unrealisedSum, type Valuation } from './stats/equity.js';
export { latencyBucketMs, latencyQuantileMs, type LatencyBucket } from './stats/latency.js';
export { afterOrder, isWon, positionNetPnl, type LeadPositionFigures } from './stats/lead-position.js';
export { maxDrawdown } from './stats/max-drawdown.js';
export { published } from './stats/published.js';
export { roiAll } from './stats/roi.js';
export { slippage, type Slippage } from './stats/slippage.js';
export { addOrder, netPnl, noTotals, type Totals } from './stats/totals.js';
export { winRate } from './stats/win-rate.js';
export { ledgerAsset, postingsOf, type Posting } from './ledger/postings.js';
export { defaultCopySettings } from './copy/default-settings.js';
