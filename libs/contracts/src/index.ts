export * from './generated/records.js';
export { schemas } from './generated/schemas.js';
export { lockEntries } from './generated/lock.js';
export { avroType } from './avro-type.js';
export { Codec, UnknownSchema, UnreadableRecord, record, schemaIdOf, type SchemaIds } from './codec.js';
export { lockIds } from './lock.js';
export { partitionOf } from './partition.js';
export { createSchemaIds } from './registry.js';
export {
  listEntriesMax,
  listField,
  partitionCount,
  streams,
  type ServiceName,
  type Stream,
  type StreamName,
} from './streams.js';
