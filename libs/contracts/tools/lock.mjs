// The lock file gives every version of every record its schema id.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const lib = join(dirname(fileURLToPath(import.meta.url)), '..');
export const lockFile = join(lib, 'avro/lock.json');
export const readLock = () => JSON.parse(readFileSync(lockFile, 'utf8'));
export const lockText = (lock) => JSON.stringify(lock, null, 1) + '\n';

/** A schema as text without its docs: words may be corrected without a new version. */
const withoutDocs = (schema) => JSON.stringify(schema, (key, value) => (key === 'doc' ? undefined : value));

/**
 * The lock with the current schemas. A version that isn't released yet is overwritten when its schema changes; a
 * released one stays for ever and the change becomes the next version.
 * @param lock entries as they are
 * @param schemas self-contained current schemas
 */
export function updatedLock(lock, schemas) {
  const entries = [...lock];
  for (const schema of schemas) {
    const index = entries.findLastIndex((entry) => entry.name === schema.name);
    const last = entries[index];
    if (last?.released && withoutDocs(last.schema) === withoutDocs(schema)) continue;
    if (last && !last.released) entries[index] = { ...last, schema };
    else
      entries.push({
        id: entries.reduce((most, entry) => Math.max(most, entry.id), 0) + 1,
        name: schema.name,
        version: (last?.version ?? 0) + 1,
        released: false,
        schema,
      });
  }
  return entries;
}
