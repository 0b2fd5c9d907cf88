import { readFileSync } from 'node:fs';
import { schemas, type AnyRecord, type RecordName, type Records } from '../src/index.js';

const golden = new URL('../avro/golden/', import.meta.url);

/** Every record there is. */
export const recordNames = Object.keys(schemas) as RecordName[];

/** The examples of a record in avro/golden: a full one, a bare one, and whatever was added by hand. */
export function examples<N extends RecordName>(name: N): readonly Records[N][] {
  const plain = JSON.parse(readFileSync(new URL(`${name}.json`, golden), 'utf8')) as object[];
  return plain.map((fields) => ({ type: name, ...(revived(fields) as object) }) as unknown as Records[N]);
}

/** The golden binaries of those examples, one each. */
export function goldenBinaries(name: RecordName): readonly string[] {
  return readFileSync(new URL(`${name}.hex`, golden), 'utf8')
    .trimEnd()
    .split('\n');
}

/** One example of every record, shared by all tests: `{ ...controls.StartCopying, copyTotalAmt: '500' }`. */
export const controls = Object.fromEntries(recordNames.map((name) => [name, examples(name)[0] as AnyRecord])) as {
  readonly [N in RecordName]: Records[N];
};

/** JSON with `{ "hex": "00ff" }` for bytes, as the codec takes it. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if ('hex' in value && typeof value.hex === 'string') return Buffer.from(value.hex, 'hex');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revived(inner)]));
}
