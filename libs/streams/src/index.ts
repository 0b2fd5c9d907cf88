export type { Effects, Fold, Meta, Outgoing, Store } from './fold.js';
export type { JournalRecord, Projection } from './projection.js';
