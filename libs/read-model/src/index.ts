export { arraysOf, unnest, upsert, type UpsertOptions } from './bulk.js';
export {
  CopiedLeadPositionRow,
  CopiedPositionRow,
  CopyRow,
  LatencyRow,
  OutcomeRow,
  OwnOrderRow,
} from './entities/copy.js';
export {
  LeadPositionRow,
  LineMarkRow,
  LineRow,
  ProviderDayRow,
  ProviderRow,
  ProviderStatsRow,
} from './entities/provider.js';
export { readFollowers, type Followers } from './followers.js';
export {
  BadCursor,
  leaderboardLimitMax,
  leaderboardSorts,
  readLeaderboard,
  type LeaderboardItem,
  type LeaderboardPage,
  type LeaderboardQuery,
  type LeaderboardSort,
} from './leaderboard.js';
export { migrations } from './migrations/index.js';
export { readProvider, type ProviderView, type ShownPosition } from './provider.js';
export { readReport, type CopiesReport, type LatencyReport, type ProviderReport, type ReadReport } from './report.js';
export { entities, rowOf, tableOf, type TableColumn } from './rows.js';
export { outcomesLimitMax, readCopy, readOutcomes, type CopyView, type ShownOutcome } from './copy.js';
