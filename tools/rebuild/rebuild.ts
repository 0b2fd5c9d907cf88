import type { Projection } from '@slipstream/streams';
import type pg from 'pg';
import type { Installation } from '../installation.ts';
import { comeNear, positionsOf } from './positions.ts';
import { Replay } from './replay.ts';
import { inShadow } from './shadow.ts';
import { differences, dropSchema, live, makeShadow, oneAtATime, ownerOf, shadow, swap } from './schemas.ts';

export interface RebuildOptions {
  /** Compare every row before the swap. */
  readonly check: boolean;
  readonly tell: (line: string) => void;
}

export interface Rebuilt {
  readonly swapped: boolean;
  /** Journal records that were replayed. */
  readonly records: number;
  /** Tables that differ, with how many rows. */
  readonly differences: readonly string[];
  /** How long the projector was kept from writing. */
  readonly heldMs: number;
}

type MakeProjection = (options: { publish: () => Promise<void>; instruments: unknown }) => Projection;
const fromProjector = async <T>(path: string): Promise<T> =>
  (await import(new URL(`../../apps/stats-projector/dist/${path}`, import.meta.url).href)) as T;

/**
 * Replays the journals into shadow tables up to where the tables in use are, then swaps the schemas in one transaction. Readers
 * never wait; the projector waits for the last few records, finds its epoch raised and loads the new rows.
 * @throws StartError when another rebuild is at work or the role may not create schemas
 */
export async function rebuild(installation: Installation, { check, tell }: RebuildOptions): Promise<Rebuilt> {
  const { databaseUrl, prefix } = installation;
  return inShadow(
    installation,
    shadow,
    (admin) => dropSchema(admin, shadow),
    async ({ admin, log, pool }) => {
      await oneAtATime(admin);
      await makeShadow(admin, databaseUrl, await ownerOf(admin));
      const { statsProjection } = await fromProjector<{ statsProjection: MakeProjection }>('project.js');
      const { loadInstruments } = await fromProjector<{ loadInstruments: (env: NodeJS.ProcessEnv) => unknown }>(
        'config.js',
      );
      const projection = statsProjection({
        publish: () => Promise.resolve(),
        instruments: loadInstruments(process.env),
      });
      const replay = await Replay.open({ log, pool, projection, prefix, tell });
      try {
        return await follow(admin, replay, check, tell);
      } finally {
        await replay.close();
      }
    },
  );
}

/** Comes near to the tables in use, which go on; then holds them for the rest. */
async function follow(
  admin: pg.Client,
  replay: Replay,
  check: boolean,
  tell: (line: string) => void,
): Promise<Rebuilt> {
  await comeNear(admin, replay, live);
  tell('swapping');
  const heldAtMs = performance.now();
  const outcome = await swap(admin, async () => {
    await replay.to(await positionsOf(admin, live));
    return check ? differences(admin) : [];
  });
  const heldMs = performance.now() - heldAtMs;
  return { swapped: outcome.length === 0, records: replay.records, differences: outcome, heldMs };
}
