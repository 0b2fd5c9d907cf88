import type pg from 'pg';
import { StartError } from '../embedded/common.ts';
import type { Positions, Replay } from './replay.ts';

const passesMax = 20;
const fewRecords = 2000;

/** Replays until little is left of what the tables in use know, which go on. */
export async function comeNear(admin: pg.Client, replay: Replay, live: string): Promise<void> {
  for (let pass = 0; pass < passesMax; pass++) {
    if ((await replay.to(await positionsOf(admin, live))) < fewRecords) break;
  }
}

/**
 * How far the tables in use are: what they don't know yet isn't wanted either.
 * @throws StartError when they know nothing
 */
export async function positionsOf(admin: pg.Client, live: string): Promise<Positions> {
  const { rows } = await admin.query<{ topic: string; partition: number; position: string }>(
    `SELECT topic, partition, position FROM ${live}.projection_positions`,
  );
  if (rows.length === 0)
    throw new StartError(
      `Nothing was ever written into ${live}: start its service first, there is nothing to rebuild.`,
    );
  return new Map(rows.map(({ topic, partition, position }) => [`${topic}/${partition}`, Number(position)]));
}
