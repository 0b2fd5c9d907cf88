export { arraysOf, inTurn, unnest, updated, upsert, upserted, type Statement, type UpsertOptions } from './bulk.js';
export { CopiedLeadPositionRow, CopyRow, LatencyRow, OutcomeRow, OwnOrderRow } from './entities/copy.js';
export {
  AccountsMarkRow,
  ProviderCopiersRow,
  ProviderCopiesRow,
  ProviderOutcomeRow,
  ProviderSlippageRow,
} from './entities/copiers.js';
export {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderDayRow,
  ProviderMidnightRow,
  ProviderOrderRow,
  figureProperties,
  ProviderPeriodRow,
  ProviderRow,
  ProviderStatsRow,
} from './entities/provider.js';
export {
  CopyShareRow,
  MeasureRow,
  ProviderDueRow,
  ProviderEarningRow,
  SettlementRow,
  ShareFlowRow,
  SubscriptionChargeRow,
} from './entities/settlement.js';
export { type Earned } from './settlement/earned.js';
export {
  accountSettlementsLimitMax,
  readAccountSettlements,
  type AccountSettlements,
} from './settlement/read-account.js';
export {
  earningsGroupings,
  earningsLimitMax,
  readEarnings,
  type EarningsGrouping,
  type EarningsPage,
  type EarningsQuery,
  type FollowerEarnings,
  type PeriodEarnings,
} from './settlement/read-earnings.js';
export { readSettlementPreview, type SettlementPreview } from './settlement/read-preview.js';
export {
  readReceipt,
  readReceipts,
  receiptsLimitMax,
  type ReceiptPlace,
  type ReceiptsPage,
} from './settlement/read-receipts.js';
export type { Carried, Receipt } from './settlement/receipt.js';
export { flowsMax, readFlows, type ShownFlow } from './settlement/flows.js';
export type { MonthReceipt } from './settlement/month.js';
export type { ReceiptStep } from './settlement/steps.js';
export { chargeProofOf, receiptProofOf } from './settlement/receipt-proof.js';
export { announcedOf, pendingOf, shareOf, type PendingSettlement } from './settlement/share-of.js';
export type { Proof, ProviderCard } from './card.js';
export { readFollowers, type Followers } from './followers.js';
export { readCohorts, type Cohort } from './cohorts.js';
export { readCopiers, type CopierStats } from './copiers.js';
export { BadCursor } from './leaderboard/cursor.js';
export { leaderboardStatement } from './leaderboard/places.js';
export {
  leaderboardLimitMax,
  leaderboardSorts,
  listings,
  riskLevels,
  statuses,
  strategies,
  type LeaderboardQuery,
  type LeaderboardSort,
} from './leaderboard/query.js';
export { readLeaderboard, type LeaderboardPage } from './leaderboard/read.js';
export { migrations } from './migrations/index.js';
export {
  copiersProofOf,
  proofOf,
  type CopierFigures,
  type CopiersProof,
  type LogPosition,
  type PublishedStats,
} from './proof.js';
export { moreOf, periodRowOf, periodStatsOf, readPublished } from './published.js';
export { monthly, readProvider, type InstrumentSplit, type ProviderView, type ShownDay } from './provider.js';
export { readReport, type CopiesReport, type LatencyReport, type ProviderReport, type ReadReport } from './report.js';
export { entities, rowOf, rowOfValues, tableOf, valuesOf, type Table, type TableColumn } from './rows.js';
export { readSimilar } from './similar.js';
export { inSnapshot, readModelLock } from './snapshot.js';
export { readTrades, tradesLimitMax, type ShownPosition, type ShownTrade } from './trades.js';
export { outcomesLimitMax, readCopy, readOutcomes, type CopyView, type ShownOutcome } from './copy.js';
