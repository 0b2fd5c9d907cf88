export { arraysOf, unnest, upsert, type UpsertOptions } from './bulk.js';
export { CopiedPositionRow, CopyRow, LatencyRow, OutcomeRow } from './entities/copy.js';
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
