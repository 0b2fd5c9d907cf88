/** Where a command comes from: a position in a log and its place among what follows from the record there. */
export interface Source {
  /** `<topic>/<partition>` */
  readonly log: string;
  readonly offset: number;
  readonly first: number;
  readonly count: number;
}

export type Mark = readonly [offset: number, ordinal: number];

const form = /^(.+\/\d+)\/(\d{1,16})\/(\d{1,15})\/(\d{1,9})$/;

export const sourceText = (log: string, offset: number, first: number, count: number): string =>
  `${log}/${offset}/${first}/${count}`;

/** @returns null for anything that isn't a source. */
export function parseSource(text: string): Source | null {
  const match = form.exec(text);
  if (!match) return null;
  const count = Number(match[4]);
  return count === 0 ? null : { log: match[1] as string, offset: Number(match[2]), first: Number(match[3]), count };
}

/**
 * One mark per source log: the highest (offset, ordinal) seen. Sources of one log only rise, so what isn't above the
 * mark was seen before, however it was cut into records then.
 */
export class Marks {
  private readonly marks: Map<string, Mark>;

  constructor(saved: Readonly<Record<string, Mark>> = {}) {
    this.marks = new Map(Object.entries(saved));
  }

  /**
   * Moves the mark.
   * @returns how many entries at the start of the record were seen before: `count` means all of it, 0 none
   */
  pass(source: Source): number {
    const mark = this.marks.get(source.log);
    const last = source.first + source.count - 1;
    let seen = 0;
    if (mark) {
      if (source.offset < mark[0]) return source.count;
      if (source.offset === mark[0]) seen = Math.min(source.count, Math.max(0, mark[1] - source.first + 1));
    }
    if (seen < source.count) this.marks.set(source.log, [source.offset, last]);
    return seen;
  }

  toJSON(): Record<string, Mark> {
    return Object.fromEntries([...this.marks].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
