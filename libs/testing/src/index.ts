export { stopStack, testDatabase, testKafka, testPostgres, uniquePrefix, type TestDatabase } from './stack.js';
export { memoryStore, type MemoryStore } from './memory-store.js';
export { drive, type Driven } from './drive.js';
