import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFills, type Malformed } from './read-fills.js';

/** What must be known of a fills file before its first fill is sent. */
export interface FileScan {
  /** Names the content: the same bytes have the same id. */
  readonly id: string;
  /** In order of first appearance. */
  readonly providerIds: readonly string[];
  /** The first of them, at most 100, in order of first appearance. */
  readonly instruments: readonly string[];
  /** Time of the first well-formed line; null when there is none. */
  readonly firstAt: number | null;
  /** The first malformed line. */
  readonly malformed: Malformed | null;
}

const instrumentsMax = 100;
/** Raised when the same file would lead to other steps. */
const planVersion = 1;

/**
 * Reads the file once. With `stopAtMalformed` it ends at the first malformed line.
 * @throws UnreadableFile
 */
export async function scanFile(path: string, stopAtMalformed: boolean): Promise<FileScan> {
  const providerIds = new Set<string>();
  const instruments = new Set<string>();
  let firstAt: number | null = null;
  let malformed: Malformed | null = null;
  for await (const entry of readFills(path)) {
    if ('malformed' in entry) {
      malformed ??= entry.malformed;
      if (stopAtMalformed) break;
      continue;
    }
    providerIds.add(entry.fill.providerId);
    if (instruments.size < instrumentsMax) instruments.add(entry.fill.instrument);
    firstAt ??= entry.fill.fill.occurredAt;
  }
  const id = await contentId(path);
  return { id, providerIds: [...providerIds], instruments: [...instruments], firstAt, malformed };
}

async function contentId(path: string): Promise<string> {
  const hash = createHash('sha256').update(`plan ${planVersion}\n`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 16);
}
