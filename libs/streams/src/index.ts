export type { Effects, Fold, Meta, Outgoing, Store } from './fold.js';
export type { JournalRecord, Projection } from './projection.js';
export type {
  Edge,
  EdgeCommand,
  FaultPoints,
  Logger,
  LogOptions,
  PartitionStatus,
  RunOptions,
  Running,
  Status,
} from './options.js';
export { checked } from './checked.js';
export { httpAdapter, pathPartMax } from './http-adapter.js';
export { readConfiguredFile } from './configured-file.js';
export { loadServiceConfig, type ServiceConfig } from './config.js';
export { openEdge } from './edge.js';
export { openKafkaJsLog } from './kafkajs-log.js';
export { counts, headerNumber, headerText } from './headers.js';
export { openCodec } from './open-codec.js';
export type { Appender, Headers, Log, LogMessage, LogRecord, PartitionBatch, RangeReader } from './log.js';
export { InvariantBroken } from './errors.js';
export { readJournal, toJournalRecord, type ReadJournalOptions } from './read-journal.js';
export { inTransaction, migrate, openPool, schemaOf, streamMigrations } from './database.js';
export { runFold } from './run-fold.js';
export { runProjection } from './run-projection.js';
export { serve } from './serve.js';
export { configToken, loggerToken, ServiceModule } from './service-module.js';
export { StreamMetrics } from './metrics.js';
export { StreamStrategy } from './strategy.js';
export { ensureTopics, topicName } from './topics.js';
