/**
 * The first difference between a value and what its readers get, as text; undefined when they are the same. Prototypes
 * don't matter (avsc makes instances of its own classes), undeclared and undefined fields do.
 */
export function sameFields(written: unknown, read: unknown, path: string): string | undefined {
  if (Object.is(written, read) || (written === 0 && read === 0)) return undefined;
  if (Buffer.isBuffer(written) && Buffer.isBuffer(read))
    return written.equals(read) ? undefined : `${path}: other bytes`;
  if (typeof written !== 'object' || typeof read !== 'object' || written === null || read === null)
    return `${path} is ${String(written)}, read ${String(read)}`;
  const left = written as Readonly<Record<string, unknown>>;
  const right = read as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (!Object.hasOwn(right, key)) return `${path}.${key} isn't in the schema`;
    if (!Object.hasOwn(left, key)) return `${path}.${key} is missing, read ${String(right[key])}`;
    const difference = sameFields(left[key], right[key], `${path}.${key}`);
    if (difference) return difference;
  }
  return undefined;
}
