import type { Store } from '@slipstream/streams';

/** A store of one partition in memory, with the semantics the shell gives: `entries` sorted by id. */
export interface MemoryStore extends Store {
  /** What a save and a load make of it: JSON and back, through the fold's `revive`. */
  reloaded(revive?: (id: string, json: unknown) => object): MemoryStore;
}

export function memoryStore(values: ReadonlyMap<string, object> = new Map()): MemoryStore {
  const held = new Map(values);
  return {
    get: <T>(id: string) => held.get(id) as T | undefined,
    set: (id, value) => {
      held.set(id, value);
    },
    delete: (id) => {
      held.delete(id);
    },
    entries: () => [...held].sort(([a], [b]) => (a < b ? -1 : 1)),
    reloaded: (revive = (_, json) => json as object) =>
      memoryStore(new Map([...held].map(([id, value]) => [id, revive(id, JSON.parse(JSON.stringify(value)))]))),
  };
}
