import type { SchemaIds } from './codec.js';
import { lockEntries } from './generated/lock.js';
import type { RecordName } from './generated/records.js';

/** Schema ids from the checked-in lock file; writers use the newest version of each record. */
export function lockIds(): SchemaIds {
  const newest = new Map<RecordName, number>();
  const byId = new Map(lockEntries.map((entry) => [entry.id, entry]));
  for (const entry of lockEntries) newest.set(entry.name, entry.id);
  return {
    idOf: (name) => newest.get(name) as number,
    schemaOf: (id) => byId.get(id),
  };
}
