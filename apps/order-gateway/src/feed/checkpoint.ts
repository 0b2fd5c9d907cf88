import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const schema = z.object({
  version: z.literal(1),
  /** Latest market time sent, over all sources. */
  marketTime: z.number().nullable(),
  /**
   * Per source: the last step that is acknowledged, the market time when the source began, whether its providers are
   * registered, and how many followers (follower-0001 …) have their copies confirmed.
   */
  sources: z.record(
    z.string(),
    z.object({
      step: z.number().int().min(0),
      clockStart: z.number().nullable(),
      registered: z.boolean(),
      followers: z.number().int().min(0),
    }),
  ),
});

/** How far the feed has come; all of it acknowledged by the broker. A loss does no harm: what is sent again is dropped. */
export type Checkpoint = Readonly<z.infer<typeof schema>>;

export type SourceProgress = Checkpoint['sources'][string];

export const emptyCheckpoint: Checkpoint = { version: 1, marketTime: null, sources: {} };

/** The state file can't be used; the message says what to do. */
export class UnusableState extends Error {}

/** @throws UnusableState when there is a file that isn't a checkpoint */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyCheckpoint;
    throw new UnusableState(`The feed's state file ${path} can't be read: ${(error as Error).message}.`);
  }
  try {
    return schema.parse(JSON.parse(content));
  } catch {
    throw new UnusableState(
      `The feed's state file ${path} is damaged; delete it, what was sent already is recognised and dropped.`,
    );
  }
}

/** Whole or not at all: written beside, synced, renamed. */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const beside = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(beside, 'w');
    try {
      await file.writeFile(JSON.stringify(checkpoint));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    throw new UnusableState(
      `The feed's state file ${path} can't be written: ${(error as Error).message}; check disk space and permissions.`,
    );
  }
}
