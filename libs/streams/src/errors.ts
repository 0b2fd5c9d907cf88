/** Something that can't be if the protocol holds, or a start check that failed: the process stops loudly. */
export class InvariantBroken extends Error {}

/** Nobody knows whether a write happened; the writer takes its partition over again. */
export class InDoubt extends Error {}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
