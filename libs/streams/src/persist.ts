import { messageOf } from './errors.js';
import type { Shell } from './shell.js';
import type { PartitionMemory } from './partition-memory.js';
import { withPatience } from './patience.js';
import type { Snapshot } from './saved-state.js';

/**
 * Saves a snapshot; a database that is away for a moment is asked again, the same write does no harm twice.
 * @returns false when the partition has another owner
 */
export async function persist<S>(
  shell: Shell<S>,
  partition: number,
  memory: PartitionMemory<S>,
  snapshot: Snapshot,
): Promise<boolean> {
  await shell.faults.beforeSave?.(partition);
  const startedAtMs = Date.now();
  const saved = await withPatience('The state was not saved', shell, () =>
    shell.saved.save(partition, memory.epoch, snapshot),
  ).catch((error: unknown) => {
    memory.store.giveBack(snapshot.changes);
    throw new Error(`${messageOf(error)}; check DATABASE_URL.`, { cause: error });
  });
  if (!saved) return false;
  memory.savedPosition = snapshot.inboxPosition;
  memory.lastSavedAtMs = Date.now();
  shell.counters.saves++;
  shell.counters.onSaved?.(memory.lastSavedAtMs - startedAtMs);
  await shell.faults.afterSave?.(partition);
  return true;
}
