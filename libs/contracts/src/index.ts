export * from './generated/records.js';
export { schemas } from './generated/schemas.js';
export { lockEntries } from './generated/lock.js';
export { Codec, UnreadableRecord, avroType, record, type SchemaIds } from './codec.js';
export { lockIds } from './lock.js';
export { partitionOf } from './partition.js';
export {
  listEntriesMax,
  listField,
  partitionCount,
  streams,
  type ServiceName,
  type Stream,
  type StreamName,
} from './streams.js';
